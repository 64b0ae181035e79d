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
    private let branchesLive: MetricFamily<Gauge>
    private let answers: MetricFamily<Counter>
    private let feedback: MetricFamily<Counter>
    private let errorRate: MetricFamily<Gauge>
    private let recommending: RecommenderFamilies
    let programs: ProgramFamilies
    let drift: DriftFamilies
    private let answerCounts = Mutex<[String: AnswerCounts]>([:])
    private let versionReads: MetricFamily<Counter>
    private let versionOutOfScope: MetricFamily<Counter>
    private let versionFailures: MetricFamily<Counter>
    private let versionSeconds: MetricFamily<Histogram>
    private let shadowed: MetricFamily<Counter>
    /// By version: lists that were seen, and those of which something was chosen.
    private let lists = Mutex<[String: [Source: (seen: Double, hits: Double)]]>([:])

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
        branchesLive = metrics.gauge(
            "hunch_branch_live", help: "1 for each model in use on a branch.",
            labels: ["model", "branch"])
        versionReads = metrics.counter(
            "hunch_version_answers_total",
            help: "Edits and requests that a version has answered, not what it read again.",
            labels: ["model"], limit: Self.versionLimit)
        versionOutOfScope = metrics.counter(
            "hunch_version_out_of_scope_total", help: "Those answered out of scope.",
            labels: ["model"], limit: Self.versionLimit)
        versionFailures = metrics.counter(
            "hunch_version_failures_total", help: "What a version failed to do.",
            labels: ["model"], limit: Self.versionLimit)
        versionSeconds = metrics.histogram(
            "hunch_version_seconds", help: "What an answer of a version took.", labels: ["model"],
            bounds: Self.versionBounds, limit: Self.versionLimit)
        shadowed = metrics.counter(
            "hunch_shadow_total", help: "Answers of a shadow beside those that were shown.",
            labels: ["model", "verdict"])
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
        programs = ProgramFamilies(metrics)
        drift = DriftFamilies(metrics)
    }

    private static let clientTypes = [
        "hello", "open", "edit", "close", "presence", "classify", "recommend", "interact",
        "feedback", "item", "explain", "watch", "unwatch", "ping", "deploy", "apply", "status",
        "review",
        "reviewed", "drift",
    ]

    private static let serverTypes = [
        "welcome", "opened", "chunk", "edit", "ack", "closed", "presence", "results", "ok",
        "explanation", "event", "pong", "error", "bye", "deployed", "status", "review", "drift",
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
        for model in old.all { modelsLive[model.reference, model.kindName].set(0) }
        for model in deployments.all { modelsLive[model.reference, model.kindName].set(1) }
        for model in old.branches { branchesLive[model.reference, model.branch ?? ""].set(0) }
        for model in deployments.branches {
            branchesLive[model.reference, model.branch ?? ""].set(1)
        }
    }

    /// The counters of a version, which whoever counts keeps.
    func answers(of model: String) -> AnswerCounts {
        answerCounts.withLock { known in
            if let counts = known[model] { return counts }
            let counts = AnswerCounts(
                answers: answers[model], right: feedback[model, "right"],
                wrong: feedback[model, "wrong"], read: versionReads[model],
                outOfScope: versionOutOfScope[model], failures: versionFailures[model],
                latency: versionSeconds[model], same: shadowed[model, "same"],
                different: shadowed[model, "different"])
            known[model] = counts
            return counts
        }
    }

    /// So many versions are told apart; a canary beyond them would be judged by others, too.
    private static let versionLimit = 10_000

    /// Seconds, from a microsecond on: most answers take some.
    static let versionBounds: [Double] = [
        1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05,
        0.1, 0.2, 0.5, 1, 2, 5,
    ]

    /// Takes down how many lists of a version were seen, and of how many something was chosen.
    func sawLists(of model: String, _ source: Source, seen: Double, hits: Double) {
        lists.withLock { $0[model, default: [:]][source] = (seen, hits) }
    }

    /// How a version does since the server started.
    func health(of model: String) -> VersionHealth {
        let counts = answers(of: model)
        let lists = lists.withLock { $0[model] ?? [:] }.values
        return VersionHealth(
            answers: Double(counts.read.value), outOfScope: Double(counts.outOfScope.value),
            failures: Double(counts.failures.value), lists: lists.reduce(0) { $0 + $1.seen },
            hits: lists.reduce(0) { $0 + $1.hits },
            latencies: counts.latency.cumulativeCounts.map { Double($0) })
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
    /// Edits and requests answered, those of them out of scope, and what failed.
    let read: Counter
    let outOfScope: Counter
    let failures: Counter
    let latency: Histogram
    /// Of a shadow, against what is live.
    let same: Counter
    let different: Counter

    /// Counts a batch that took so many seconds.
    func observe(_ count: Int, outOfScope: Int, failures: Int, seconds: Double) {
        read.add(UInt64(count))
        if outOfScope > 0 { self.outOfScope.add(UInt64(outOfScope)) }
        if failures > 0 { self.failures.add(UInt64(failures)) }
        latency.observe(seconds / Double(max(count, 1)))
    }

    func compared(isSame: Bool) { (isSame ? same : different).add() }

    func report(isWrong: Bool) { (isWrong ? wrong : right).add() }
}
