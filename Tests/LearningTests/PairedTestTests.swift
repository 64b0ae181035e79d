import Learning
import Testing

@Suite struct PairedTestTests {
    private func test(_ onlyFirst: Int, _ onlySecond: Int) -> PairedTest {
        let same = [true, false]
        return PairedTest(
            first: same + Array(repeating: true, count: onlyFirst)
                + Array(repeating: false, count: onlySecond),
            second: same + Array(repeating: false, count: onlyFirst)
                + Array(repeating: true, count: onlySecond))
    }

    @Test func `chances are those of the binomial distribution`() {
        #expect(test(0, 0).pValue == 1)
        #expect(abs(test(0, 5).pValue - 2.0 / 32) < 1e-12)
        #expect(abs(test(5, 0).pValue - 2.0 / 32) < 1e-12)
        // 2 · (1 + 10 + 45) / 1024
        #expect(abs(test(2, 8).pValue - 0.109375) < 1e-12)
        #expect(test(6, 6).pValue == 1)
        #expect(test(1000, 1200).pValue < 1e-4)
        #expect(test(1000, 1200).pValue > 1e-5)
    }
}
