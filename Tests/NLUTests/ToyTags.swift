// A small tagged data set and what was trained on it.

import Learning
import Numerics

@testable import NLU

enum ToyTags {
    static let tags = ["money", "parcel", "urgent"]

    static let outcome = trained(seed: 1)

    /// Enough for these data.
    private static var quick: LogisticRegression.Settings {
        var settings = LogisticRegression.Settings()
        settings.passes = 15
        return settings
    }

    static func trained(
        seed: UInt64, precision: Double = 0.85, validation: TagDataset? = nil,
        slices: Slices = Slices(), regression: LogisticRegression.Settings? = quick,
        on dataset: TagDataset = dataset(seed: 1)
    ) -> TagTrainer.Outcome {
        var settings = TagTrainer.Settings()
        settings.seed = seed
        settings.precision = precision
        settings.regression = regression
        do {
            return try TagTrainer(settings: settings).train(
                dataset, tags: tags, validation: validation, slices: slices)
        } catch {
            fatalError("the data set of the tests cannot be learned: \(error)")
        }
    }

    /// 120 texts of one to three parts, each with the tag of its part.
    static func dataset(seed: UInt64, wrongTags: Bool = false) -> TagDataset {
        var random = SplitMix64(seed: seed)
        return TagDataset(
            (0..<120).map { _ in
                let count = Int.random(in: 1...2, using: &random)
                let chosen = parts.shuffled(using: &random).prefix(count)
                let text = chosen.map { $0.1.randomElement(using: &random) ?? "" }
                    .joined(separator: ", ")
                let right = chosen.map(\.0).filter { !$0.isEmpty }
                let wrong = tags.filter { _ in Bool.random(using: &random) }
                return TaggedExample(text: text, tags: wrongTags ? wrong : right)
            })
    }

    private static let parts: [(String, [String])] = [
        (
            "money",
            ["refund the invoice", "i was charged twice", "the price is wrong", "pay me back"]
        ),
        (
            "parcel",
            [
                "where is my parcel", "the courier is late", "shipping took weeks",
                "it was delivered broken",
            ]
        ),
        ("urgent", ["this is urgent", "answer today please", "it cannot wait", "right now"]),
        ("", ["good morning", "see you at lunch", "thanks a lot", "the sun shines"]),
    ]
}
