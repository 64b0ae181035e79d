// A recommender, isolated on a queue of its own behind a mailbox.

internal import Dispatch
internal import Documents
internal import Numerics
internal import Ranking
internal import Reactor
internal import Wire

/// Recommends, and learns of items and interactions, in the order in which they come.
///
/// All shards share one, so what one says is seen by the request after it, whoever asks. The mailbox
/// holds at most one batch a document, and what clients ask one by one.
actor RecommendationWorker {
    /// Something to be done.
    enum Job: Sendable {
        case read(BlocksToRead, replyTo: ShardInbox)
        /// Anything else: runs with the recommender, and sends its own reply.
        case perform(@Sendable (inout LiveRecommender) -> Void)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }
    private nonisolated let queue: WorkQueue
    private nonisolated let mailbox = WorkerMailbox<Job>()
    nonisolated let model: String
    /// Nil where everybody may see every item.
    nonisolated let access: ItemAccess?
    private var recommender: LiveRecommender
    private var taken: [Job] = []

    init(_ recommender: LiveRecommender, access: ItemAccess?) {
        self.recommender = recommender
        self.access = access
        model = recommender.model
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
        case .read(let request, let inbox):
            inbox.post(.read(read(request), of: request.document, model: model))
        case .perform(let body): body(&recommender)
        }
    }

    private func read(_ request: BlocksToRead) -> BlocksRead {
        let start = Instant.now()
        let lists = request.blocks.map { list(for: $0, of: request) }
        return BlocksRead(
            locations: request.blocks.map(\.location),
            answers: lists.map { .recommendations($0.content) }, lists: lists.map(\.impression),
            failures: lists.flatMap(\.failures), revision: request.revision,
            batch: request.batch, computeNanoseconds: Instant.now().since(start))
    }

    private func list(
        for block: BlocksToRead.Block, of request: BlocksToRead
    ) -> LiveRecommender.List {
        let id = block.location.block
        var question = Ranking.Request(
            source: recommender.recommender.definition.sources[0], query: block.text,
            intent: block.intent.map { .init($0) }, now: 0, scope: request.name,
            user: block.editor?.person)
        question.viewer = block.editor?.rights.viewer
        // Of the place, not of the key: what chance has chosen stays while somebody types.
        question.seed = hash(AnswerName.place(of: id, in: request.name).utf8.span)
        // By its time: one revision can be read twice.
        return recommender.list(for: question, as: request.arm) { time in
            AnswerName(.block(id, document: request.name, revision: time), model: model).text
        }
    }
}

extension Ranking.Request.Intent {
    init(_ result: IntentResult) {
        self.init(name: result.intent, confidence: Double(result.confidence))
    }
}
