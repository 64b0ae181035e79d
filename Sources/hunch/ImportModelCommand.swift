// hunch import model: a version from another home, or a model that another library has trained.

import JSON
import NLU
import Ranking
import Registry

struct ImportModelCommand {
    static let command = Command(
        name: "import", nouns: ["model"],
        summary: "take in a version from another home, or another library's model",
        help: """
            usage: hunch import model FILE [--json] [--home DIR]
                   hunch import model FILE.bin -n NAME [--threshold 0] [--json] [--home DIR]
                   hunch import model TREES -n RANKER [--env dev] [--json] [--home DIR]

            Reads what `hunch export model` has written. The version has the same name here as there; a
            file of which one byte is another is refused. How its tests went there counts here, in protected
            environments, too: take in files only from homes whose tests you trust.

            A supervised model of fastText (.bin or .ftz, any loss, quantized or not, up to 2 GiB, and up to
            some 60,000 labels of 100 numbers, with -loss hs as many as you like) becomes a model of intents: the same labels in the same order with the same probabilities, live. Its
            project, models/NAME, holds the file; in a project that is there already only the file is
            replaced. `hunch train model -n NAME` packs it again when rules or entities have come beside it.
            Then: hunch deploy model -n NAME

            Trees of LightGBM (`save_model`) or XGBoost (`save_model` to a .json) score for a recommender that is
            there, with the raw scores that the library gives. Their features are found by name among the
            recommender's; those that it has and they do not ask for are left alone. Rows to train on are
            those of `hunch export training -n RANKER`: a row an item, null for missing, lists as groups.
            All trees of the file count. It is kept in the project, named in `score` of model.json, and
            packed again by `hunch train`; without that member, training is done here again. Weights go on to
            say what is relevant. Then: hunch evaluate model -n RANKER, hunch deploy model -n RANKER

              -n NAME          what a model of fastText is called here; the recommender that trees score for
              --threshold P    the probability from which on its label is the answer; below it the
                               answer is out_of_scope (default: 0)
              --json           print the outcome as one object
            \(Home.help)
            """
    ) { try ImportModelCommand(arguments: $0).run() }

    private let home: Home
    private let path: String
    private let name: String?
    /// Nil where the project's own is to stay.
    private let threshold: Double?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "import")
        home = try Home(&arguments)
        name = try arguments.value("-n", "--name")
        let threshold = try arguments.value("--threshold").map { Double($0) ?? -1 }
        guard threshold.map({ 0...1 ~= $0 }) != false else {
            throw arguments.error("--threshold takes a probability")
        }
        self.threshold = threshold
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        guard let path = arguments.word() else { throw arguments.error("name the file") }
        self.path = path
        try arguments.end()
    }

    func run() throws {
        let file = try MappedFile(path)
        if FastTextModel.isOne(file.bytes) { return try importFastText(file) }
        if TreeFile.origin(of: file.bytes) != nil { return try importTrees(file) }
        guard name == nil, threshold == nil else {
            throw Failure(
                "\(path) is no model of fastText, LightGBM or XGBoost, for which -n and --threshold are"
            )
        }
        let (manifest, isNew) = try home.registry.importPackage(FileSystem.read(path), path: path)
        show(manifest, isNew: isNew)
    }

    private func importFastText(_ file: MappedFile) throws {
        guard let name, isName(name) else {
            throw UsageError("say what the model is to be called: -n NAME", command: "import")
        }
        // A file that cannot be read leaves no project behind.
        _ = try FastTextModel(file, path: path)
        let isThere = try home.registry.projects().contains(name)
        if isThere {
            guard threshold == nil else {
                throw Failure("the threshold of '\(name)' stands in its model.json")
            }
            try replace(file, in: Project(name, in: home.registry))
        } else {
            try home.registry.createProject(
                name,
                files: Project.fastTextFiles(
                    name, model: file.bytes.withUnsafeBytes { Array($0) },
                    threshold: threshold ?? 0))
        }
        do {
            try pack(name)
        } catch {
            if isThere {
                Output.error("the project has the new file; later: hunch train model -n \(name)")
            } else {
                // Or the next attempt would find a project in its way.
                try? home.registry.deleteProject(name)
            }
            throw error
        }
    }

    private func importTrees(_ file: MappedFile) throws {
        guard let name, isName(name) else {
            throw UsageError("say which recommender trees score for: -n NAME", command: "import")
        }
        guard threshold == nil else {
            throw UsageError("--threshold is for models of fastText", command: "import")
        }
        guard try home.registry.projects().contains(name) else {
            throw Failure(
                "there is no recommender '\(name)', whose features the trees could ask for; "
                    + "create one: hunch create model -n \(name) --kind ranker")
        }
        try Project(name, in: home.registry)
            .take(trees: file.bytes.withUnsafeBytes { Array($0) }, from: path)
        do {
            try pack(name)
        } catch {
            Output.error("the project has the new file; later: hunch train model -n \(name)")
            throw error
        }
    }

    /// Makes a version of the project.
    private func pack(_ name: String) throws {
        let known = try home.registry.versions(of: name).map(\.reference)
        let project = try Project(name, in: home.registry)
        var options = TrainingOptions()
        options.environment = home.environment
        let manifest = try project.train(options, in: home.registry) { Output.error($0) }
        show(manifest, isNew: !known.contains(manifest.reference))
    }

    /// Puts the file in the place of the one that a project has.
    private func replace(_ file: MappedFile, in project: Project) throws {
        guard let path = project.fastTextFile else {
            throw Failure(
                "'\(project.name)' is there and no model of fastText: take another name with -n")
        }
        try FileSystem.writeAtomically(file.bytes.withUnsafeBytes { Array($0) }, to: path)
    }

    private func show(_ manifest: Manifest, isNew: Bool) {
        Output.result(
            ["model": .string(manifest.reference.description), "new": .boolean(isNew)],
            isJSON: isJSON,
            isNew ? "imported \(manifest.reference)" : "\(manifest.reference) is there already",
            "next: hunch deploy model -n \(manifest.reference)")
    }
}
