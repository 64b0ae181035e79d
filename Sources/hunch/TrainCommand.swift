// hunch train: from a project to a version.

import JSON
import Registry

struct TrainCommand {
    static let command = Command(
        name: "train", summary: "train a model, giving a new version",
        help: """
            usage: hunch train model -n NAME [--data FILE] [--validation FILE] [--seed 1] [--json]

            Reads examples and writes an immutable version to the registry. Equal data, settings and
            seed give the same version. A project that does not exist yet is created when --data is
            given. Files may be CSV (`text,intent`), JSON lines, CLINC's JSON, Rasa's YAML or JSON, or
            fastText's `__label__intent text`; repeated and contradictory lines are named.

              -n NAME             the model
              --data FILE         the examples (default: what model.json names)
              --validation FILE   examples to choose temperature and threshold on (default: folds)
              --seed N            of the random order (default: that of model.json, or 1)
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
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        if let data = options.data, !(try home.registry.projects().contains(name)) {
            // A file that cannot be read leaves no project behind.
            _ = try readDataset(FileSystem.read(data), data)
            try Project.create(name, .intents, in: home.registry)
        }
        let project = try Project(name, in: home.registry)
        let manifest = try project.train(options, in: home.registry) { Output.error($0) }
        if isJSON {
            Output.line(String(decoding: manifest.serialized, as: UTF8.self))
        } else {
            Output.line("trained \(manifest.reference), \(manifest.artifactBytes) bytes")
            Output.line("next: hunch deploy model -n \(name)")
        }
    }
}
