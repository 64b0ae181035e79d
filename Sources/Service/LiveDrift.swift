// The answers of a version in use, counted for all shards.

internal import Drift
internal import Reactor
internal import Synchronization
internal import Telemetry

/// Counts what a version answers, and shows how it stands against its reference.
///
/// One for all shards: an answer to a text that rests takes the lock for as long as it takes to count it. A
/// version that is loaded anew while it is in use counts on.
final class LiveDrift: Sendable {
    private let model: String
    private let features: [String]
    private let state: Mutex<State>
    private let families: DriftFamilies
    private struct State {
        var monitor: DriftMonitor
        /// How often each intent was the answer, since the start.
        var intents: [String: Int] = [:]
    }

    init(
        _ model: String, _ features: [ReferenceBuilder.Feature], reference: DriftReference?,
        _ families: DriftFamilies
    ) {
        self.model = model
        self.features = features.map(\.name)
        self.families = families
        state = Mutex(State(monitor: DriftMonitor(features, reference: reference)))
    }

    /// Counts an answer by its values, one a feature.
    func observe(_ values: [FeatureValue]) {
        let now = Self.now
        state.withLock { state in
            state.monitor.observe(values.span, at: now)
            if case .name(let intent) = values.first {
                state.intents[intent, default: 0] += 1
            }
        }
    }

    /// How often each intent was the answer, since the start.
    var intents: [String: Int] { state.withLock { $0.intents } }

    /// Looks how the version stands; gives which verdicts have turned since the last look, too.
    func look() -> (report: DriftReport, changes: [DriftMonitor.Change]) {
        let look = state.withLock { $0.monitor.look(at: Self.now) }
        for part in look.report.parts {
            for feature in part.features {
                // Looked up each time: another count of the version may have ended, and its series with it.
                families.gauges(model, feature.name, part.window.rawValue).show(feature)
            }
        }
        return look
    }

    /// Seconds since 1970.
    private static var now: Int { Int(wallClockMicroseconds() / 1_000_000) }

    deinit {
        // Nobody counts any more: what stands there would be taken for the present.
        for feature in features {
            for window in DriftMonitor.Window.allCases {
                families.remove(model, feature, window.rawValue)
            }
        }
    }
}

/// The metrics of one feature of a version in one window.
struct DriftGauges: Sendable {
    fileprivate let index: Gauge
    fileprivate let isDrifted: Gauge
    fileprivate let missing: Gauge
    fileprivate let unseen: Gauge

    func show(_ feature: FeatureDrift) {
        index.set(feature.answers > 0 ? feature.stabilityIndex : .nan)
        isDrifted.set(feature.verdict == .drifted ? 1 : 0)
        missing.set(feature.missing.live)
        unseen.set(feature.unseen.live)
    }
}

/// The families of metrics that all versions share.
struct DriftFamilies: Sendable {
    private let index: MetricFamily<Gauge>
    private let isDrifted: MetricFamily<Gauge>
    private let missing: MetricFamily<Gauge>
    private let unseen: MetricFamily<Gauge>

    /// A version has a few features, each by the hour and by the day; both are the model's author's.
    private static let seriesLimit = 2000

    init(_ metrics: Metrics) {
        func family(_ name: String, _ help: String) -> MetricFamily<Gauge> {
            metrics.gauge(
                name, help: help, labels: ["model", "feature", "window"], limit: Self.seriesLimit)
        }
        index = family(
            "hunch_drift_psi",
            "Population stability index of a version's answers and its reference.")
        isDrifted = family(
            "hunch_drift", "1 where that is drift, beyond chance and of a size that matters.")
        missing = family("hunch_drift_missing_share", "Answers without a value of the feature.")
        unseen = family(
            "hunch_drift_unseen_share", "Answers with a value that the reference never had.")
    }

    func gauges(_ labels: String...) -> DriftGauges {
        DriftGauges(
            index: index[labels], isDrifted: isDrifted[labels], missing: missing[labels],
            unseen: unseen[labels])
    }

    func remove(_ labels: String...) {
        for family in [index, isDrifted, missing, unseen] { family.remove(labels) }
    }
}
