// A recommender, isolated on a queue of its own behind a mailbox.

internal import Dispatch
internal import Documents
internal import Ranking
internal import Reactor
internal import Wire

/// Recommends, and learns of items and interactions, in the order in which they come.
///
/// All shards share one, so what one says is seen by the request after it, whoever asks. The mailbox
/// holds at most one batch a document, and what clients ask one by one.
actor RecommendationWorker {
    /// Something to be done; `wallClock` is in microseconds since 1970.
    enum Job: Sendable {
        case read(BlocksToRead, wallClock: Int, replyTo: ShardInbox)
        /// Anything else: runs with the recommender, and sends its own reply.
        case perform(@Sendable (inout Recommender) -> Void)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }
    private nonisolated let queue: WorkQueue
    private nonisolated let mailbox = WorkerMailbox<Job>()
    nonisolated let model: String
    private var recommender: Recommender
    private var taken: [Job] = []

    init(_ recommender: Recommender, model: String) {
        self.recommender = recommender
        self.model = model
        queue = WorkQueue(label: "hunch.recommender")
    }

    /// Adds a job from any thread; the first of a batch wakes the worker.
    nonisolated func post(_ job: Job) {
        guard mailbox.add(job) else { return }
        queue.queue.async { self.assumeIsolated { $0.drain() } }
    }

    private func drain() {
        mailbox.drain(into: &taken) { jobs in
            for job in jobs { perform(job) }
        }
    }

    private func perform(_ job: Job) {
        switch job {
        case .read(let request, let wallClock, let inbox):
            inbox.post(.read(read(request, wallClock), of: request.document, model: model))
        case .perform(let body): body(&recommender)
        }
    }

    private func read(_ request: BlocksToRead, _ wallClock: Int) -> BlocksRead {
        let start = Instant.now()
        let answers = request.blocks.map { recommend($0, for: request.name, wallClock) }
        return BlocksRead(
            locations: request.blocks.map(\.location), answers: answers,
            revision: request.revision, computeNanoseconds: Instant.now().since(start))
    }

    private func recommend(
        _ block: BlocksToRead.Block, for document: String, _ wallClock: Int
    ) -> ResultContent {
        let source = recommender.definition.sources[0]
        let request = Ranking.Request(
            source: source, query: block.text, intent: block.intent.map { .init($0) },
            now: Double(wallClock) / 1e6, scope: document)
        return .recommendations(recommender.result(of: request))
    }
}

extension Ranking.Request.Intent {
    init(_ result: IntentResult) {
        self.init(name: result.intent, confidence: Double(result.confidence))
    }
}

extension Recommender {
    /// Recommends in the form of the wire; nothing for a source that it does not serve.
    mutating func result(of request: Ranking.Request) -> RecommendationResult {
        let found = try? recommend(request)
        let items = (found?.items ?? []).map { item in
            RecommendationResult.Item(
                item: item.item, score: Float(item.score), title: catalog.item(item.item)?.title,
                reasons: item.reasons.isEmpty ? nil : item.reasons)
        }
        return RecommendationResult(
            source: request.source.rawValue, corpus: definition.corpus.rawValue, items: items)
    }
}
