// Why models said what they said.

internal import Documents
internal import NLU
internal import Ranking
internal import Reactor
internal import Wire

extension Shard {
    func explain(_ explained: Explained, id: MessageID?, from caller: Caller) {
        switch explained {
        case .prediction(let text, let tag): explainPrediction(text, tag, id: id, caller)
        case .recommendation(let text, let item): explainItem(text, item, id: id, caller)
        }
    }

    private func explainPrediction(
        _ text: String, _ tag: String?, id: MessageID?, _ caller: Caller
    ) {
        guard let name = AnswerName(text), let subject = self.text(of: name) else {
            return refuse(WireError(.unknownPrediction), id: id, to: caller.connection)
        }
        if let worker = intentWorkers[name.model] {
            let explanation = worker.assumeIsolated { explainer in
                ServerMessage.Explanation(
                    of: text, model: name.model, explainer.explain(subject),
                    explainer.firedRule(subject))
            }
            reply(ServerMessage(id: id, .explanation(explanation)), to: caller.connection)
        } else if let worker = tagWorkers[name.model] {
            explainTag(tag, of: subject, text, name.model, worker, id: id, caller)
        } else {
            refuse(WireError(.unknownPrediction), id: id, to: caller.connection)
        }
    }

    /// Explains a tag that is approved now; what is not cannot be asked for either.
    private func explainTag(
        _ tag: String?, of subject: String, _ prediction: String, _ model: String,
        _ worker: TagWorker, id: MessageID?, _ caller: Caller
    ) {
        let approved = deployments.model(model)?.approved ?? ApprovedTags([])
        let asked = tag.map { approved.contains($0) ? ApprovedTags([$0]) : ApprovedTags([]) }
        guard
            let found = worker.assumeIsolated({
                $0.explain(subject, approved: asked ?? approved)
            })
        else { return refuse(WireError(.unknownTag), id: id, to: caller.connection) }
        let explanation = ServerMessage.Explanation(
            explained: .prediction(prediction, tag: found.label), model: model, found)
        reply(ServerMessage(id: id, .explanation(explanation)), to: caller.connection)
    }

    private func explainItem(
        _ text: String, _ item: String?, id: MessageID?, _ caller: Caller
    ) {
        guard let name = AnswerName(text), let query = self.text(of: name),
            case .recommender(let worker, let definition) = deployments.model(name.model)?.kind
        else {
            return refuse(WireError(.unknownRecommendation), id: id, to: caller.connection)
        }
        let request = Ranking.Request(
            source: definition.sources[0], query: query, limit: Recommender.maximumLimit,
            now: Double(wallClock) / 1e6, scope: name.document, user: caller.session.user)
        let inbox = inbox
        worker.post(
            .perform { recommender in
                let found = recommender.explanation(of: item, in: request)
                inbox.post(
                    .run { shard in
                        guard let found else {
                            let error = WireError(.unknownItem)
                            return shard.refuse(error, id: id, to: caller.connection)
                        }
                        let explanation = ServerMessage.Explanation(
                            explained: .recommendation(text, item: found.item), label: found.item,
                            model: name.model, bias: found.bias, contributions: found.contributions)
                        shard.reply(
                            ServerMessage(id: id, .explanation(explanation)), to: caller.connection)
                    })
            })
    }

    /// The text that an answer was about, as it stands now.
    private func text(of name: AnswerName) -> String? {
        switch name.subject {
        case .question(let number, let shard): return shard == index ? questions[number] : nil
        case .block(let block, let document, _):
            guard let token = directory[document], documents[token].isReady else { return nil }
            return documents[token].document.text(of: block)
        }
    }
}

extension ServerMessage.Explanation {
    /// Of an intent: what the classifier holds likeliest, and the rule that was stronger, if one was.
    init(
        of prediction: String, model: String, _ found: NLU.Explanation?,
        _ fired: (rule: Rule, evidence: [String])?
    ) {
        self.init(
            explained: .prediction(prediction), model: model, found,
            label: fired?.rule.intent ?? found?.label ?? IntentPrediction.outOfScope)
        rule = fired?.rule.name
        evidence = fired?.evidence ?? []
    }

    init(
        explained: Explained, model: String, _ found: NLU.Explanation?, label: String? = nil
    ) {
        let contributions = (found?.contributions ?? []).map {
            Contribution(feature: $0.text, weight: $0.value)
        }
        self.init(
            explained: explained, label: label ?? found?.label ?? "", model: model,
            bias: found?.bias ?? 0, contributions: contributions, runnerUp: found?.runnerUp,
            words: (found?.words ?? []).map(WordWeight.init))
    }
}

extension WordWeight {
    init(_ word: NLU.Explanation.Word) {
        self.init(
            word: word.text, range: word.range, weight: word.value, runnerUp: word.runnerUp,
            share: word.share)
    }
}

extension Recommender {
    /// Takes apart the score of an item, or of the first one, in the answer to a request.
    mutating func explanation(
        of item: String?, in request: Ranking.Request
    ) -> (item: String, bias: Float, contributions: [Contribution])? {
        guard let answer = try? recommend(request),
            let found = answer.items.first(where: { item == nil || $0.item == item })
        else { return nil }
        let explanation = explain(found)
        let contributions = explanation.contributions.map {
            Contribution(feature: $0.feature, weight: Float($0.contribution))
        }
        return (found.item, Float(explanation.bias), contributions)
    }
}
