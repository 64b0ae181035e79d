// All ways to tag a text, with their probabilities.

import Numerics

/// The probabilities of tags in a linear chain, forwards and backwards.
///
/// Source: Lafferty, McCallum, Pereira, "Conditional Random Fields", ICML 2001; each step is scaled
/// to a sum of 1 as in Rabiner, "A Tutorial on Hidden Markov Models", 1989.
struct TagLattice {
    private(set) var tokenCount = 0
    private(set) var tags = TagSet(typeCount: 0)
    /// What the tokens say of their tags, shape (tokens, width), in logits.
    var emissions: [Float] = []
    private var kept: [Float] = []
    /// The emissions as factors, shape (tokens, width).
    private var factors: [Float] = []
    /// Shape (tokens, width): of tags up to here, and of tags from here on.
    private var forward: [Float] = []
    private var backward: [Float] = []
    /// The sum that each step was divided by.
    private var scales: [Float] = []
    /// One row of the free tags.
    var sums: [Float] = []
    /// One row of all tags, and one in whole vectors.
    private var row: [Float] = []
    private var wide: [Float] = []
    private var rows: [UInt32] = []

    /// Makes room for the emissions of a text and sets them to 0.
    mutating func begin(tokenCount: Int, _ tags: TagSet) {
        if tags != self.tags || rows.isEmpty {
            self.tags = tags
            rows = (0..<UInt32(tags.count)).map(\.self)
            sums = Array(repeating: 0, count: tags.freeWidth)
            row = Array(repeating: 0, count: tags.count)
            wide = Array(repeating: 0, count: tags.width)
        }
        self.tokenCount = tokenCount
        let count = tokenCount * tags.width
        if emissions.count < count {
            emissions += repeatElement(0, count: count - emissions.count)
        }
        for i in 0..<count { emissions[i] = 0 }
    }

    /// Puts a copy of the emissions aside, and takes it back.
    mutating func keepEmissions() {
        let count = tokenCount * tags.width
        if kept.count < count { kept += repeatElement(0, count: count - kept.count) }
        for i in 0..<count { kept[i] = emissions[i] }
    }

    mutating func restoreEmissions() { swap(&emissions, &kept) }

    // MARK: Probabilities

    /// Finds the probabilities; `transitions` as factors.
    mutating func measure(_ transitions: TagTransitions) {
        let count = tokenCount * tags.width
        if forward.count < count {
            factors = Array(repeating: 0, count: count)
            forward = factors
            backward = factors
            scales = Array(repeating: 0, count: tokenCount)
        }
        for i in 0..<tokenCount { Self.setFactors(i, tags, emissions, &row, &factors) }
        for i in 0..<tokenCount { stepForward(i, transitions) }
        for i in (0..<tokenCount).reversed() { stepBackward(i, transitions) }
    }

    /// The probability that a token has a tag.
    func probability(of tag: Int, at i: Int) -> Float {
        forward[i * tags.width + tag] * backward[i * tags.width + tag]
    }

    /// The probability that a token has a tag and the next one another.
    func probability(of tag: Int, then next: Int, at i: Int, _ transitions: TagTransitions) -> Float
    {
        guard let weight = transitions.weight(from: tag, to: next) else { return 0 }
        let to = (i + 1) * tags.width + next
        return forward[i * tags.width + tag] * weight * factors[to] * backward[to] / scales[i + 1]
    }

    /// Adds the probabilities of pairs of tags, but for the factor of their transition.
    ///
    /// `free` has the shape of the vectors of the free transitions, the start of the text included;
    /// `onward` that of the onward ones.
    func addPairs(free: inout [SIMD16<Float>], onward: inout [Float]) {
        let vectors = tags.freeWidth / 16
        for i in 0..<tokenCount {
            let base = i * tags.width
            let inverse = 1 / scales[i]
            for vector in 0..<vectors {
                var target = SIMD16<Float>.zero
                for lane in 0..<16 where vector * 16 + lane < tags.free {
                    let place = base + vector * 16 + lane
                    target[lane] = factors[place] * backward[place] * inverse
                }
                guard i > 0 else {
                    free[tags.count * vectors + vector] += target
                    continue
                }
                for from in 0..<tags.count {
                    free[from * vectors + vector] += target * forward[base - tags.width + from]
                }
            }
            guard i > 0 else { continue }
            for from in 1..<max(tags.count, 1) {
                let further = base + tags.further((from - 1) % tags.typeCount)
                let target = factors[further] * backward[further] * inverse
                onward[from] += forward[base - tags.width + from] * target
            }
        }
    }

    /// The probability that tokens are an entity of a type, and no further one is part of it.
    func probability(ofSpan span: Range<Int>, type: Int, _ transitions: TagTransitions) -> Float {
        let width = tags.width
        let further = tags.further(type)
        var tag = tags.first(type)
        var product = forward[span.lowerBound * width + tag]
        for i in span.dropFirst() {
            product *= transitions.onward[tag] * factors[i * width + further] / scales[i]
            tag = further
        }
        let last = span.upperBound - 1
        var rest = backward[last * width + tag]
        if span.upperBound < tokenCount {
            let next = span.upperBound * width + further
            rest -= transitions.onward[tag] * factors[next] * backward[next] / scales[last + 1]
        }
        return min(max(product * rest, 0), 1)
    }

    /// The logarithm of the probability of tags; `weights` are the transitions as logits.
    func logLikelihood(of path: [Int], _ transitions: TagTransitions) -> Double {
        var sum = 0.0
        for i in path.indices {
            let from = i == 0 ? -1 : path[i - 1]
            guard let weight = transitions.weight(from: from, to: path[i]) else {
                return -.infinity
            }
            let factor = Double(weight) * Double(factors[i * tags.width + path[i]])
            sum += Double.log(factor / Double(scales[i]))
        }
        return sum
    }

    /// Turns a row of emissions into factors.
    private static func setFactors(
        _ i: Int, _ tags: TagSet, _ emissions: [Float], _ row: inout [Float],
        _ factors: inout [Float]
    ) {
        let (base, count) = (i * tags.width, tags.count)
        var output = row.mutableSpan
        let source = emissions.span
        for tag in 0..<count { output[tag] = source[base + tag] }
        softmax(&output)
        var target = factors.mutableSpan
        // Not 0, so that no tag is impossible when the likelier ones cannot stand here.
        for tag in 0..<count { target[base + tag] = max(output[tag], 1e-20) }
    }

    private mutating func stepForward(_ i: Int, _ transitions: TagTransitions) {
        if i == 0 {
            let start = tags.count * tags.freeWidth
            for tag in 0..<tags.free { sums[tag] = transitions.free[start + tag] }
        } else {
            for place in sums.indices { sums[place] = 0 }
            let last = (i - 1) * tags.width..<(i - 1) * tags.width + tags.count
            Self.addRows(transitions.free, rows, forward, last, to: &sums)
        }
        scales[i] = Self.stepForward(i, tags, factors, transitions.onward, sums, &forward)
    }

    /// Writes the scaled probabilities of the tags up to a token; gives what they were divided by.
    ///
    /// `free` are the sums over all ways to come to a free tag.
    private static func stepForward(
        _ i: Int, _ tags: TagSet, _ factors: [Float], _ onward: [Float], _ free: [Float],
        _ forward: inout [Float]
    ) -> Float {
        let (width, base) = (tags.width, i * tags.width)
        let (factors, onward, free) = (factors.span, onward.span, free.span)
        var output = forward.mutableSpan
        var total: Float = 0
        for tag in 0..<tags.free {
            output[base + tag] = free[tag] * factors[base + tag]
            total += output[base + tag]
        }
        for type in 0..<tags.typeCount {
            let (first, further) = (tags.first(type), tags.further(type))
            var sum: Float = 0
            if i > 0 {
                sum = output[base - width + first] * onward[first]
                sum += output[base - width + further] * onward[further]
            }
            output[base + further] = sum * factors[base + further]
            total += output[base + further]
        }
        let inverse = 1 / total
        for tag in 0..<tags.count { output[base + tag] *= inverse }
        return total
    }

    private mutating func stepBackward(_ i: Int, _ transitions: TagTransitions) {
        let base = i * tags.width
        guard i + 1 < tokenCount else {
            for tag in 0..<tags.count { backward[base + tag] = 1 }
            return
        }
        let next = base + tags.width
        let inverse = 1 / scales[i + 1]
        for tag in 0..<tags.free {
            sums[tag] = factors[next + tag] * backward[next + tag] * inverse
        }
        for place in wide.indices { wide[place] = 0 }
        Self.addRows(transitions.columns, rows, sums, 0..<tags.free, to: &wide)
        Self.stepBackward(i, tags, factors, transitions.onward, wide, inverse, &backward)
    }

    /// Writes the scaled probabilities of the tags from a token on.
    ///
    /// `free` are the sums over all free tags that follow.
    private static func stepBackward(
        _ i: Int, _ tags: TagSet, _ factors: [Float], _ onward: [Float], _ free: [Float],
        _ inverse: Float, _ backward: inout [Float]
    ) {
        let (base, next) = (i * tags.width, (i + 1) * tags.width)
        let (factors, onward, free) = (factors.span, onward.span, free.span)
        var output = backward.mutableSpan
        for tag in 0..<tags.count { output[base + tag] = free[tag] }
        for type in 0..<tags.typeCount {
            let (first, further) = (tags.first(type), tags.further(type))
            let sum = factors[next + further] * output[next + further] * inverse
            output[base + first] += onward[first] * sum
            output[base + further] += onward[further] * sum
        }
    }

    /// Adds the rows of a table, the first ones, each times one of a range of `scales`.
    private static func addRows(
        _ table: [Float], _ rows: [UInt32], _ scales: [Float], _ range: Range<Int>,
        to sums: inout [Float]
    ) {
        let width = sums.count
        var output = sums.mutableSpan
        sumRows(
            rows.span.extracting(first: range.count), scales: scales.span.extracting(range),
            of: table.span, stride: width, into: &output)
    }
}
