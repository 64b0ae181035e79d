// From what models have read to the results of those who watch.

internal import Documents
internal import NLU
internal import Ranking
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    func entry(
        _ content: ResultContent, at location: BlockLocation, _ token: SlabToken, _ reading: Int,
        _ revision: Int, named list: String? = nil
    ) -> ResultEntry {
        let subject = AnswerName.Subject.block(
            location.block, document: documents[token].name, revision: revision)
        let name = AnswerName(subject, model: documents[token].readings[reading].model)
        return ResultEntry(
            location: location.block == .whole ? nil : location, prediction: list ?? name.text,
            content: shown(content, of: name.model))
    }

    /// Pushes what is new of what a model has read, and counts it.
    func publish(
        _ read: BlocksRead, _ slice: Slice, queued: UInt64, _ token: SlabToken, _ reading: Int
    ) {
        let model = documents[token].readings[reading].model
        // A recommender reads nothing but where somebody has worked.
        let isAsked = documents[token].readings[reading].kind == .recommendations
        let asked = isAsked ? read : read.without(slice.again)
        observe(asked, among: read.answers.count, by: model)
        if documents[token].readings[reading].isShadow { return compare(read, token, reading) }
        // Somebody knows a later text: then it is told where blocks lie in the present one, and what is open there.
        let isLate = documents[token].readings[reading].told > read.revision
        var changes = ResultChanges(access: read.lists.isEmpty ? nil : itemAccess(of: model) ?? nil)
        for (i, (location, answer)) in zip(read.locations, read.answers).enumerated() {
            let block = location.block
            let isFirst = documents[token].readings[reading].answers[block] == nil
            let known = documents[token].readings[reading].known(of: block)
            guard let range = documents[token].document.blocks.range(of: block),
                documents[token].readings[reading].keep(
                    answer, for: block, revision: read.revision,
                    list: read.lists.isEmpty ? nil : read.lists[i])
            else { continue }
            let list = read.lists.isEmpty ? nil : read.lists[i]
            let place = isLate ? BlockLocation(block: block, range: range) : location
            let entry = entry(
                answer, at: place, token, reading, read.revision, named: list?.request)
            // Who has come since the version before said it has not been told.
            changes.append(entry, before: isFirst && !answer.isSilent ? nil : known)
            guard case .intent(let answer) = answer else { continue }
            if answer.isSettled { reviewBlock(answer, block, token, reading) }
            if answer.isSettled || known?.intentName != answer.intent {
                recommendAnew(for: block, token)
            }
        }
        noteFailures(read.failures, of: model)
        let unchanged = read.answers.count + publishWhole(read, &changes, token, reading)
        let kind = documents[token].readings[reading].kind
        note(changes.entries, of: kind, token, reading, read.computeNanoseconds)
        if kind == .tags {
            counts(of: model).answers.add(UInt64(changes.entries.count))
        }
        let results = ServerMessage.Results(
            source: .init(
                document: documents[token].name,
                revision: isLate ? documents[token].document.revision : read.revision),
            model: model, kind: kind, entries: [], removed: slice.removed, unchanged: unchanged,
            pending: isLate ? documents[token].readings[reading].open : slice.left,
            queuedMicroseconds: Int(queued / 1000),
            computeMicroseconds: Int(read.computeNanoseconds / 1000))
        push(changes, in: results, isReport: slice.isOwed, token)
        if !read.answers.isEmpty || !read.unanswered.isEmpty {
            exposeReaders(token, of: model, UnitOutcome(asked, queued: queued))
        }
        context.metrics.read(
            read.answers.count, kind: kind, queued: queued, compute: read.computeNanoseconds)
    }

    /// Has recommenders read a block again whose intent is another now, if somebody works on it.
    private func recommendAnew(for block: BlockID, _ token: SlabToken) {
        guard documents[token].editors[block] != nil else { return }
        for i in documents[token].readings.indices
        where documents[token].readings[i].kind == .recommendations
            && !documents[token].readings[i].pending.isWaiting(block)
        {
            documents[token].readings[i].pending.offer(
                changed: [block], removed: [], revision: documents[token].document.revision,
                because: .again, at: now)
        }
    }

    /// Adds what is new of a document as a whole; gives the number of entries that were added.
    private func publishWhole(
        _ read: BlocksRead, _ changes: inout ResultChanges, _ token: SlabToken, _ reading: Int
    ) -> Int {
        let known = documents[token].readings[reading].known(of: .whole)
        guard let answer = tagWhole(token, reading),
            let location = documents[token].location(of: .whole),
            documents[token].readings[reading].keep(answer, for: .whole, revision: read.revision)
        else { return 0 }
        changes.append(entry(answer, at: location, token, reading, read.revision), before: known)
        return 1
    }

    /// Puts entries into the event log.
    func note(
        _ entries: [ResultEntry], of kind: ResultKind, _ token: SlabToken, _ reading: Int,
        _ compute: UInt64
    ) {
        // Which tags of a past event may be shown depends on the model.
        let model = EventField("model", .string(documents[token].readings[reading].model))
        for entry in entries {
            let block = EventField("block", .string(entry.location?.block.description ?? ""))
            let time = EventField("computeMicros", .integer(Int(compute / 1000)))
            let name = EventField("recommendation", .string(entry.prediction))
            let more =
                switch kind {
                case .tags: [model]
                case .recommendations: [name]
                case .intent, .duplicate: [EventField]()
                }
            note(
                kind.event, document: documents[token].name,
                fields: [block] + entry.content.eventFields + more + [time])
        }
    }
}
