import Numerics
import Testing

@Suite struct DotRowsTests {
    @Test(arguments: UInt64(0)..<20)
    func `products with many rows are those with one, bit for bit`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (count, width) = (
            Int.random(in: 0...9, using: &random), Int.random(in: 1...150, using: &random)
        )
        let vector = (0..<width).map { _ in Float.random(in: -1...1, using: &random) }
        let table = (0..<count * width).map { _ in Float.random(in: -1...1, using: &random) }
        let rows = Array(UInt32(0)..<UInt32(count)).shuffled(using: &random)
        var all = [Float](repeating: 0, count: count)
        var some = all
        var output = all.mutableSpan
        dotRows(vector.span, table.span, into: &output)
        output = some.mutableSpan
        dotRows(vector.span, table.span, rows: rows.span, into: &output)
        for (i, row) in rows.enumerated() {
            let one = Array(table[Int(row) * width..<(Int(row) + 1) * width])
            #expect(some[i] == dot(vector.span, one.span))
            #expect(some[i] == all[Int(row)])
        }
    }
}
