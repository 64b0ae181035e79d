// Versions that serve no more, opened for what people say of their answers.

internal import NLU
internal import Registry
internal import Synchronization
internal import Wire

extension Control {
    /// The largest version that is opened once more, in bytes: a larger one would keep deployments waiting.
    private static let mostPastBytes = 64 << 20

    /// What a version that is not in use says of a text; nil where the registry does not have it, or it is
    /// of another kind than intents and tags.
    ///
    /// It blocks: call it on `queue`.
    ///
    /// - Throws: `.unknownPrediction` of a version that is too large to be opened for that.
    func pastAnswer(to text: String, by model: String) throws(WireError) -> ResultContent? {
        switch try pastModel(model)?.kind {
        case .intents(let intents):
            var scratch = IntentModel.Scratch()
            let answer = intents.answer(text, ranking: IntentWorker.ranked, scratch: &scratch)
            return .intent(IntentResult(answer, isSettled: true))
        case .tags(let tags):
            var scratch = TagModel.Scratch()
            return .tags(TagResult(tags.answer(text.utf8.span, scratch: &scratch)))
        case .recommender, .duplicates, .external, nil: return nil
        }
    }

    /// The version that was opened last stays open, as much of what people say is of the version before this one.
    private func pastModel(_ name: String) throws(WireError) -> LiveModel? {
        // What cannot be read is as good as gone.
        guard let reference = try? ModelReference(parsing: name),
            let kind = try? registry.manifest(of: reference).kind,
            ["intents", "rules", "tags"].contains(kind),
            let bytes = try? registry.diskBytes(of: reference)
        else { return nil }
        if let known = past.withLock({ $0 }), known.reference == name { return known }
        guard bytes <= Self.mostPastBytes else {
            throw WireError(
                .unknownPrediction, "\(name) serves no more, and is too large to be asked again")
        }
        guard let model = try? load(reference) else { return nil }
        past.withLock { $0 = model }
        return model
    }
}
