// Requests of classifiers that are answered one by one, and records for the journal.

internal import Documents
internal import JSON
internal import Journal
internal import NLU
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    func classify(_ classify: ClientMessage.Classify, id: MessageID?, from caller: Caller) {
        let branch = caller.session.branch
        if let model = deployments.tagger(classify.model, on: branch) {
            let chosen = choice(of: model, for: classify, caller)
            if let worker = tagWorkers[chosen.model.reference] {
                return tag(classify, by: chosen, worker, id: id, from: caller)
            }
        }
        if let external = deployments.external(classify.model, on: branch) {
            return ask(choice(of: external, for: classify, caller), classify.text, id: id, caller)
        }
        let chosen = deployments.classifier(classify.model, on: branch).map {
            choice(of: $0, for: classify, caller)
        }
        guard let chosen, let worker = intentWorkers[chosen.model.reference] else {
            let error = WireError(.unknownModel, classify.model ?? "no intent model is deployed")
            return refuse(error, id: id, to: caller.connection)
        }
        let bytes = Array(classify.text.utf8)
        let start = Instant.now()
        let answer = worker.assumeIsolated { $0.classify(bytes) }
        let compute = Instant.now().since(start)
        let model = chosen.model
        let name = AnswerName(
            .question(questions.remember(classify.text), shard: index), model: model.reference)
        let results = ServerMessage.Results(
            model: model.reference, kind: .intent, arm: chosen.arm,
            entries: [ResultEntry(prediction: name.text, content: .intent(answer))],
            computeMicroseconds: Int(compute / 1000))
        reply(ServerMessage(id: id, .results(results)), to: caller.connection)
        chosen.exposure.map {
            expose(
                $0, Occasion(session: caller.session),
                UnitOutcome(.intent(answer), nanoseconds: compute))
        }
        context.metrics.read(1, kind: .intent, queued: 0, compute: compute)
        counts(of: model.reference).observe(
            1, outOfScope: answer.intent == IntentClassifier.outOfScope ? 1 : 0, failures: 0,
            seconds: Double(compute) / 1e9)
        review(answer, by: model.reference, of: { classify.text }, named: { name })
    }

    /// The version that answers; who names one gets that one.
    private func choice(
        of model: LiveModel, for classify: ClientMessage.Classify, _ caller: Caller
    ) -> ChosenModel {
        classify.model == model.reference
            ? ChosenModel(model: model)
            : deployments.chosen(model, for: caller.session.units(), at: Double(wallClock) / 1e6)
    }

    /// Has the journal keep something; the client is told when it is on disk.
    func keepRecord(_ kind: String, _ value: JSONValue, id: MessageID?, _ caller: Caller) {
        let record = JournalRecord(kind: kind, time: wallClock, payload: value.serialized())
        keep(.record(record), then: .record(caller, id))
    }
}
