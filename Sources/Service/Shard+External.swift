// Texts that are asked of programs.

internal import Documents
internal import NLU
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    /// Asks a program about blocks; what it says comes back through the inbox.
    func ask(_ external: ExternalModel, _ request: BlocksToRead, by model: String) {
        let inbox = inbox
        external.ask(
            ExternalQuestion(texts: request.blocks.map(\.text)) { answers, compute in
                guard let answers else {
                    return inbox.post(.run { $0.takeBack(request, model: model) })
                }
                // A block without an answer keeps the one that it had.
                let answered = zip(request.blocks, answers).compactMap { block, answer in
                    answer.map { (location: block.location, answer: $0) }
                }
                let read = BlocksRead(
                    locations: answered.map(\.location), answers: answered.map(\.answer),
                    unanswered: zip(request.blocks, answers).compactMap { block, answer in
                        answer == nil ? block.location.block : nil
                    },
                    revision: request.revision, batch: request.batch, computeNanoseconds: compute)
                inbox.post(.read(read, of: request.document, model: model))
            })
    }

    /// Has the blocks that a program had no room for wait again, until it is asked again.
    private func takeBack(_ request: BlocksToRead, model: String) {
        let token = request.document
        guard documents.contains(token) else { return }
        update(token)
        guard let reading = documents[token].readings.firstIndex(where: { $0.model == model }),
            let batch = documents[token].readings[reading].takeBack(request.batch)
        else { return }
        if !batch.removed.isEmpty {
            // Whoever has an answer to a block that is gone need not wait for the others.
            var slice = Slice(batch)
            slice.left += batch.blocks.count
            slice.isOwed = false
            let read = BlocksRead(
                locations: [], answers: [], revision: documents[token].document.revision)
            publish(read, slice, queued: 0, token, reading)
        }
        let wait = context.times.programRetry << min(documents[token].readings[reading].refusals, 5)
        retryTimers.schedule(token.rawValue, at: now.advanced(byMilliseconds: wait))
        endReading(token, ofUnread: model)
    }

    /// Has programs that had no room asked again when it is time.
    func retryPrograms() {
        while let raw = retryTimers.popExpired(at: now) {
            let token = SlabToken(raw)
            guard documents.contains(token) else { continue }
            for reading in documents[token].readings { reading.isHeld = false }
            queueUnread(token)
            queueForReading(token)
        }
    }

    /// Asks a program about a text outside any document.
    func ask(_ chosen: ChosenModel, _ text: String, id: MessageID?, _ caller: Caller) {
        guard case .external(let external) = chosen.model.kind else { return }
        let asked = now
        ask(external, text) { shard, answer, compute in
            let passed = Instant.now().since(asked)
            shard.answer(
                answer, to: text, by: chosen, queued: passed - min(compute, passed),
                compute: compute, id: id, caller)
        }
    }

    /// Asks a program; what it says, if it says something, comes with the nanoseconds that it took.
    func ask(
        _ external: ExternalModel, _ text: String,
        then body: @escaping @Sendable (isolated Shard, ResultContent?, UInt64) -> Void
    ) {
        let inbox = inbox
        external.ask(
            ExternalQuestion(texts: [text]) { answers, compute in
                let answer = answers?[0]
                inbox.post(.run { body($0, answer, compute) })
            })
    }

    /// What is told of a program that gives no answer.
    static func silence(of model: String) -> WireError {
        WireError(
            .overloaded, "\(model) gave no answer", retryAfterMilliseconds: retryMilliseconds)
    }

    private func answer(
        _ answer: ResultContent?, to text: String, by chosen: ChosenModel, queued: UInt64,
        compute: UInt64, id: MessageID?, _ caller: Caller
    ) {
        let model = chosen.model.reference
        let isOutOfScope = answer?.intentName == IntentClassifier.outOfScope
        counts(of: model).observe(
            answer == nil ? 0 : 1, outOfScope: isOutOfScope ? 1 : 0,
            failures: answer == nil ? 1 : 0, seconds: Double(compute) / 1e9)
        chosen.exposure.map {
            expose(
                $0, Occasion(session: caller.session),
                UnitOutcome(answer, nanoseconds: queued + compute))
        }
        guard let answer else {
            return refuse(Self.silence(of: model), id: id, to: caller.connection)
        }
        let name = AnswerName(.question(questions.remember(text), shard: index), model: model)
        let entry = ResultEntry(prediction: name.text, content: shown(answer, of: model))
        let results = ServerMessage.Results(
            model: model, kind: answer.kind, arm: chosen.arm, entries: [entry],
            queuedMicroseconds: Int(queued / 1000), computeMicroseconds: Int(compute / 1000))
        reply(ServerMessage(id: id, .results(results)), to: caller.connection)
        context.metrics.read(1, kind: answer.kind, queued: queued, compute: compute)
        if case .intent(let intent) = answer {
            review(intent, by: model, of: { text }, named: { name })
        } else {
            counts(of: model).answers.add()
        }
    }
}
