// What the service counts.

internal import Ranking
internal import Synchronization
internal import Telemetry
internal import Wire

/// The metrics of one server; shards count into them from their own threads.
final class ServiceMetrics: Sendable {
    private let metrics = Metrics()
    private let open = Atomic(0)

    let connections: Gauge
    let accepted: Counter
    let documents: Gauge
    let subscriptions: Gauge
    private let messagesIn: [String: Counter]
    private let messagesOut: [String: Counter]
    let edits: Counter
    let errors: MetricFamily<Counter>
    let commits: Histogram
    let rounds: Histogram
    /// By kind.
    private let readings: [ResultKind: Reading]
    private let modelsLive: MetricFamily<Gauge>
    private let answers: MetricFamily<Counter>
    private let feedback: MetricFamily<Counter>
    private let errorRate: MetricFamily<Gauge>
    private let recommending: RecommenderFamilies
    private let answerCounts = Mutex<[String: AnswerCounts]>([:])

    /// What models of one kind have done.
    private struct Reading {
        let blocks: Counter
        let queue: Histogram
        let compute: Histogram
    }

    init() {
        connections = metrics.gauge("hunch_connections", help: "Connections that are open.")[]
        accepted = metrics.counter("hunch_connections_total", help: "Connections accepted.")[]
        documents = metrics.gauge("hunch_documents", help: "Documents in memory.")[]
        subscriptions =
            metrics.gauge(
                "hunch_subscriptions", help: "Documents open on connections, each as often.")[]
        let messages = metrics.counter(
            "hunch_messages_total", help: "Messages from and to clients.",
            labels: ["direction", "type"])
        messagesIn = Dictionary(
            uniqueKeysWithValues: Self.clientTypes.map { ($0, messages["in", $0]) })
        messagesOut = Dictionary(
            uniqueKeysWithValues: Self.serverTypes.map { ($0, messages["out", $0]) })
        edits = metrics.counter("hunch_edits_total", help: "Edits that made a revision.")[]
        errors = metrics.counter(
            "hunch_errors_total", help: "Errors answered or met.", labels: ["code"])
        commits =
            metrics.histogram(
                "hunch_commit_seconds", help: "From an edit to its place on disk.")[]
        rounds =
            metrics.histogram(
                "hunch_loop_lag_seconds",
                help: "Work of a loop in one round: what comes meanwhile waits so long at most.")[]
        let blocks = metrics.counter(
            "hunch_blocks_read_total", help: "Blocks that a model has read.", labels: ["kind"])
        let queue = metrics.histogram(
            "hunch_queue_seconds", help: "From an edit to the model.", labels: ["kind"])
        let compute = metrics.histogram(
            "hunch_compute_seconds", help: "What a model took for a batch.", labels: ["kind"])
        readings = Dictionary(
            uniqueKeysWithValues: ResultKind.allCases.map { kind in
                let name = kind.rawValue
                return (
                    kind,
                    Reading(blocks: blocks[name], queue: queue[name], compute: compute[name])
                )
            })
        modelsLive = metrics.gauge(
            "hunch_model_live", help: "1 for each model in use.", labels: ["model", "kind"])
        answers = metrics.counter(
            "hunch_answers_total", help: "Answers of a version to texts that rest.",
            labels: ["model"])
        feedback = metrics.counter(
            "hunch_feedback_total", help: "Answers that users have called right or wrong.",
            labels: ["model", "verdict"])
        errorRate = metrics.gauge(
            "hunch_reported_error_rate",
            help: "Answers reported to be wrong, as a share of all answers of the version.",
            labels: ["model"])
        recommending = RecommenderFamilies(metrics)
    }

    private static let clientTypes = [
        "hello", "open", "edit", "close", "presence", "classify", "recommend", "interact",
        "feedback", "item", "explain", "watch", "unwatch", "ping", "deploy", "status", "review",
        "reviewed",
    ]

    private static let serverTypes = [
        "welcome", "opened", "chunk", "edit", "ack", "closed", "presence", "results", "ok",
        "explanation", "event", "pong", "error", "bye", "deployed", "status", "review",
    ]

    /// Counts a connection; gives how many are open now.
    func connectionOpened() -> Int {
        accepted.add()
        connections.add(1)
        return open.add(1, ordering: .relaxed).newValue
    }

    func connectionClosed() {
        open.subtract(1, ordering: .relaxed)
        connections.add(-1)
    }

    func received(_ type: StaticString) { messagesIn[type.description]?.add() }
    func sent(_ type: StaticString) { messagesOut[type.description]?.add() }

    /// Counts a batch; times in nanoseconds.
    func read(_ blocks: Int, kind: ResultKind, queued: UInt64, compute: UInt64) {
        guard let reading = readings[kind] else { return }
        reading.blocks.add(UInt64(blocks))
        reading.queue.observe(Double(queued) / 1e9)
        reading.compute.observe(Double(compute) / 1e9)
    }

    func show(_ deployments: Deployments, instead old: Deployments) {
        for model in old.models { modelsLive[model.reference, model.kindName].set(0) }
        for model in deployments.models { modelsLive[model.reference, model.kindName].set(1) }
    }

    /// The counters of a version, which whoever counts keeps.
    func answers(of model: String) -> AnswerCounts {
        answerCounts.withLock { known in
            if let counts = known[model] { return counts }
            let counts = AnswerCounts(
                answers: answers[model], right: feedback[model, "right"],
                wrong: feedback[model, "wrong"])
            known[model] = counts
            return counts
        }
    }

    /// The metrics of a version of a recommender at one place and in one arm, which the worker keeps.
    func recommender(
        _ model: String, _ definition: RecommenderDefinition, source: Source, arm: String? = nil
    ) -> RecommenderMetrics {
        RecommenderMetrics(recommending, model, definition, source: source, arm: arm)
    }

    /// What a version has answered, and how much of it was reported to be wrong.
    func answered(by model: String) -> (answers: Int?, wrong: Int?) {
        guard let counts = answerCounts.withLock({ $0[model] }) else { return (nil, nil) }
        return (Int(counts.answers.value), Int(counts.wrong.value))
    }

    func render() -> [UInt8] {
        for (model, counts) in answerCounts.withLock({ $0 }) {
            // Feedback on answers of an earlier run may come before any answer of this one.
            errorRate[model].set(Double(counts.wrong.value) / max(Double(counts.answers.value), 1))
        }
        return metrics.render()
    }
}

/// What one version has said, and what was said of that.
struct AnswerCounts: Sendable {
    let answers: Counter
    let right: Counter
    let wrong: Counter

    func report(isWrong: Bool) { (isWrong ? wrong : right).add() }
}
