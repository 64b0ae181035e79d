import Numerics
import Testing

@Suite struct TopKTests {
    @Test(arguments: UInt64(0)..<100)
    func `the top are the first of a stable sort`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let values = (0..<Int.random(in: 0...50, using: &random)).map { _ in
            Float(Int.random(in: 0...12, using: &random))
        }
        let k = Int.random(in: 0...60, using: &random)
        let sorted = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
        #expect(topK(values.span, count: k) == Array(sorted.prefix(k)))
    }

    @Test func `NaN comes last`() {
        let values: [Float] = [.nan, 1, .nan, -1]
        #expect(topK(values.span, count: 2) == [1, 3])
    }
}
