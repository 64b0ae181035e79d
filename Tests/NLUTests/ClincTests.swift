import Foundation
import Learning
import NLU
import Testing

/// What is learned from CLINC150; in release builds only, as unoptimised code takes minutes.
///
///     swift test -c release --filter ClincTests
@Suite struct ClincTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/nlu/clinc150")

    private static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    private static var hasData: Bool {
        FileManager.default.isReadableFile(atPath: folder.appending(path: "train.csv").path)
    }

    private func read(_ names: String...) throws -> Dataset {
        Dataset(
            try names.flatMap {
                let data = try Data(contentsOf: Self.folder.appending(path: $0))
                return try Dataset(reading: Array(data)).examples
            })
    }

    @Test(
        .enabled(if: isOptimised, "takes minutes in a debug build"),
        .enabled(if: hasData, "../shared/data/nlu/clinc150 is not there"))
    func `test accuracy is at least 92 percent, calibrated, in 12 megabytes`() throws {
        let classifier = try IntentTrainer().train(
            read("train.csv"), validation: read("valid.csv", "oos_valid.csv")
        ).classifier
        let evaluation = Evaluation(classifier, on: try read("test.csv", "oos_test.csv"))
        #expect(evaluation.measures.accuracy >= 0.92)
        #expect(evaluation.measures.ece <= 0.03)
        #expect(evaluation.measures.outOfScopeAUROC >= 0.94)
        #expect(IntentModel(classifier).encoded().count <= 12_000_000)
    }
}
