// A small data set and the classifier trained on it.

import NLU
import Numerics

enum Toy {
    static let dataset = Dataset(
        sentences.flatMap { intent, texts in texts.map { Example(text: $0, intent: intent) } })

    static let classifier = trained(seed: 1)

    static let model = IntentModel(classifier)

    /// Shows nothing while typing.
    static let hesitant = model { $0.showConfidence = 1.1 }

    static func model(_ change: (inout IntentClassifier.Settings) -> Void) -> IntentModel {
        var settings = classifier.settings
        change(&settings)
        return IntentModel(
            IntentClassifier(
                intents: classifier.intents, lexical: classifier.lexical, settings: settings))
    }

    static func trained(seed: UInt64) -> IntentClassifier {
        var settings = IntentTrainer.Settings()
        settings.seed = seed
        do {
            return try IntentTrainer(settings: settings).train(dataset).classifier
        } catch {
            fatalError("the data set of the tests cannot be learned: \(error)")
        }
    }

    static func probabilities(
        _ text: [UInt8], _ scratch: inout IntentClassifier.Scratch,
        by classifier: IntentClassifier = classifier
    ) -> [Float] {
        var probabilities = [Float](repeating: 0, count: classifier.intents.count)
        var output = probabilities.mutableSpan
        classifier.predict(text.span, scratch: &scratch, into: &output)
        return probabilities
    }

    static func probabilities(_ text: String) -> [Float] {
        var scratch = IntentClassifier.Scratch()
        return probabilities(Array(text.utf8), &scratch)
    }

    /// Words of the data set, others, and signs of many scripts, in any order.
    static func randomText(using random: inout SplitMix64) -> String {
        let pieces =
            sentences.flatMap(\.1).flatMap { $0.split(separator: " ").map(String.init) }
            + [
                "Ünïcode", "naïve", "東京", "\u{200D}", "🙂", "don't", "x’s", "—", "\r\n", "İ",
                "e\u{301}",
            ]
        return (0..<Int.random(in: 0...12, using: &random))
            .map { _ in pieces.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }

    private static let sentences: [(String, [String])] = [
        (
            "alarm",
            [
                "wake me up at seven", "set an alarm for six", "alarm at noon please",
                "wake me tomorrow at eight", "put an alarm on for nine", "set the alarm to five",
            ]
        ),
        (
            "balance",
            [
                "how much money do i have", "what is my balance", "show the balance of my account",
                "is there money in my account", "tell me my bank balance", "how much is left",
            ]
        ),
        (
            "weather",
            [
                "will it rain today", "what is the weather like", "is it cold outside",
                "how warm will it be tomorrow", "do i need an umbrella", "weather for the weekend",
            ]
        ),
    ]
}
