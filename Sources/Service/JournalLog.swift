// A recommender's log in the journal of its server.

internal import Journal
internal import Ranking
internal import Telemetry

/// Reads the log of a recommender, and later what was added to it.
///
/// It waits for the journal: never to be used on a loop or the journal's queues.
struct JournalLog: Sendable {
    private let journal: Journal
    private let metrics: ServiceMetrics
    private let model: String
    private let corpus: Corpus
    /// By kind, the last record that was read.
    private var positions: [RankingLog.Kind: Int] = [:]
    /// Of the last event, in microseconds since 1970.
    private(set) var time = 0

    /// `model` is a name without a version.
    init(of model: String, _ corpus: Corpus, in journal: Journal, _ metrics: ServiceMetrics) {
        self.journal = journal
        self.metrics = metrics
        self.model = model
        self.corpus = corpus
    }

    /// Reads on from a record, or from where it was read to; in the order in which events took effect.
    ///
    /// A record that cannot be read is left out and counted as an error: one must not keep a recommender from
    /// serving.
    mutating func next(after record: Int = 0) throws(JournalError) -> [RankingEvent] {
        var log = RankingLog(of: model, corpus: corpus)
        for kind in RankingLog.Kind.allCases {
            let start = max(positions[kind] ?? 0, record)
            for stored in try journal.allRecordsNow(of: kind.rawValue, after: start) {
                positions[kind] = stored.id
                time = max(time, stored.record.time)
                do throws(RankingLogError) {
                    try log.add(kind, time: stored.record.time, payload: stored.record.payload)
                } catch {
                    metrics.errors["record"].add()
                }
            }
        }
        return RankingEvent.inEffect(log.events)
    }
}
