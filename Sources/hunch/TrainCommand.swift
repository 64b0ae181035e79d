// hunch train: from a project to a version.

import JSON
import NLU
import Ranking
import Registry

struct TrainCommand {
    static let command = Command(
        name: "train", nouns: ["model"], summary: "train a model, giving a new version",
        help: """
            usage: hunch train model -n NAME [--data FILE] [--validation FILE] [--seed 1]
                               [--precision SHARE | --balanced] [--from-scratch]
                               [--scorer auto|weights|trees|formula] [--branch NAME] [--env dev]
                               [--json]

            Reads examples and writes an immutable version to the registry. Equal data, settings and
            seed give the same version. A project that does not exist yet is created when --data is
            given. Files may be CSV (`text,intent`), JSON lines, CLINC's JSON, Rasa's YAML or JSON, or
            fastText's `__label__intent text`; repeated and contradictory lines are named.

            Where most examples are known to the newest version, and the seed is the same, training goes
            on from it and takes a fraction of the time; the manifest names it. What it goes on from is a
            setting, too: --from-scratch gives the same version in every home.

            A ranker learns from the events that model.json names and then from the lists it has shown
            in the environment, whether the server runs or not. Weights begin with those of model.json,
            trees are tried from 200 answered lists on; what is learned scores if it is better on lists
            held out, by a paired test.

              -n NAME             the model
              --data FILE         the examples (default: what model.json names)
              --validation FILE   examples to choose all settings on (default: folds)
              --seed N            of the random order (default: that of model.json, or 1)
              --precision SHARE   answer from the lowest confidence on at which this share of the
                                  answers is right on held-out examples, such as 0.85
              --balanced          answer where the mean of in-scope accuracy and out-of-scope recall
                                  is best (the default where there are examples out of scope)
              --from-scratch      go on from no version
              --scorer WHAT       what a ranker is to score by (default: auto, the best)
              --branch NAME       the branch of the commit where none is checked out, as in CI
              --json              print the manifest
            \(Home.help)
            """
    ) { try TrainCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private var options = TrainingOptions()
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "train")
        home = try Home(&arguments)
        name = try arguments.modelName()
        options.data = try arguments.value("--data")
        options.validation = try arguments.value("--validation")
        options.seed = try arguments.integer("--seed", in: 0...Int.max).map(UInt64.init)
        options.isFromScratch = arguments.flag("--from-scratch")
        options.environment = home.environment
        options.branch = try arguments.value("--branch")
        let scorer = try arguments.value("--scorer") ?? "auto"
        guard let choice = ScorerTrainer.Choice(rawValue: scorer) else {
            let choices = ScorerTrainer.Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw arguments.error("--scorer is one of \(choices), not '\(scorer)'")
        }
        options.scorer = choice
        options.operatingPoint = try Self.operatingPoint(&arguments)
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    private static func operatingPoint(
        _ arguments: inout Arguments
    ) throws(UsageError) -> OperatingPoint? {
        let isBalanced = arguments.flag("--balanced")
        guard let text = try arguments.value("--precision") else {
            return isBalanced ? .balanced : nil
        }
        guard !isBalanced else {
            throw UsageError("--precision and --balanced exclude each other", command: "train")
        }
        guard let share = Double(text), share > 0, share <= 1 else {
            throw UsageError("--precision takes a share such as 0.85", command: "train")
        }
        return .precision(share)
    }

    func run() throws {
        if let data = options.data, !(try home.registry.projects().contains(name)) {
            // A file that cannot be read leaves no project behind.
            _ = try readDataset(FileSystem.read(data), data)
            try Project.create(name, .intents, hasTests: false, in: home.registry)
        }
        let project = try Project(name, in: home.registry)
        let manifest = try project.train(options, in: home.registry) { Output.error($0) }
        if isJSON {
            Output.line(String(decoding: manifest.serialized, as: UTF8.self))
        } else {
            Output.line("trained \(manifest.reference), \(manifest.artifactBytes) bytes")
            Output.line("next: hunch test model -n \(name), hunch deploy model -n \(name)")
        }
    }
}
