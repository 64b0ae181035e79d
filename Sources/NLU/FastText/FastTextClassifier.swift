// The intent of an utterance, by a model of fastText.

import Numerics

/// Answers with the labels of a model of fastText.
///
/// Immutable and shared freely; what a call needs beside it lives in the caller's `Scratch`.
package struct FastTextClassifier: Sendable {
    package let model: FastTextModel
    /// Of these the threshold, which is held against the probability itself, and what is said of
    /// answers while somebody types; there are no temperatures.
    package var settings: IntentClassifier.Settings

    package init(
        _ model: FastTextModel,
        settings: IntentClassifier.Settings = IntentClassifier.Settings()
    ) {
        self.model = model
        self.settings = settings
    }

    package var intents: [String] { model.labels }

    /// Writes the answer over `prediction`; confidences are fastText's probabilities, 1 at most.
    ///
    /// Without allocation once both have grown.
    func answer(
        _ text: Span<UInt8>, _ state: TextState, ranking count: Int,
        scratch: inout FastTextModel.Scratch, into prediction: inout IntentPrediction
    ) {
        let isTyped = if case .typing = state { true } else { false }
        model.rank(text, isTyped: isTyped, count: max(count, 1), scratch: &scratch)
        prediction.ranking.removeAll(keepingCapacity: true)
        for score in scratch.output.best {
            prediction.ranking.append(
                .init(intent: intents[score.label], confidence: min(score.probability, 1)))
        }
        prediction.confidence = prediction.ranking.first?.confidence ?? 0
        prediction.certainty = prediction.confidence
        switch state {
        case .whole: prediction.intent = wholeAnswer(prediction)
        case .typing(let shown):
            show(shown, &prediction)
            guard prediction.intent != prediction.ranking.first?.intent,
                prediction.intent != IntentPrediction.outOfScope
            else { return }
            // An answer that is held though another is likelier now.
            let held = intents.firstIndex(of: prediction.intent)
            prediction.confidence = held.map { min(model.probability(of: $0, scratch), 1) } ?? 0
        }
    }

    private func wholeAnswer(_ prediction: IntentPrediction) -> String {
        guard let likeliest = prediction.ranking.first,
            prediction.certainty >= settings.threshold
        else { return IntentPrediction.outOfScope }
        return likeliest.intent
    }

    private func show(_ shown: ShownAnswer, _ prediction: inout IntentPrediction) {
        var shown = shown
        if let likeliest = prediction.ranking.first {
            shown.see(
                likeliest.intent, confidence: likeliest.confidence, from: settings.showConfidence)
        }
        prediction.intent = shown.intent
    }
}

extension FastTextClassifier {
    /// Explains the likeliest label beside the next; nil where there is none.
    func explain(_ text: String, scratch: inout FastTextModel.Scratch) -> Explanation? {
        let likeliest = model.predict(text.utf8.span, count: 2, scratch: &scratch).map(\.label)
        guard let label = likeliest.first else { return nil }
        let rival = likeliest.count > 1 ? likeliest[1] : nil
        // A loop must not stand still for it: of a long text, and with very many labels, only the first words
        // are left out.
        let most = min(64, 32_768 / max(text.utf8.count, 1), 8_388_608 / model.labelCost)
        let occlusion = Occlusion(text, most: most)
        var confidences: [(label: Float, runnerUp: Float)] = []
        for text in occlusion.texts {
            model.rank(text.utf8.span, count: 1, scratch: &scratch)
            let other = rival.map { min(model.probability(of: $0, scratch), 1) }
            confidences.append((min(model.probability(of: label, scratch), 1), other ?? 0))
        }
        return occlusion.explanation(
            of: intents[label], runnerUp: rival.map { intents[$0] }, confidences: confidences)
    }
}

// MARK: As a file

extension FastTextClassifier {
    private static let section = "fasttext"

    /// Opens a classifier's sections and checks its weights; nil in an archive without one.
    init?(in archive: Archive) throws(ArtifactError) {
        guard archive.has(Self.section) else { return nil }
        let bytes = try archive.section(Self.section, of: UInt8.self)
        do throws(FastTextError) {
            model = try FastTextModel(bytes.bytes)
            // The archive was hashed a moment ago: all of it is in memory.
            try model.checkWeights()
        } catch {
            throw .badSection(Self.section)
        }
        settings = try IntentClassifier.Settings(in: archive)
    }

    /// Adds the sections that `init(in:)` opens: the file as fastText wrote it.
    func write(to writer: inout ArchiveWriter) {
        writer.add(Self.section, model.memory)
        writer.add("settings", settings.numbers)
    }
}
