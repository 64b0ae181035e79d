// What a journal holds of an experiment.

import Experiments
import JSON
import Journal
import Ranking

/// Reads the records that reports are made of.
///
/// Lists and what is done with them, and what users say of answers, are kept of everybody; answers are counted
/// for the units of experiments only, from their exposure on.
struct ExperimentRecords {
    private let experiment: Experiment
    private let slices: [SliceDimension]
    private var log: ExperimentLog
    /// When each unit was first there.
    private var seen: [String: Double] = [:]

    init(_ experiment: Experiment, slices: [SliceDimension]) {
        self.experiment = experiment
        self.slices = slices
        log = ExperimentLog(experiment)
    }

    /// The totals of all that a journal holds; nil for one that is not there yet.
    static func totals(
        of experiment: Experiment, slices: [SliceDimension], in journal: JournalReader?
    ) throws -> ExperimentTotals {
        var records = ExperimentRecords(experiment, slices: slices)
        guard let journal else { return records.log.totals() }
        try records.readLists(journal)
        try records.readFeedback(journal)
        try records.readOutcomes(journal)
        // Last, as it is told whether a unit had been there before.
        try records.readExposures(journal)
        return records.log.totals()
    }

    private mutating func readLists(_ journal: JournalReader) throws {
        for stored in try journal.records(of: RankingLog.Kind.impression.rawValue) {
            let json = try JSONValue(parsing: stored.record.payload)
            let time = json["seen"]?.double ?? json["time"]?.double ?? 0
            let items = Double(json["items"]?.array?.count ?? 0)
            guard let unit = unit(of: json) else { continue }
            record("list", by: unit, at: time)
            record("impression", by: unit, value: items, at: time)
        }
        // A document that several have open sees a list once, each of them too.
        for stored in try journal.records(of: "view") where experiment.unit != .document {
            let json = try JSONValue(parsing: stored.record.payload)
            guard let unit = unit(of: json) else { continue }
            let time = Double(stored.record.time) / 1e6
            if let action = json["action"]?.string {
                record(action, by: unit, at: time)
                continue
            }
            record("list", by: unit, at: time)
            record("impression", by: unit, value: json["items"]?.double ?? 0, at: time)
        }
        for stored in try journal.records(of: RankingLog.Kind.interaction.rawValue) {
            let json = try JSONValue(parsing: stored.record.payload)
            guard let action = json["action"]?.string, let unit = unit(of: json) else { continue }
            record(action, by: unit, at: Double(stored.record.time) / 1e6)
        }
    }

    private mutating func readFeedback(_ journal: JournalReader) throws {
        for stored in try journal.records(of: "feedback") {
            let json = try JSONValue(parsing: stored.record.payload)
            guard let unit = unit(of: json) else { continue }
            let time = Double(stored.record.time) / 1e6
            record("feedback", by: unit, at: time)
            if json["wrong"]?.bool == true { record("wrong", by: unit, at: time) }
        }
    }

    private mutating func readOutcomes(_ journal: JournalReader) throws {
        for stored in try journal.records(of: "outcome") {
            let json = try JSONValue(parsing: stored.record.payload)
            guard isOwn(json), let unit = json["unit"]?.string else { continue }
            for (name, value) in json["counts"]?.object ?? [] {
                guard let value = value.double, value > 0 else { continue }
                log.record(name, by: unit, value: value, at: Double(stored.record.time) / 1e6)
            }
        }
    }

    private mutating func readExposures(_ journal: JournalReader) throws {
        for stored in try journal.records(of: "exposure") {
            let json = try JSONValue(parsing: stored.record.payload)
            guard isOwn(json), let unit = json["unit"]?.string else { continue }
            let time = Double(stored.record.time) / 1e6
            log.expose(
                unit, to: experiment.arms.firstIndex { $0.name == json["arm"]?.string }, at: time,
                period: json["period"]?.int ?? 0,
                slices: slices.flatMap { $0.labels(of: json, at: time, seen: seen[unit]) })
        }
    }

    private mutating func record(
        _ name: String, by unit: String, value: Double = 1, at time: Double
    ) {
        seen[unit] = min(seen[unit] ?? time, time)
        log.record(name, by: unit, value: value, at: time)
    }

    /// Whether a record is of this experiment, and not of one that had its name before.
    private func isOwn(_ record: JSONValue) -> Bool {
        record["experiment"]?.string == experiment.name
            && record["created"]?.double == experiment.created
    }

    /// Who or what a record is of.
    private func unit(of record: JSONValue) -> String? {
        switch experiment.unit {
        case .user: record["viewer"]?.string ?? record["user"]?.string
        case .session: record["session"]?.string
        case .document: record["scope"]?.string
        }
    }
}
