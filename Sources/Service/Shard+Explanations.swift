// Why models said what they said.

internal import Dispatch
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
        } else if case .external(let external) = deployments.model(name.model)?.kind {
            explain(external, subject, text, tag, by: name.model, id: id, caller)
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

    /// Explains by the features as they were scored, be the list on somebody's screen or in the log.
    private func explainItem(
        _ text: String, _ item: String?, id: MessageID?, _ caller: Caller
    ) {
        guard let name = AnswerName(text), deployments.recommender(sameAs: name.model) != nil else {
            return refuse(WireError(.unknownRecommendation), id: id, to: caller.connection)
        }
        if let list = list(name) { return explain(item, of: list, id: id, caller) }
        // It goes through the log, and others want to read the disk: one at a time.
        guard !isSearchingLog else {
            let error = WireError(
                .overloaded, document: name.document,
                retryAfterMilliseconds: Self.retryMilliseconds)
            return refuse(error, id: id, to: caller.connection)
        }
        isSearchingLog = true
        let (inbox, control) = (inbox, context.control)
        control.queue.async {
            let list = control.loggedList(name.text)
            inbox.post(
                .run { shard in
                    shard.isSearchingLog = false
                    guard let list else {
                        let error = WireError(.unknownRecommendation)
                        return shard.refuse(error, id: id, to: caller.connection)
                    }
                    shard.explain(item, of: list, id: id, caller)
                })
        }
    }

    private func explain(
        _ item: String?, of list: Impression, id: MessageID?, _ caller: Caller
    ) {
        let item = item ?? list.items.first { isShown($0, of: list, to: caller) } ?? ""
        let inbox = inbox
        let answer: @Sendable (Ranking.Explanation?) -> Void = { found in
            inbox.post(.run { $0.answer(found, item, of: list, id: id, caller) })
        }
        if let worker = deployments.recommender(list.model ?? "")?.worker {
            return worker.post(.perform { answer($0.explanation(of: item, in: list)) })
        }
        let control = context.control
        control.queue.async { answer(control.pastExplanation(of: item, in: list)) }
    }

    /// Whether somebody may know of an item of a list now; nobody may where no version serves any more that
    /// could say so.
    private func isShown(_ item: String, of list: Impression, to caller: Caller) -> Bool {
        let rights = caller.session.rights
        guard let worker = deployments.recommender(sameAs: list.model ?? "")?.worker,
            list.scope.map(rights.documents.allows) ?? true
        else { return false }
        return worker.access?.allows(item, to: rights.viewer) ?? true
    }

    private func answer(
        _ found: Ranking.Explanation?, _ item: String, of list: Impression, id: MessageID?,
        _ caller: Caller
    ) {
        guard let found, isShown(item, of: list, to: caller) else {
            return refuse(WireError(.unknownItem), id: id, to: caller.connection)
        }
        let largestFirst = found.contributions.sorted {
            abs($0.contribution) > abs($1.contribution)
        }
        let contributions = largestFirst.map {
            Contribution(
                feature: $0.feature, weight: Float($0.contribution),
                value: $0.value.isNaN ? nil : Float($0.value))
        }
        let explanation = ServerMessage.Explanation(
            explained: .recommendation(list.request, item: item), label: item,
            model: list.model ?? "", bias: Float(found.bias), contributions: contributions)
        reply(ServerMessage(id: id, .explanation(explanation)), to: caller.connection)
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
