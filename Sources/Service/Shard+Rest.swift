// Texts that are typed, until they rest.

internal import Documents
internal import NLU
internal import Reactor
internal import Wire

extension Shard {
    /// The least time between two looks at one document: what is asked of a text's rest is not exact.
    private static var restInterval: Int { 50 }

    /// Has a block read again as a whole text when it has not been typed in for a while.
    func expectRest(
        of answers: [ResultContent], at locations: [BlockLocation], _ token: SlabToken,
        _ reading: Int
    ) {
        guard
            case .intents(let intents) =
                deployments.model(documents[token].readings[reading].model)?.kind
        else { return }
        let deadline = now.advanced(byMilliseconds: intents.restMilliseconds)
        for (location, answer) in zip(locations, answers) {
            guard case .intent(let intent) = answer, !intent.isSettled else { continue }
            documents[token].readings[reading].typed[location.block] = deadline
        }
        guard !documents[token].readings[reading].typed.isEmpty else { return }
        scheduleRest(token, at: deadline)
    }

    /// One deadline a document is under way at a time, however many blocks are typed in.
    private func scheduleRest(_ token: SlabToken, at deadline: Instant) {
        guard !documents[token].awaitsRest else { return }
        documents[token].awaitsRest = true
        restTimers.schedule(token.rawValue, at: deadline)
    }

    /// Offers the blocks that rest to the models that have read them half typed.
    func readRested() {
        while let raw = restTimers.popExpired(at: now) {
            let token = SlabToken(raw)
            guard documents.contains(token) else { continue }
            documents[token].awaitsRest = false
            var next: Instant?
            for reading in documents[token].readings.indices {
                let revision = documents[token].document.revision
                guard
                    let later = documents[token].readings[reading].offerRested(
                        revision: revision, at: now)
                else { continue }
                next = min(next ?? later, later)
            }
            queueUnread(token)
            guard let next else { continue }
            scheduleRest(token, at: max(next, now.advanced(byMilliseconds: Self.restInterval)))
        }
    }

    /// What a classifier is told of a block beside its text.
    ///
    /// A text that a model has not read yet was not typed before its eyes, if it is more than a few
    /// characters long.
    func question(
        _ text: Range<Int>, at location: BlockLocation, _ cause: Pending.Cause, _ token: SlabToken,
        _ reading: Int
    ) -> IntentWorker.Question {
        let known = documents[token].readings[reading].intent(of: location.block)
        guard cause == .typing, known != nil || location.range.count <= Operation.fewCharacters
        else {
            return IntentWorker.Question(text: text, isCounted: cause.isWriting)
        }
        let shown = known.map { ShownAnswer($0.intent) } ?? ShownAnswer()
        let place = token.rawValue &* 31 &+ UInt64(location.block.rawValue)
        return IntentWorker.Question(text: text, state: .typing(shown: shown), place: place)
    }
}

extension Operation {
    /// What one may have typed since the edit before, in UTF-16 code units.
    static var fewCharacters: Int { 4 }

    /// Whether somebody seems to have typed it: a few characters come or go at one place.
    var isTyping: Bool {
        guard splices.count == 1, let splice = splices.first else { return false }
        return splice.insertedLength <= Self.fewCharacters && splice.deleted <= Self.fewCharacters
    }
}
