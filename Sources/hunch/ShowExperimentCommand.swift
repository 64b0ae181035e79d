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
            Then the versions that were deployed under it while it ran, as its control is what is deployed.
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
        let deployments = try deployments(during: experiment)
        if isJSON {
            let list = deployments.map { deployment -> JSONValue in
                [
                    "model": .string(deployment.reference.description),
                    "time": .string(date(deployment.time)),
                ]
            }
            return Output.line(report.json.merging(["deployments": .array(list)]).description)
        }
        Output.line(report.text)
        for deployment in deployments {
            Output.line(
                "what is deployed changed while it ran: \(deployment.reference) since "
                    + "\(date(deployment.time)); units count together before and after it")
        }
        guard experiment.state == .running else { return }
        if let next = next(after: report.verdict, of: experiment) { Output.line("next: \(next)") }
    }

    /// What came to be live of the model while units were counted, where an arm is a form of that; the oldest
    /// first.
    private func deployments(during experiment: Experiment) throws -> [Deployment] {
        guard let begin = experiment.created, let model = experiment.models.first,
            experiment.arms.contains(where: \.followsDeployed)
        else { return [] }
        let history = DeploymentHistory(try home.registry.deployments(to: home.environment))
        return history.deployments.filter { deployment in
            let time = Double(deployment.time) / 1e6
            guard deployment.line == model, !deployment.isRemoval, time >= begin,
                experiment.counts(at: time)
            else { return false }
            let live = { history.models(at: $0).filter { $0.line == model } }
            return live(deployment.time) != live(deployment.time - 1)
        }
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
