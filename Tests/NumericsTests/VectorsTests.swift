import Numerics
import Testing

@Suite struct VectorsTests {
    @Test(arguments: UInt64(0)..<40)
    func `probabilities agree with the definition and sum to one`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let logits = (0..<Int.random(in: 1...70, using: &random)).map { _ in
            Float.random(in: -20...20, using: &random)
        }
        let exact = logits.map { Double.exp(Double($0)) }
        let total = exact.reduce(0, +)
        let probabilities = softmaxed(logits)
        for (p, e) in zip(probabilities, exact) { #expect(abs(Double(p) - e / total) < 1e-6) }
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
    }

    @Test func `softmax is stable at the extremes`() {
        #expect(softmaxed([1e38, -1e38, 0]) == [1, 0, 0])
        #expect(softmaxed([-3e38, -3e38]) == [0.5, 0.5])
        #expect(softmaxed([88, 0]).allSatisfy { $0.isFinite && $0 >= 0 })
        #expect(softmaxed([7]) == [1])
        #expect(softmaxed([]) == [])
    }

    @Test(arguments: UInt64(0)..<40)
    func `a shift of all logits changes nothing`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // Quarters, so that the shift itself does not round.
        let logits = (0..<33).map { _ in Float(Int.random(in: -40...40, using: &random)) / 4 }
        #expect(softmaxed(logits) == softmaxed(logits.map { $0 + 1_000 }))
    }

    @Test(arguments: UInt64(0)..<40)
    func `an inner product is the sum of the products`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 0...200, using: &random)
        let a = (0..<count).map { _ in Float(Int.random(in: -9...9, using: &random)) }
        let b = (0..<count).map { _ in Float(Int.random(in: -9...9, using: &random)) }
        #expect(dot(a.span, b.span) == zip(a, b).map(*).reduce(0, +))
    }

    @Test(arguments: UInt64(0)..<40)
    func `the greatest of the rows is found column by column`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 1...20, using: &random)
        let width = 16 * Int.random(in: 1...5, using: &random)
        let stride = width + 16
        let table = (0..<count * stride).map { _ in Float.random(in: -9...9, using: &random) }
        let added = (0..<count).map { _ in Float.random(in: -9...9, using: &random) }
        var greatest = [Float](repeating: 0, count: width)
        var output = greatest.mutableSpan
        greatestOfRows(table.span, stride: stride, adding: added.span, into: &output)
        for column in 0..<width {
            let sums = (0..<count).map { table[$0 * stride + column] + added[$0] }
            #expect(greatest[column] == sums.max())
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `hashes in groups are found group by group`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var slots = [UInt64](repeating: 0, count: 64)
        let known = (0..<20).map { _ in random.next() }
        for (row, hash) in known.enumerated() {
            var place = Int(hash & 63)
            while slots[place] != 0 { place = (place + 1) & 63 }
            slots[place] = hash & ~0xFFFF_FFFF | UInt64(row + 1)
        }
        let groups = (0..<Int.random(in: 1...9, using: &random)).map { _ in
            (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Bool.random(using: &random) ? known[Int.random(in: 0..<20, using: &random)] : 7
            }
        }
        let hashes = groups.flatMap(\.self)
        var ends = groups.indices.map { groups[...$0].reduce(0) { $0 + $1.count } }
        var rows = [UInt32](repeating: 0, count: hashes.count)
        var bounds = ends.mutableSpan
        var places = rows.mutableSpan
        findRows(of: hashes.span, in: slots.span, groupedBy: &bounds, into: &places)
        var start = 0
        for (group, end) in zip(groups, ends) {
            let expected = group.compactMap { known.firstIndex(of: $0).map(UInt32.init) }
            #expect(Array(rows[start..<end]) == expected)
            start = end
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func `rows of floats and of bytes add up alike`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let columns = Int.random(in: 1...100, using: &random)
        let table = (0..<columns * 9 + vectorLanes).map { _ in
            Int8.random(in: -127...127, using: &random)
        }
        let floatTable = table.map(Float.init)
        let rows = (0..<7).map { _ in UInt32.random(in: 0..<9, using: &random) }
        let scales = rows.map { _ in Float(Int.random(in: -4...4, using: &random)) }
        var sum = [Float](repeating: 0, count: wholeVectors(columns))
        var output = sum.mutableSpan
        sumRows(rows.span, scales: scales.span, of: table.span, stride: columns, into: &output)
        var floatSum = [Float](repeating: 0, count: wholeVectors(columns))
        var floatOutput = floatSum.mutableSpan
        sumRows(
            rows.span, scales: scales.span, of: floatTable.span, stride: columns,
            into: &floatOutput)
        for c in 0..<columns {
            let expected = zip(rows, scales)
                .map { $1 * Float(table[Int($0) * columns + c]) }.reduce(0, +)
            #expect(sum[c] == expected)
            #expect(floatSum[c] == expected)
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func `a step of AdaGrad is its definition, however many classes are live`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let width = 32
        let before = (0..<width * 3).map { _ in Float.random(in: -1...1, using: &random) }
        let past = before.map { _ in Float.random(in: 0...1, using: &random) }
        let share = Int.random(in: 0...10, using: &random)
        let gradient = (0..<width).map { _ in
            Int.random(in: 0..<10, using: &random) < share
                ? Float.random(in: -1...1, using: &random) : 0
        }
        var (table, history) = (before, past)
        var tableSpan = table.mutableSpan
        var historySpan = history.mutableSpan
        let rows: [UInt32] = [2, 0]
        let values: [Float] = [0.5, -2]
        adaGradStep(
            &tableSpan, history: &historySpan, rows: rows.span,
            values: values.span, gradient: gradient.span, rate: 0.25)
        for (row, value) in [(2, values[0]), (0, values[1])] {
            for c in 0..<width {
                let g = gradient[c] * value
                let h = past[row * width + c] + g * g
                #expect(history[row * width + c] == h)
                let expected = before[row * width + c] - 0.25 * g / (h + 1e-10).squareRoot()
                #expect(table[row * width + c] == expected)
            }
        }
        #expect(table[width..<2 * width] == before[width..<2 * width])
    }
}

func softmaxed(_ logits: [Float]) -> [Float] {
    var values = logits
    var span = values.mutableSpan
    softmax(&span)
    return values
}
