// hunch show experiment: how it stands.

import Experiments
import JSON
import Journal
import Registry

struct ShowExperimentCommand {
    static let command = Command(
        name: "show", nouns: ["experiment"], summary: "report how an experiment stands",
        help: """
            usage: hunch show experiment -n NAME [--slice LIST] [--env dev] [--json]

            First whether the arms have as many units as they should; if not, nothing else is told. Then
            each metric with its lift and an interval that holds however often it is looked at,
            guardrails, and the first metric by slices, at intervals that hold for all of them together.
            Read from the journal, whether a server runs or not.

            \(ExperimentFlags.events)

              -n NAME        the experiment
              --slice LIST   other slices than the experiment has: \(ExperimentFlags.slices)
              --json         print the report as one object
            \(Home.help)
            """
    ) { try ShowExperimentCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let slices: [SliceDimension]?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "show")
        home = try Home(&arguments)
        name = try arguments.required("-n", "--name")
        slices = try arguments.slices()
        isJSON = arguments.flag("--json")
        try arguments.noun("experiment")
        try arguments.end()
    }

    func run() throws {
        let experiment = try home.experiment(name)
        let path = try home.registry.journalPath(home.environment)
        let totals = try ExperimentRecords.totals(
            of: experiment, slices: slices ?? experiment.slices,
            in: FileSystem.exists(path) ? JournalReader(path: path) : nil)
        let report = ExperimentReport(experiment, totals)
        if isJSON { return Output.line(report.json.description) }
        Output.line(report.text)
        guard experiment.state == .running else { return }
        if let next = next(after: report.verdict, of: experiment) { Output.line("next: \(next)") }
    }

    /// What there is to do; nil while one waits.
    private func next(
        after verdict: ExperimentReport.Verdict, of experiment: Experiment
    ) -> String? {
        let environment = home.environment == "dev" ? "" : " --env \(home.environment)"
        let stop = "hunch stop experiment -n \(name)\(environment)"
        switch verdict {
        case .better(let arm, undecided: []): return "\(stop) --ship \(experiment.arms[arm].name)"
        case .sampleRatioMismatch, .guardrailViolated, .worse: return stop
        case .better, .undecided: return nil
        }
    }
}
