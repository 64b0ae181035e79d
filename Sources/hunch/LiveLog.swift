// What a recommender has been asked and what came of it, in the journal of an environment.

import Journal
import Ranking
import Reactor
import Registry

/// The log of a recommender as its server keeps it, read whether the server runs or not.
struct LiveLog {
    /// In the order of the log; none where no list was ever shown there.
    let events: [RankingEvent]
    /// Where the events end.
    let mark: LogMark?

    /// Seconds that an event may be on its way to the disk, while later ones are there already.
    private static let settling = 5.0

    /// Reads what the environment's journal holds of the model; nothing where there is no journal.
    init(of model: String, _ corpus: Corpus, in registry: Registry, environment: String) throws {
        let path = try registry.journalPath(environment)
        guard FileSystem.exists(path) else {
            (events, mark) = ([], nil)
            return
        }
        let last = Double(wallClockMicroseconds()) / 1e6 - Self.settling
        let reader = try JournalReader(path: path)
        var log = RankingLog(of: model, corpus: corpus)
        for kind in RankingLog.Kind.allCases {
            for stored in try reader.records(of: kind.rawValue) {
                try log.add(kind, time: stored.record.time, payload: stored.record.payload)
            }
        }
        let settled = log.events.filter { $0.time <= last }
        let isShown = settled.contains { $0.impression != nil }
        events = isShown ? settled : []
        mark = events.last.map { LogMark(epoch: reader.epoch, through: $0.time) }
    }
}

extension RankingEvent {
    var impression: Impression? {
        if case .impression(let impression) = self { impression } else { nil }
    }
}
