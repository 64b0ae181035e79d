// From changed blocks to results.

internal import Documents
internal import NLU
internal import Ranking
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    /// What a model has to read of a document that it begins with: at once, or when there is time.
    ///
    /// It takes the place of another version of it, if one of those has `ended`.
    /// A classifier reads all of it; a recommender what is edited from here on, as recommendations
    /// are for the place where somebody works.
    func beginReading(
        _ token: SlabToken, by chosen: ChosenModel, after ended: [Reading], atOnce: Bool
    ) -> Reading {
        let model = chosen.model
        if case .duplicates(let worker) = model.kind { begin(token, with: worker) }
        let document = documents[token].document
        let reading = Reading(
            by: model.reference, kind: model.resultKind, isShadow: chosen.isShadow,
            approved: deployments.approved(for: model.reference), worker: model.watcher,
            revision: document.revision)
        ended.first { reading.isSuccessor(of: $0) }.map { reading.follow($0, at: now) }
        if model.readsWholeDocuments, !document.text.isEmpty {
            // The first block last, as the last offered is read first.
            let blocks = document.blocks.blocks().map(\.id).reversed()
            if atOnce {
                reading.pending.offer(
                    changed: blocks, removed: [], revision: document.revision, because: .opening,
                    at: now)
            } else {
                reading.pending.leave(Array(blocks))
            }
        }
        return reading
    }

    /// Puts a document in the queue if a model has something to read of it.
    func queueUnread(_ token: SlabToken) {
        update(token)
        guard !documents[token].isUnread,
            documents[token].readings.contains(where: { $0.isDue(anew: false) })
        else {
            return
        }
        documents[token].isUnread = true
        unread.append(token)
    }

    /// Reads on for a millisecond; what is left stays in the queue.
    ///
    /// Past that it ends the block it is at, and reads one for each further model of the document.
    func infer() {
        guard !unread.isEmpty else { return }
        let deadline = now.advanced(byMilliseconds: 1)
        readEdited(until: deadline)
        var turn: [SlabToken] = []
        swap(&turn, &unread)
        for (i, token) in turn.enumerated() {
            if i > 0, Instant.now() > deadline {
                unread.insert(contentsOf: turn[i...], at: 0)
                return
            }
            guard documents.contains(token) else { continue }
            documents[token].isUnread = false
            for reading in documents[token].readings.indices {
                readOn(token, reading, until: deadline)
            }
            queueUnread(token)
        }
    }

    /// Reads in documents that were edited in this round the one block that was edited last, by each model.
    ///
    /// So whoever types does not wait for what else there is to read, a great paste.
    private func readEdited(until deadline: Instant) {
        defer { edited.removeAll(keepingCapacity: true) }
        // Where nothing else waits the turn that comes reads all of an edit at once.
        guard unread.count > Set(edited).count else { return }
        for (i, token) in edited.enumerated() where documents.contains(token) {
            if i > 0, Instant.now() > deadline { return }
            for reading in documents[token].readings.indices {
                readOn(token, reading, until: now)
            }
        }
    }

    /// Reads on what waits; with `anew` what is left for when there is time.
    func readOn(
        _ token: SlabToken, _ reading: Int, anew: Bool = false, until deadline: Instant
    ) {
        guard documents[token].readings[reading].isDue(anew: anew),
            let model = deployments.model(documents[token].readings[reading].model)
        else { return }
        let slice = Slice(
            since: documents[token].readings[reading].pending.since ?? now, isAnew: anew)
        switch model.kind {
        case .intents, .tags: classify(slice, token, reading, until: deadline)
        case .recommender(let worker, _): post(slice, token, reading, to: worker)
        case .duplicates(let worker): post(slice, token, reading, to: worker)
        case .external(let external): post(slice, token, reading, to: external)
        }
    }

    // MARK: By a worker on the loop

    private func classify(
        _ slice: Slice, _ token: SlabToken, _ reading: Int, until deadline: Instant
    ) {
        let model = documents[token].readings[reading].model
        guard intentWorkers[model] != nil || tagWorkers[model] != nil else { return }
        var slice = slice
        var answers: [ResultContent] = []
        let start = Instant.now()
        var end = read(&slice, &answers, token, reading, until: deadline)
        let isAlone = documents[token].readings[reading].isShadow
        if !slice.isAnew, !isAlone, end < deadline,
            !documents[token].readings[reading].hasMore(anew: false)
        {
            // One message for all: what is left, or some of it, comes with the answer to the next edit.
            slice.isAnew = true
            end = read(
                &slice, &answers, token, reading,
                until: min(deadline, end.advanced(byMicroseconds: Self.companyMicroseconds)))
        }
        finish(&slice, token, reading)
        let compute = end.since(start)
        let read = BlocksRead(
            locations: slice.locations, answers: answers,
            revision: documents[token].document.revision, computeNanoseconds: compute)
        publish(read, slice, queued: start.since(slice.since), token, reading)
        expectRest(of: answers, at: slice.locations, token, reading)
    }

    /// Answers to one block after another, as many as a turn has; gives when the last one was answered.
    private func read(
        _ slice: inout Slice, _ answers: inout [ResultContent], _ token: SlabToken,
        _ reading: Int, until deadline: Instant
    ) -> Instant {
        var turn = ReadingTurn(until: deadline)
        var end = Instant.now()
        while documents[token].readings[reading].hasMore(anew: slice.isAnew),
            turn.takesOne(at: end)
        {
            let first = slice.locations.count
            take(1, into: &slice, token, reading)
            answers += self.answers(to: slice, from: first, token, reading)
            end = .now()
        }
        return end
    }

    /// How long whoever edits waits, at most and for one block of each model more, for what that reads along.
    private static var companyMicroseconds: Int { 50 }

    /// Answers to the blocks of a slice from one on.
    private func answers(
        to slice: Slice, from first: Int, _ token: SlabToken, _ reading: Int
    ) -> [ResultContent] {
        let model = documents[token].readings[reading].model
        let (texts, bytes) = (Array(slice.texts[first...]), slice.bytes)
        if let worker = intentWorkers[model] {
            let questions = slice.locations.indices[first...].map { i in
                question(
                    slice.texts[i], at: slice.locations[i], slice.causes[i], token, reading)
            }
            return worker.assumeIsolated { $0.classify(questions, of: bytes) }.map { .intent($0) }
        }
        guard let worker = tagWorkers[model] else { return [] }
        return worker.assumeIsolated { $0.tags(of: texts, in: bytes) }.map { tags in
            shown(.tags(TagResult(tags)), of: model)
        }
    }

    // MARK: By a worker behind a mailbox

    private func post(
        _ slice: Slice, _ token: SlabToken, _ reading: Int, to worker: RecommendationWorker
    ) {
        guard let request = takeRequest(slice, token, reading) else { return }
        worker.post(.read(request, replyTo: inbox))
    }

    private func post(
        _ slice: Slice, _ token: SlabToken, _ reading: Int, to external: ExternalModel
    ) {
        let most = ExternalQueue.mostInPart(of: external.definition.queue)
        guard let request = takeRequest(slice, token, reading, most: most) else { return }
        ask(external, request, by: documents[token].readings[reading].model)
    }

    private func post(
        _ slice: Slice, _ token: SlabToken, _ reading: Int, to worker: DuplicateWorker
    ) {
        let slice = filled(slice, token, reading)
        worker.post(.read(take(slice, token, reading), gone: slice.gone, replyTo: inbox))
    }

    /// Takes the blocks whose turn it is for a worker; where none has a text, what is gone is told at once.
    private func takeRequest(
        _ slice: Slice, _ token: SlabToken, _ reading: Int, most: Int = ReadingTurn.limit
    ) -> BlocksToRead? {
        let slice = filled(slice, token, reading, most: most)
        guard slice.locations.isEmpty else { return take(slice, token, reading) }
        let read = BlocksRead(
            locations: [], answers: [], revision: documents[token].document.revision)
        publish(read, slice, queued: 0, token, reading)
        return nil
    }

    /// Has a reading wait for a worker to read a slice.
    private func take(_ slice: Slice, _ token: SlabToken, _ reading: Int) -> BlocksToRead {
        let blocks = zip(slice.locations, slice.texts).map { location, text in
            let editor = documents[token].editors[location.block]
            return BlocksToRead.Block(
                location: location, text: String(decoding: slice.bytes[text], as: UTF8.self),
                intent: intent(of: location.block, token, for: editor), editor: editor)
        }
        batches += 1
        documents[token].readings[reading].batch = Reading.Batch(
            number: batches, blocks: slice.locations.map(\.block), again: slice.again,
            removed: slice.removed, since: slice.since, posted: now, left: slice.left,
            isOwed: slice.isOwed)
        return BlocksToRead(
            document: token, batch: batches, name: documents[token].name,
            revision: documents[token].document.revision,
            arm: documents[token].reader(of: documents[token].readings[reading].model)?.arm,
            blocks: blocks)
    }

    /// What the first classifier that answers somebody says of a block; of those who do not have the
    /// document open, the first classifier.
    func intent(of block: BlockID, _ token: SlabToken, for session: Session?) -> IntentResult? {
        let peer = session?.peer
        let reader = documents[token].subscribers.first { $0.caller.session.peer == peer }
        return documents[token].readings.lazy
            .filter { reader == nil || reader?.version($0.model) != nil }
            .compactMap { $0.intent(of: block) }.first
    }

    /// Takes what a worker has read back into the document.
    func take(_ read: BlocksRead, of token: SlabToken, model: String) {
        guard documents.contains(token) else { return }
        update(token)
        guard let reading = documents[token].readings.firstIndex(where: { $0.model == model }),
            let posted = documents[token].readings[reading].batch, posted.number == read.batch
        else { return }
        documents[token].readings[reading].batch = nil
        documents[token].readings[reading].refusals = 0
        let queued = now.since(posted.since) - min(read.computeNanoseconds, now.since(posted.since))
        publish(read, Slice(posted), queued: queued, token, reading)
        endReading(token, ofUnread: model)
        queueUnread(token)
        queueForReading(token)
    }
}
