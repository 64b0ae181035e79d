// What a recommender has been asked and what came of it, in the journal of an environment.

import Journal
import Ranking
import Registry

/// The log of a recommender as its server keeps it, read whether the server runs or not.
struct LiveLog {
    /// In the order of the log; none where no list was ever shown there.
    let events: [RankingEvent]
    /// Where the events end.
    let mark: LogMark?

    /// Reads what the environment's journal holds of the model; nothing where there is no journal.
    init(of model: String, _ corpus: Corpus, in registry: Registry, environment: String) throws {
        let path = try registry.journalPath(environment)
        guard FileSystem.exists(path) else {
            (events, mark) = ([], nil)
            return
        }
        let reader = try JournalReader(path: path)
        // Kinds are read one after another: what comes meanwhile is left to the next training.
        let last = try reader.lastRecord()
        var log = RankingLog(of: model, corpus: corpus)
        for kind in RankingLog.Kind.allCases {
            for stored in try reader.records(of: kind.rawValue) where stored.id <= last {
                try log.add(kind, time: stored.record.time, payload: stored.record.payload)
            }
        }
        let isShown = log.events.contains { $0.impression != nil }
        events = isShown ? log.events : []
        mark = isShown ? LogMark(epoch: reader.epoch, record: last) : nil
    }
}

extension RankingEvent {
    var impression: Impression? {
        if case .impression(let impression) = self { impression } else { nil }
    }
}
