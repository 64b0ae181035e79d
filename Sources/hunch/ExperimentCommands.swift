// hunch create, show, list and stop experiment: arms on live traffic.

import Experiments
import JSON
import Reactor
import Registry
import Service
import Wire

/// The experiments of an environment, on the running server or in the files.
extension Home {
    /// The experiments as environment.json has them.
    func experiments() throws -> [Experiment] {
        let environment = try registry.environment(environment)
        return try ExperimentSet(.array(environment.experiments)).experiments
    }

    func experiment(_ name: String) throws -> Experiment {
        let known = try experiments()
        guard let experiment = known.first(where: { $0.name == name }) else {
            let names = known.map(\.name).joined(separator: ", ")
            throw Failure(
                "no experiment '\(name)' in '\(environment)'"
                    + (names.isEmpty ? "; begin one: hunch create experiment --help" : ": \(names)")
            )
        }
        return experiment
    }

    /// Has the server run an experiment from now on, or writes it down for the next one; gives whether a
    /// server does.
    func begin(_ experiment: JSONValue) throws -> Bool {
        let model = ClientMessage.Body.deploy(.init(model: "experiment", experiment: experiment))
        if try askServer(model) != nil { return true }
        _ = try registry.begin(
            experiment: experiment, in: environment, by: Self.user,
            time: Int(wallClockMicroseconds()))
        return false
    }
}

struct CreateExperimentCommand {
    static let command = Command(
        name: "create", nouns: ["experiment"],
        summary: "compare versions or settings on live traffic",
        help: """
            usage: hunch create experiment -n NAME --arms LIST --metric METRIC [--unit user] [--shares LIST]
                       [--traffic SHARE] [--holdout SHARE] [--layer LAYER] [--guardrail LIST]
                       [--slice LIST] [--env dev] [--json]
                   hunch create experiment -n NAME [--shares LIST] [--traffic SHARE] …
                   hunch create experiment -f FILE [--env dev] [--json]

            Units are assigned to arms for good, by a hash of their name; that one was used is logged when it
            is. Everybody who has a document open sees what the arm of its user, session or document says.
            The first arm is the control. A running server begins at once. Without --arms one that is there
            is changed: an arm that grows keeps its units, and takes first those that are in no arm. One that
            has ended runs again with --shares or --traffic, and stays ended with others; with --arms or -f another
            begins under its name, which counts none of its units. One that runs takes no other --arms and no
            other --unit; where a file says another version, other settings or another unit, it begins anew.
            What is deployed may change while it runs: the report says so.

            \(ExperimentFlags.events)

              -n NAME           the experiment's name
              --arms LIST       such as A,B=articles@3f2a,C=articles:limit=8: a name alone is what is
                                deployed, NAME=MODEL@VERSION a version, NAME=MODEL:KEY=JSON a recommender with
                                another setting
              --shares LIST     of the arms, such as 50%,10%: what they leave is in no arm (default: equal
                                ones of all)
              --metric METRIC   what decides: click/impression, conversion of accept, mean of dismiss
              --guardrail LIST  what must not get worse by more than 5 %, such as latency/answer; less is
                                better of dismiss, failure, latency, outOfScope, undo and wrong
              --slice LIST      by what it is reported apart: \(ExperimentFlags.slices)
              --unit UNIT       user, session or document (default: user)
              --traffic SHARE   how many take part, such as 20% (default: all)
              --holdout SHARE   how many no experiment touches (default: none)
              --layer LAYER     such as articles:0%-50%: experiments with other parts of the layer have other
                                units
              -f FILE           the definition as JSON, with all that there is: shares, layers, start, stop
              --json            print the definition
            \(Home.help)
            """
    ) { try CreateExperimentCommand(arguments: $0).run() }

    private let home: Home
    private enum Source {
        case file(JSONValue)
        case flags(ExperimentFlags)
    }

    private let source: Source
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "create")
        home = try Home(&arguments)
        isJSON = arguments.flag("--json")
        if let file = try arguments.value("-f") {
            do {
                source = .file(try JSONValue(parsing: FileSystem.read(file)))
            } catch {
                throw arguments.error("\(file): \(error)")
            }
        } else {
            source = .flags(try ExperimentFlags(&arguments))
        }
        try arguments.noun("experiment")
        try arguments.end()
    }

    func run() throws {
        try home.prepare()
        let definition =
            switch source {
            case .file(let definition): definition
            case .flags(let flags):
                try flags.definition(over: home.experiments().first { $0.name == flags.name })
            }
        let experiment: Experiment
        do throws(FieldError) {
            experiment = try Experiment(definition)
        } catch {
            throw Failure("the definition, \(error)")
        }
        let before = try home.experiments().first { $0.name == experiment.name }
        let deployed = try home.registry.environment(home.environment).models
        if let mistake = try home.unknownEvent(of: experiment, since: before, deployed: deployed) {
            throw UsageError(mistake, command: "create experiment")
        }
        let isLive = try home.begin(experiment.json)
        let begun = try home.experiment(experiment.name)
        try ExperimentSet(home.experiments()).warnOfOverlaps(with: begun)
        if isJSON { return Output.line(begun.json.description) }
        let place = isLive ? "on the running server" : "in the files; no server runs"
        let changed = before.flatMap { $0.created == begun.created ? $0 : nil }
        let verb = changed == nil ? "" : "changed "
        Output.line("experiment '\(experiment.name)' \(verb)in '\(home.environment)', \(place)")
        if changed == nil, before?.state == .running {
            Output.line("it begins anew, as it compares another thing: nobody of before counts")
        }
        let moved = changed.map { begun.moved(since: $0) } ?? 0
        if moved > 0 {
            let share = Figure.fixed(Double(moved) / 100, 2)
            Output.line(
                "\(share) % of the units go from one arm to another; those that were exposed count where they were"
            )
        }
        let environment = home.environment == "dev" ? "" : " --env \(home.environment)"
        Output.line("next: hunch show experiment -n \(experiment.name)\(environment)")
    }
}

struct StopExperimentCommand {
    static let command = Command(
        name: "stop", nouns: ["experiment"], summary: "end an experiment, and ship an arm",
        help: """
            usage: hunch stop experiment -n NAME [--ship ARM] [--env dev] [--json]

            Without --ship everybody gets what is deployed again. With it everybody but the holdout gets the
            arm, until a version of the model is deployed, by a rollback too: then the experiment is stopped.

              -n NAME      the experiment
              --ship ARM   the arm that all are to get
              --json       print the definition as it is then
            \(Home.help)
            """
    ) { try StopExperimentCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let ship: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "stop")
        home = try Home(&arguments)
        name = try arguments.required("-n", "--name")
        ship = try arguments.value("--ship")
        isJSON = arguments.flag("--json")
        try arguments.noun("experiment")
        try arguments.end()
    }

    func run() throws {
        let experiment = try home.experiment(name)
        var state = Experiment.State.stopped
        if let ship {
            guard let arm = experiment.arms.firstIndex(where: { $0.name == ship }) else {
                let names = experiment.arms.map(\.name).joined(separator: ", ")
                throw Failure("'\(name)' has no arm '\(ship)': \(names)")
            }
            state = .shipped(arm)
        }
        let ended = experiment.with(state: state)
        let isLive = try home.begin(ended.json)
        if isJSON { return Output.line(try home.experiment(name).json.description) }
        let place = isLive ? "on the running server" : "in the files; no server runs"
        Output.line(
            ship.map { "shipped \($0) of '\(name)', \(place)" } ?? "stopped '\(name)', \(place)")
        let arm = ship.flatMap { ship in experiment.arms.first { $0.name == ship } }
        if case .model(let reference)? = arm?.treatment {
            let environment = home.environment == "dev" ? "" : " --env \(home.environment)"
            Output.line(
                "next, to have it for the holdout too: hunch deploy model -n \(reference)\(environment)"
            )
        }
    }
}

enum ListExperimentsCommand {
    static let command = Command(
        name: "list", nouns: ["experiments"], summary: "list the experiments of an environment",
        help: """
            usage: hunch list experiments [--env dev] [--json]

              --json   print one definition a line
            \(Home.help)
            """
    ) { try run(EnvironmentListing($0, of: "experiments")) }

    private static func run(_ listing: EnvironmentListing) throws {
        let experiments = try listing.home.experiments()
        if listing.isJSON { return experiments.forEach { Output.line($0.json.description) } }
        for experiment in experiments {
            let state = experiment.state.name
            let arms = experiment.arms.map(\.name).joined(separator: ", ")
            Output.line("\(experiment.name)  \(state)  by \(experiment.unit.rawValue)  \(arms)")
        }
        if experiments.isEmpty { Output.line("none; begin one: hunch create experiment --help") }
    }
}
