// What answers were to the units of experiments, for the report.

internal import JSON
internal import Journal
internal import NLU
internal import Reactor
internal import Wire

/// Answers to a unit since they were last logged.
struct UnitOutcome {
    var answers = 0
    var outOfScope = 0
    /// Texts that were answered by nobody.
    var failures = 0
    /// From the request, or the edit, to the answer; summed over the answers.
    var milliseconds = 0.0

    init(_ read: BlocksRead, queued: UInt64) {
        answers = read.answers.count
        outOfScope = read.answers.count { $0.intentName == IntentClassifier.outOfScope }
        failures = read.failures.count + read.unanswered.count
        milliseconds = Double(queued + read.computeNanoseconds) / 1e6 * Double(answers)
    }

    /// The answer to one request; nil where none came.
    init(_ answer: ResultContent?, nanoseconds: UInt64) {
        answers = answer == nil ? 0 : 1
        outOfScope = answer?.intentName == IntentClassifier.outOfScope ? 1 : 0
        failures = answer == nil ? 1 : 0
        milliseconds = answer == nil ? 0 : Double(nanoseconds) / 1e6
    }

    mutating func add(_ other: UnitOutcome) {
        answers += other.answers
        outOfScope += other.outOfScope
        failures += other.failures
        milliseconds += other.milliseconds
    }

    /// By the names that metrics call them.
    fileprivate var json: JSONValue {
        [
            "answer": .number(Double(answers)), "outOfScope": .number(Double(outOfScope)),
            "failure": .number(Double(failures)), "latency": .number(milliseconds),
        ]
    }
}

extension Shard {
    /// Counts what a unit of an experiment got.
    ///
    /// It is logged once a second: what is typed would else fill the journal.
    func count(_ outcome: UnitOutcome, of exposure: Exposure) {
        guard outcome.answers + outcome.failures > 0 else { return }
        if outcomes.isEmpty {
            timers.schedule(
                Self.outcomeTimer, at: now.advanced(byMilliseconds: Self.outcomeInterval))
        }
        if outcomes[exposure]?.add(outcome) == nil { outcomes[exposure] = outcome }
        if outcomes.count >= Self.mostOutcomes { keepOutcomes() }
    }

    static var outcomeTimer: UInt64 { evictionTimer + 1 }
    private static var outcomeInterval: Int { 1000 }
    private static var mostOutcomes: Int { 10_000 }

    /// Has the journal log what units have got since it last did.
    func keepOutcomes() {
        for (exposure, outcome) in outcomes {
            let record = exposure.json.merging(["counts": outcome.json])
            keepUnasked(
                JournalRecord(kind: "outcome", time: wallClock, payload: record.serialized()))
        }
        outcomes.removeAll(keepingCapacity: true)
    }
}
