// What is counted of recommendations.

internal import Ranking
internal import Telemetry

/// The metrics of one version of a recommender, for one source and one arm.
///
/// Whoever recommends keeps it. Its labels come from the definition, never from clients, so that nobody
/// but the model's author can make new series.
struct RecommenderMetrics: Sendable {
    private let families: RecommenderFamilies
    private let model: String
    /// Corpus, source, model, arm.
    private let labels: [String]
    private let metrics: [OnlineMetric]
    private let lists: Counter
    private let listsSeen: Counter
    private let itemsSeen: Counter
    private let actions: [Action: Counter]
    /// By metric, once it has had a value.
    private var shown: [String: Gauge] = [:]
    /// By stage, once it has run.
    private var stages: [String: Stage] = [:]

    private struct Stage: Sendable {
        let seconds: Histogram
        let candidates: Counter
    }

    init(
        _ families: RecommenderFamilies, _ model: String, _ definition: RecommenderDefinition,
        source: Source, arm: String?
    ) {
        let labels = [definition.corpus.rawValue, source.rawValue, model, arm ?? ""]
        self.families = families
        self.model = model
        self.labels = labels
        metrics = definition.metrics
        lists = families.lists[labels]
        listsSeen = families.listsSeen[labels]
        itemsSeen = families.itemsSeen[labels]
        let counted = definition.actions.subtracting([.impression])
        actions = Dictionary(
            uniqueKeysWithValues: counted.map {
                ($0, families.interactions[labels + [$0.rawValue]])
            })
    }

    /// Counts a list that was made.
    mutating func made(_ reports: [StageReport]) {
        lists.add()
        for report in reports {
            let stage = stages[report.stage] ?? stage(report.stage)
            stage.seconds.observe(Double(report.nanoseconds) / 1e9)
            stage.candidates.add(UInt64(report.after))
            if report.failure != nil { families.degraded[model, report.stage].add() }
        }
    }

    private mutating func stage(_ name: String) -> Stage {
        let stage = Stage(
            seconds: families.stageSeconds[model, name],
            candidates: families.stageCandidates[model, name])
        stages[name] = stage
        return stage
    }

    /// Counts what an `OnlineTally` said was new.
    func saw(lists: Int, items: Int) {
        listsSeen.add(UInt64(lists))
        itemsSeen.add(UInt64(items))
    }

    /// Counts what an `OnlineTally` counted; one that the definition does not name is left out.
    func did(_ action: Action) {
        actions[action]?.add()
    }

    /// Shows the online metrics; one that has no value any more is not a number.
    mutating func show(_ tally: OnlineTally) {
        for metric in metrics {
            let value = metric.formula.value(tally.count)
            if let gauge = shown[metric.name] {
                gauge.set(value ?? .nan)
            } else if let value {
                let gauge = families.online[labels + [metric.name]]
                gauge.set(value)
                shown[metric.name] = gauge
            }
        }
    }
}

/// The families of metrics that all recommenders share.
struct RecommenderFamilies: Sendable {
    let lists: MetricFamily<Counter>
    let listsSeen: MetricFamily<Counter>
    let itemsSeen: MetricFamily<Counter>
    let interactions: MetricFamily<Counter>
    let online: MetricFamily<Gauge>
    let degraded: MetricFamily<Counter>
    let stageSeconds: MetricFamily<Histogram>
    let stageCandidates: MetricFamily<Counter>

    /// Stages take from a microsecond on.
    private static let stageBounds: [Double] = [
        0.000_001, 0.000_002, 0.000_005, 0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5,
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
    ]

    /// A version has some ten stages, and as many actions and metrics at each of its places.
    private static let seriesLimit = 1000

    init(_ metrics: Metrics) {
        let labels = ["corpus", "source", "model", "arm"]
        let stages = ["model", "stage"]
        let limit = Self.seriesLimit
        lists = metrics.counter(
            "hunch_recommendations_total", help: "Lists that a recommender made.", labels: labels)
        listsSeen = metrics.counter(
            "hunch_lists_seen_total", help: "Lists that somebody saw.", labels: labels)
        itemsSeen = metrics.counter(
            "hunch_items_seen_total", help: "Items of lists that somebody saw.", labels: labels)
        interactions = metrics.counter(
            "hunch_interactions_total", help: "What was done with recommended items.",
            labels: labels + ["action"], limit: limit)
        online = metrics.gauge(
            "hunch_online_metric",
            help: "Standard and declared metrics of what was seen and done since the start.",
            labels: labels + ["metric"], limit: limit)
        degraded = metrics.counter(
            "hunch_degraded_total", help: "Stages that failed or came late.", labels: stages,
            limit: limit)
        stageSeconds = metrics.histogram(
            "hunch_stage_seconds", help: "What a stage of a recommender took.", labels: stages,
            bounds: Self.stageBounds, limit: limit)
        stageCandidates = metrics.counter(
            "hunch_stage_candidates_total", help: "Candidates left after a stage.",
            labels: stages, limit: limit)
    }
}
