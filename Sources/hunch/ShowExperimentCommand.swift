// hunch show experiment: how it stands.

import Experiments
import JSON
import Journal
import Ranking
import Registry

struct ShowExperimentCommand {
    static let command = Command(
        name: "show", nouns: ["experiment"], summary: "report how an experiment stands",
        help: """
            usage: hunch show experiment -n NAME [--env dev] [--json]

            First whether the arms have as many units as they should; if not, nothing else is told. Then
            each metric with its lift and an interval that holds however often it is looked at, and
            guardrails. Read from the journal, whether a server runs or not.

            Events that metrics count: list, impression (items seen), and every action, such as click; of
            users and documents, and of sessions the actions alone.

              -n NAME   the experiment
              --json    print the report as one object
            \(Home.help)
            """
    ) { try ShowExperimentCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "show")
        home = try Home(&arguments)
        name = try arguments.required("-n", "--name")
        isJSON = arguments.flag("--json")
        try arguments.noun("experiment")
        try arguments.end()
    }

    func run() throws {
        let experiment = try home.experiment(name)
        var log = ExperimentLog(experiment)
        let path = try home.registry.journalPath(home.environment)
        if FileSystem.exists(path) { try read(JournalReader(path: path), experiment, &log) }
        let report = ExperimentReport(experiment, log.totals())
        Output.line(isJSON ? report.json.description : report.text)
    }

    private func read(
        _ journal: JournalReader, _ experiment: Experiment, _ log: inout ExperimentLog
    ) throws {
        for stored in try journal.records(of: "exposure") {
            let json = try JSONValue(parsing: stored.record.payload)
            guard json["experiment"]?.string == experiment.name,
                let unit = json["unit"]?.string
            else { continue }
            log.expose(
                unit, to: experiment.arms.firstIndex { $0.name == json["arm"]?.string },
                at: Double(stored.record.time) / 1e6, period: json["period"]?.int ?? 0)
        }
        for stored in try journal.records(of: RankingLog.Kind.impression.rawValue) {
            let json = try JSONValue(parsing: stored.record.payload)
            let time = json["seen"]?.double ?? json["time"]?.double ?? 0
            guard let unit = unit(of: json, experiment.unit) else { continue }
            log.record("list", by: unit, at: time)
            let items = Double(json["items"]?.array?.count ?? 0)
            log.record("impression", by: unit, value: items, at: time)
        }
        for stored in try journal.records(of: RankingLog.Kind.interaction.rawValue) {
            let json = try JSONValue(parsing: stored.record.payload)
            guard let action = json["action"]?.string, let unit = unit(of: json, experiment.unit)
            else { continue }
            log.record(action, by: unit, at: Double(stored.record.time) / 1e6)
        }
    }

    private func unit(of record: JSONValue, _ unit: AssignmentUnit) -> String? {
        switch unit {
        case .user: record["user"]?.string
        case .session: record["session"]?.string
        case .document: record["scope"]?.string
        }
    }
}
