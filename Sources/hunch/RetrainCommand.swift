// hunch retrain: from new data to a version in use.

import JSON
import Reactor
import Registry

struct RetrainCommand {
    static let command = Command(
        name: "retrain", nouns: ["model"], summary: "train anew and deploy what is not worse",
        help: """
            usage: hunch retrain model -n NAME [--data FILE] [--canary SHARE | --shadow] [--resume]
                       [--force REASON] [--background] [--env dev] [--json]

            Goes through the steps data, train, test, evaluate, register, gate and deploy, and notes each in
            runs/NAME/TIME/run.json of the home, what they say in log.txt beside it. The first step that
            fails ends it, with exit code 1. See them: hunch list runs -n NAME

            Models of intents learn from their data and from what `hunch review` has labelled, rankers from
            the lists shown in the environment. A fifth is never learned from (of texts by their SHA-256, of
            lists the last), so that versions can be compared on it; model.json may name a file for it
            instead: "heldOut". The gate wants the behavioural tests passed, and a version that is not worse
            than the one in use: intents by McNemar's exact test, rankers by paired bootstrap of NDCG@10,
            at 5 %. What was compared stands in the run. Where the version in use may have learned from
            that fifth, its own held-out accuracy is compared instead, unpaired.

              -n NAME           the model
              --data FILE       the examples (default: what model.json names)
              --resume          go on with the last run where it was interrupted, with the data, the rollout
                                and the force that it was begun with; else begin a new one
              --force REASON    deploy also what the environment refuses; the history keeps the reason
              --background      at the lowest priority, on one core, as `hunch serve` runs schedules
            \(RolloutFlags.help)
              --json            print the run as one object
            \(Home.help)
            """
    ) { try RetrainCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let data: String?
    private let rollout: JSONValue?
    private let force: String?
    private let isResuming: Bool
    private let isBackground: Bool
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "retrain")
        home = try Home(&arguments)
        name = try arguments.modelName()
        data = try arguments.value("--data")
        rollout = try RolloutFlags.rollout(&arguments)
        force = try arguments.value("--force")
        isResuming = arguments.flag("--resume")
        isBackground = arguments.flag("--background")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        if isBackground { Priority.lower() }
        try home.prepare()
        _ = try home.registry.environment(home.environment)
        let project = try Project(name, in: home.registry)
        guard let hold = try home.registry.holdRuns(of: name) else {
            throw Failure("\(name) is being retrained already; see: hunch list runs -n \(name)")
        }
        var retraining = Retraining(try self.beginning(), project, home)
        let outcome = Result { try retraining.carryOut() }
        withExtendedLifetime(hold) {}
        if isJSON { Output.line(retraining.run.json.description) }
        try outcome.get()
        if !isJSON { retraining.summary.forEach(Output.line) }
    }

    /// The run that was interrupted, or a new one.
    private func beginning() throws -> Run {
        let registry = home.registry
        if isResuming, var last = try registry.runs(of: name).last, last.status == .running,
            last.environment == home.environment
        {
            try checkSettings(of: last)
            last.readDataAnew()
            return last
        }
        return Run(
            id: try registry.newRunID(name, time: Int(wallClockMicroseconds())), model: name,
            environment: home.environment, by: Home.user,
            settings: .object(settings.map { ($0.key, $0.value) }))
    }

    /// What the command line says, with the flags that say it.
    private var settings: [(key: String, value: JSONValue, flags: String)] {
        let all: [(key: String, value: JSONValue, flags: String)] = [
            ("data", data.map { .string($0) } ?? .null, "--data"),
            ("rollout", rollout ?? .null, "--canary or --shadow"),
            ("force", force.map { .string($0) } ?? .null, "--force"),
        ]
        return all.filter { !$0.value.isNull }
    }

    /// Refuses flags that are not those of the run that is gone on with.
    private func checkSettings(of run: Run) throws(UsageError) {
        let others = settings.filter { $0.value != run.settings[$0.key] }.map(\.flags)
        guard others.isEmpty else {
            throw UsageError(
                "--resume goes on with run \(run.id), which was begun with another "
                    + "\(others.joined(separator: ", another ")): leave that out, or --resume",
                command: "retrain")
        }
    }
}
