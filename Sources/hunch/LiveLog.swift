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
    ///
    /// With `leavesOut` only up to the last fifth of its lists.
    init(
        of model: String, _ corpus: Corpus, in registry: Registry, environment: String,
        leavesOut: Bool = false
    ) throws {
        let path = try registry.journalPath(environment)
        guard FileSystem.exists(path) else {
            (events, mark) = ([], nil)
            return
        }
        let reader = try JournalReader(path: path)
        // Kinds are read one after another: what comes meanwhile is left to the next training.
        let end = try reader.lastRecord()
        let last = try leavesOut ? Self.fourFifths(reader, of: model, corpus) ?? end : end
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

    /// The record before the last fifth of the lists; nil where there are too few.
    private static func fourFifths(
        _ reader: JournalReader, of model: String, _ corpus: Corpus
    ) throws -> Int? {
        var log = RankingLog(of: model, corpus: corpus)
        var lists: [Int] = []
        let kind = RankingLog.Kind.impression
        for stored in try reader.records(of: kind.rawValue) {
            let count = log.events.count
            try log.add(kind, time: stored.record.time, payload: stored.record.payload)
            if log.events.count > count { lists.append(stored.id) }
        }
        return lists.count < fewest ? nil : lists[lists.count * 4 / 5] - 1
    }

    /// A fifth of fewer lists says nothing.
    private static let fewest = 50
}

extension RankingEvent {
    var impression: Impression? {
        if case .impression(let impression) = self { impression } else { nil }
    }
}
