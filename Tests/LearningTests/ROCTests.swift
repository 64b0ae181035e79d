import Learning
import Testing

@Suite struct ROCTests {
    @Test func `the area is the share of pairs in order, ties counting half`() {
        #expect(areaUnderROC(positives: [3, 1], negatives: [2, 0]) == 0.75)
        #expect(areaUnderROC(positives: [1, 1], negatives: [1]) == 0.5)
        #expect(areaUnderROC(positives: [2, 3], negatives: [1]) == 1)
        #expect(areaUnderROC(positives: [], negatives: [1]) == 0.5)
    }
}
