// Why a program said what it said, told by what it says without each word.

package import NLU
package import Wire

extension ExternalDefinition {
    /// What to ask to explain an answer to a text: no more than half of what may wait, and of a long text
    /// so few that they are a quarter of a mebibyte together.
    package func occlusion(of text: String) -> Occlusion {
        let most = min(64, queue / 2 - 1, 262_144 / max(text.utf8.count, 1))
        return Occlusion(text, most: max(most, 0))
    }
}

extension Occlusion {
    /// Explains a label in the answer to the whole text, beside the next one of an intent's ranking.
    ///
    /// - Parameters:
    ///   - answers: to `texts`.
    ///   - label: nil for the first.
    /// - Returns: nil where an answer is missing, or the whole text was given no label.
    package func explanation(
        of answers: [ResultContent?], label: String? = nil
    ) -> NLU.Explanation? {
        let scores = answers.compactMap { $0?.scores }
        guard scores.count == texts.count, let label = label ?? scores[0].first?.label else {
            return nil
        }
        var rival: String?
        if case .intent = answers[0] { rival = scores[0].first { $0.label != label }?.label }
        let confidence = { (wanted: String?, scores: [(label: String, confidence: Float)]) in
            scores.first { $0.label == wanted }?.confidence ?? 0
        }
        return explanation(
            of: label, runnerUp: rival,
            confidences: scores.map { (confidence(label, $0), confidence(rival, $0)) })
    }
}

extension ResultContent {
    /// Intents or tags with their confidences, the answer first; none of other kinds.
    package var scores: [(label: String, confidence: Float)] {
        switch self {
        case .intent(let result):
            [(result.intent, result.confidence)]
                + result.ranking.filter { $0.intent != result.intent }
                .map { ($0.intent, $0.confidence) }
        case .tags(let result): result.tags.map { ($0.tag, $0.confidence) }
        case .recommendations, .duplicate: []
        }
    }
}

extension Shard {
    /// Has a program answer for the text and for what is left of it without each word.
    func explain(
        _ external: ExternalModel, _ subject: String, _ prediction: String, _ tag: String?,
        by model: String, id: MessageID?, _ caller: Caller
    ) {
        let occlusion = external.definition.occlusion(of: subject)
        let inbox = inbox
        external.explain(occlusion.texts) { answers in
            inbox.post(
                .run { shard in
                    let shown = answers.map { $0.map { shard.shown($0, of: model) } }
                    shard.explain(occlusion, shown, prediction, tag, by: model, id: id, caller)
                })
        }
    }

    private func explain(
        _ occlusion: Occlusion, _ answers: [ResultContent?], _ prediction: String, _ tag: String?,
        by model: String, id: MessageID?, _ caller: Caller
    ) {
        guard !answers.contains(where: { $0 == nil }) else {
            return refuse(Self.silence(of: model), id: id, to: caller.connection)
        }
        let isKnown = tag.map { deployments.model(model)?.approved.contains($0) ?? false } ?? true
        guard isKnown, let found = occlusion.explanation(of: answers, label: tag) else {
            return refuse(WireError(.unknownTag), id: id, to: caller.connection)
        }
        let kind = answers[0]?.kind
        let explanation = ServerMessage.Explanation(
            explained: .prediction(prediction, tag: kind == .tags ? found.label : nil),
            model: model, found)
        reply(ServerMessage(id: id, .explanation(explanation)), to: caller.connection)
    }
}
