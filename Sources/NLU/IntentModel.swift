// All that answers for the intent of a text, opened from one file.

package import Numerics

/// What `hunch predict`, `evaluate` and the server answer through, so that their answers are equal.
///
/// Immutable and shared freely; what a call needs beside it lives in the caller's `Scratch`.
package struct IntentModel: Sendable {
    /// What is asked first; nil in a model without rules.
    package let rules: RuleSet?
    /// nil in a model that knows no intents but those of its rules.
    package let classifier: IntentClassifier?
    /// What answers in its place where a model of fastText was imported.
    package let fastText: FastTextClassifier?
    /// nil in a model that finds no entities.
    package let recogniser: EntityRecogniser?

    package typealias Scratch = IntentClassifier.Scratch

    package init(
        _ classifier: IntentClassifier?, rules: RuleSet? = nil, recogniser: EntityRecogniser? = nil,
        fastText: FastTextClassifier? = nil
    ) {
        precondition(classifier == nil || fastText == nil)
        self.fastText = fastText
        self.recogniser = recogniser
        self.classifier = classifier
        self.rules = rules
    }

    /// The confidence from which on an answer is shown while typing.
    package var showConfidence: Float { settings.showConfidence }

    /// For how long a text must not change to be at rest, in milliseconds.
    package var restMilliseconds: Int { Int(settings.restMilliseconds) }

    private var settings: IntentClassifier.Settings {
        classifier?.settings ?? fastText?.settings ?? IntentClassifier.Settings()
    }

    /// Whether it knows no intents but those of its rules.
    package var hasRulesOnly: Bool { classifier == nil && fastText == nil }

    /// The least certainty of an answer; nil where rules alone answer.
    package var threshold: Float? { hasRulesOnly ? nil : settings.threshold }

    /// Answers for a text in UTF-8, with an intent or `out_of_scope`, and the likeliest intents.
    ///
    /// A classifier ranks one intent at least, whether a rule has fired or not, and one of fastText none
    /// where it knows nothing of the text.
    package func answer(
        _ text: Span<UInt8>, _ state: TextState = .whole, ranking count: Int = 3,
        scratch: inout Scratch
    ) -> IntentPrediction {
        var prediction = IntentPrediction()
        answer(text, state, ranking: count, scratch: &scratch, into: &prediction)
        return prediction
    }

    /// Answers for a text.
    package func answer(
        _ text: String, _ state: TextState = .whole, ranking count: Int = 3,
        scratch: inout Scratch
    ) -> IntentPrediction {
        let bytes = text.utf8.span
        return answer(bytes, state, ranking: count, scratch: &scratch)
    }

    /// Writes the answer over `prediction`, without allocation once both buffers have grown.
    package func answer(
        _ text: Span<UInt8>, _ state: TextState = .whole, ranking count: Int = 3,
        scratch: inout Scratch, into prediction: inout IntentPrediction
    ) {
        scratch.words.read(text)
        classifier?.score(&scratch)
        finish(text, state, count, &scratch, &prediction)
        recogniser?.recognise(text, scratch: &scratch.entities, into: &prediction.entities)
    }

    /// The same answer for a text that is edited key by key: what `typed` knows of it costs nothing.
    package func answer(
        _ text: Span<UInt8>, _ state: TextState, ranking count: Int = 3,
        after typed: inout KnownText, scratch: inout Scratch,
        into prediction: inout IntentPrediction
    ) {
        scratch.words.read(text)
        classifier?.score(after: &typed.words, &scratch)
        finish(text, state, count, &scratch, &prediction)
        recogniser?.recognise(
            text, after: &typed.passages, scratch: &scratch.entities, into: &prediction.entities)
    }

    /// From what the classifier has scored to the intent.
    private func finish(
        _ text: Span<UInt8>, _ state: TextState, _ count: Int, _ scratch: inout Scratch,
        _ prediction: inout IntentPrediction
    ) {
        if let classifier {
            classifier.answer(state, ranking: count, scratch: &scratch, into: &prediction)
        } else if let fastText {
            fastText.answer(
                text, state, ranking: count, scratch: &scratch.fastText, into: &prediction)
        } else {
            prediction = IntentPrediction()
        }
        prediction.take(firedRule(text, state, &scratch, &prediction))
    }

    /// The rule that decides.
    ///
    /// While somebody types, it is one that the finished words fire, or it would come and go with the
    /// letters of the last; and its answer is shown and held like any other: from the same confidence on,
    /// until another reaches that, be the rule still firing or not.
    private func firedRule(
        _ text: Span<UInt8>, _ state: TextState, _ scratch: inout Scratch,
        _ prediction: inout IntentPrediction
    ) -> Rule? {
        guard let rules else { return nil }
        guard case .typing(let shown) = state else {
            let fired = rules.firstMatch(text, scratch.words, scratch: &scratch.rules)
            return fired.map { rules.rules[$0] }
        }
        if hasRulesOnly { prediction.intent = shown.intent }
        let finished = text.extracting(0..<text.finishedCount)
        scratch.words.read(finished)
        guard let fired = rules.firstMatch(finished, scratch.words, scratch: &scratch.rules)
        else { return nil }
        let rule = rules.rules[fired]
        return rule.confidence >= showConfidence || rule.intent == shown.intent ? rule : nil
    }
}

/// What is kept of a text while it is being typed; belongs to one text and one model.
package struct KnownText: Sendable {
    var words = FinishedWords()
    var passages = KnownPassages()

    package init() {}
}

// MARK: As a file

extension IntentModel {
    static let magic = "hnchnlu\n"
    static let format: UInt32 = 3

    /// Opens an artifact; the tables stay where they are in `memory`.
    package init(_ memory: Memory) throws(ArtifactError) {
        let archive = try Archive(memory, magic: Self.magic, formats: Self.format...Self.format)
        rules = try RuleSet(in: archive)
        classifier = try IntentClassifier(in: archive)
        fastText = classifier == nil ? try FastTextClassifier(in: archive) : nil
        recogniser = try EntityRecogniser(in: archive)
    }

    /// The artifact as bytes: equal models give equal bytes.
    package func encoded() -> [UInt8] {
        var writer = ArchiveWriter(magic: Self.magic, format: Self.format)
        rules?.write(to: &writer)
        classifier?.write(to: &writer)
        fastText?.write(to: &writer)
        recogniser?.write(to: &writer)
        return writer.encoded()
    }
}
