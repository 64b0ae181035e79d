// From changed blocks to results.

internal import Documents
internal import Ranking
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    /// Blocks that a model reads of one document before another document has its turn.
    private static var slice: Int { 32 }

    /// What a model has to read of a document that it begins with.
    ///
    /// A classifier reads all of it; a recommender what is edited from here on, as recommendations
    /// are for the place where somebody works.
    func reading(of document: Document, by model: LiveModel) -> Reading {
        switch model.kind {
        case .recommender:
            return Reading(
                model: model.reference, answers: .recommendations([:]), revision: document.revision)
        case .intents:
            var reading = Reading(
                model: model.reference, answers: .intents([:]), revision: document.revision)
            if !document.text.isEmpty {
                // The first block last, as the last offered is read first.
                let blocks = document.blocks.blocks().map(\.id).reversed()
                reading.pending.offer(
                    changed: blocks, removed: [], revision: document.revision, at: now)
            }
            return reading
        }
    }

    /// Puts a document in the queue if a model has something to read of it.
    func queueUnread(_ token: SlabToken) {
        guard !documents[token].isUnread, documents[token].readings.contains(where: \.isDue) else {
            return
        }
        documents[token].isUnread = true
        unread.append(token)
    }

    /// Reads on for at most a millisecond; what is left stays in the queue.
    func infer() {
        guard !unread.isEmpty else { return }
        let deadline = now.advanced(byMilliseconds: 1)
        var turn: [SlabToken] = []
        swap(&turn, &unread)
        for (i, token) in turn.enumerated() {
            if i > 0, Instant.now() > deadline {
                unread.insert(contentsOf: turn[i...], at: 0)
                return
            }
            guard documents.contains(token) else { continue }
            documents[token].isUnread = false
            for reading in documents[token].readings.indices { readOn(token, reading) }
            queueUnread(token)
        }
    }

    private func readOn(_ token: SlabToken, _ reading: Int) {
        guard documents[token].readings[reading].isDue else { return }
        switch documents[token].readings[reading].answers {
        case .intents: classify(token, reading)
        case .recommendations: requestRecommendations(token, reading)
        }
    }

    // MARK: Intents

    private func classify(_ token: SlabToken, _ reading: Int) {
        guard let worker = intentWorkers[documents[token].readings[reading].model] else { return }
        let slice = takeSlice(token, reading)
        let start = Instant.now()
        let (texts, bytes) = (slice.texts, slice.bytes)
        let answers = worker.assumeIsolated { $0.classify(texts, of: bytes) }
        let compute = Instant.now().since(start)
        var entries: [ResultEntry<IntentResult>] = []
        let revision = documents[token].document.revision
        for (location, answer) in zip(slice.locations, answers) {
            guard
                documents[token].readings[reading].keep(
                    answer, for: location.block, revision: revision)
            else { continue }
            entries.append(entry(answer, at: location, token, reading, revision))
        }
        note(entries, token, compute)
        publish(
            .intent(entries), slice, read: answers.count, revision: revision,
            queued: start.since(slice.since), compute: compute, token, reading)
    }

    private func note(
        _ entries: [ResultEntry<IntentResult>], _ token: SlabToken, _ compute: UInt64
    ) {
        for entry in entries {
            note(
                .intent, document: documents[token].name, session: nil,
                [
                    "block": .string(entry.location?.block.description ?? ""),
                    "intent": .string(entry.content.intent),
                    "confidence": .number(Double(entry.content.confidence)),
                    "computeMicros": .integer(Int(compute / 1000)),
                ])
        }
    }

    // MARK: Recommendations

    private func requestRecommendations(_ token: SlabToken, _ reading: Int) {
        let model = documents[token].readings[reading].model
        guard case .recommender(let worker, _) = deployments.model(model)?.kind else { return }
        let slice = takeSlice(token, reading)
        let request = RecommendationRequest(
            document: token, name: documents[token].name,
            revision: documents[token].document.revision,
            queries: zip(slice.locations, slice.texts).map { location, text in
                let text = String(decoding: slice.bytes[text], as: UTF8.self)
                return .init(
                    location: location, text: text, intent: intent(of: location.block, token))
            })
        if request.queries.isEmpty {
            return publish(
                .recommendations([]), slice, read: 0, revision: request.revision, queued: 0,
                compute: 0, token, reading)
        }
        documents[token].readings[reading].batch = Reading.Batch(
            removed: slice.removed, since: slice.since, posted: now, left: slice.left)
        worker.post(.read(request, wallClock: wallClock, replyTo: inbox))
    }

    /// What the first classifier of the document says of a block.
    private func intent(of block: BlockID, _ token: SlabToken) -> Ranking.Request.Intent? {
        for reading in documents[token].readings {
            guard let answer = reading.intent(of: block) else { continue }
            return .init(name: answer.intent, confidence: Double(answer.confidence))
        }
        return nil
    }

    /// Takes what a recommender has found back into the document.
    func take(_ batch: RecommendationBatch) {
        let token = batch.request.document
        guard documents.contains(token),
            let reading = documents[token].readings.firstIndex(where: { $0.model == batch.model }),
            let posted = documents[token].readings[reading].batch
        else { return }
        documents[token].readings[reading].batch = nil
        var entries: [ResultEntry<RecommendationResult>] = []
        let revision = batch.request.revision
        for (query, answer) in zip(batch.request.queries, batch.answers) {
            let block = query.location.block
            guard documents[token].document.blocks.range(of: block) != nil,
                documents[token].readings[reading].keep(answer, for: block, revision: revision)
            else { continue }
            entries.append(entry(answer, at: query.location, token, reading, revision))
        }
        noteRecommendations(entries, token, batch.computeNanoseconds)
        publish(
            .recommendations(entries), Slice(posted), read: batch.answers.count, revision: revision,
            queued: now.since(posted.since)
                - min(batch.computeNanoseconds, now.since(posted.since)),
            compute: batch.computeNanoseconds, token, reading)
        queueUnread(token)
    }

    private func noteRecommendations(
        _ entries: [ResultEntry<RecommendationResult>], _ token: SlabToken, _ compute: UInt64
    ) {
        for entry in entries {
            note(
                .recommendations, document: documents[token].name, session: nil,
                [
                    "block": .string(entry.location?.block.description ?? ""),
                    "items": .string(entry.content.items.map(\.item).joined(separator: " ")),
                    "computeMicros": .integer(Int(compute / 1000)),
                ])
        }
    }

    // MARK: Both

    /// Blocks taken to be read, and what else the message about them says.
    struct Slice {
        var locations: [BlockLocation] = []
        var texts: [Range<Int>] = []
        var bytes: [UInt8] = []
        var removed: [BlockID] = []
        var since: Instant
        var left = 0

        init(since: Instant) { self.since = since }

        init(_ batch: Reading.Batch) {
            removed = batch.removed
            since = batch.since
            left = batch.left
        }
    }

    /// Takes the blocks whose turn it is, with their texts; blank ones count as removed.
    private func takeSlice(_ token: SlabToken, _ reading: Int) -> Slice {
        var slice = Slice(since: documents[token].readings[reading].pending.since ?? now)
        let blocks = documents[token].readings[reading].pending.take(Self.slice)
        slice.left = documents[token].readings[reading].pending.count
        slice.removed = documents[token].readings[reading].pending.takeRemoved()
        if slice.left == 0 { documents[token].readings[reading].pending.settle() }
        for block in blocks {
            let start = slice.bytes.count
            guard let range = documents[token].appendText(of: block, to: &slice.bytes) else {
                continue
            }
            let text = start..<slice.bytes.count
            if slice.bytes[text].allSatisfy(Self.isBlank) {
                slice.removed.append(block)
            } else {
                slice.locations.append(BlockLocation(block: block, range: range))
                slice.texts.append(text)
            }
        }
        slice.removed = slice.removed.filter { documents[token].readings[reading].forget($0) }
        return slice
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    func entry<Content>(
        _ content: Content, at location: BlockLocation, _ token: SlabToken, _ reading: Int,
        _ revision: Int
    ) -> ResultEntry<Content> {
        let subject = AnswerName.Subject.block(
            location.block, document: documents[token].name, revision: revision)
        let name = AnswerName(subject, model: documents[token].readings[reading].model)
        return ResultEntry(
            location: .init(block: location.block, range: location.range), prediction: name.text,
            content: content)
    }

    /// Pushes what a model has read to all subscribers, and counts it.
    private func publish(
        _ entries: ResultEntries, _ slice: Slice, read: Int, revision: Int, queued: UInt64,
        compute: UInt64, _ token: SlabToken, _ reading: Int
    ) {
        let model = documents[token].readings[reading].model
        let results = ServerMessage.Results(
            source: .init(document: documents[token].name, revision: revision), model: model,
            entries: entries, removed: slice.removed, unchanged: read - entries.count,
            pending: slice.left, queuedMicroseconds: Int(queued / 1000),
            computeMicroseconds: Int(compute / 1000))
        push(results, token)
        context.metrics.read(read, kind: entries.kind, queued: queued, compute: compute)
    }
}

extension ResultEntries {
    var count: Int {
        switch self {
        case .intent(let entries): entries.count
        case .recommendations(let entries): entries.count
        }
    }

    var blocks: [BlockID] {
        switch self {
        case .intent(let entries): entries.compactMap { $0.location?.block }
        case .recommendations(let entries): entries.compactMap { $0.location?.block }
        }
    }
}
