import Testing

@testable import NLU

@Suite struct OperatingPointTests {
    private let answers = [(0.9, true), (0.8, true), (0.7, false), (0.6, true), (0.2, false)].map {
        Answer(certainty: Float($0.0), isCorrect: $0.1)
    }

    @Test func `the lowest threshold is taken whose answers are right often enough`() throws {
        let point = OperatingPoint.precision(0.75)
        #expect(try point.threshold(answers, outOfScope: []) == 0.6)
        // A stranger above 0.6 brings the share below three of four.
        #expect(try point.threshold(answers, outOfScope: [0.65]) == 0.8)
        #expect(try OperatingPoint.precision(0.5).threshold(answers, outOfScope: []) == 0.2)
    }

    @Test func `equal certainties pass together`() throws {
        let tied = [true, false, true].map { Answer(certainty: 0.5, isCorrect: $0) }
        #expect(try OperatingPoint.precision(0.6).threshold(tied, outOfScope: []) == 0.5)
        #expect(throws: TrainingError.precisionOutOfReach(0.7, best: 2.0 / 3)) {
            try OperatingPoint.precision(0.7).threshold(tied, outOfScope: [])
        }
    }

    @Test func `a balance needs strangers, and lies between them and the right answers`() throws {
        #expect(throws: TrainingError.nothingOutOfScope) {
            try OperatingPoint.balanced.threshold(answers, outOfScope: [])
        }
        let threshold = try OperatingPoint.balanced.threshold(answers, outOfScope: [0.1, 0.3])
        #expect(threshold > 0.3 && threshold <= 0.6)
        let usual = try OperatingPoint.usual.threshold(answers, outOfScope: [0.1, 0.3])
        #expect(usual == threshold)
    }
}
