// hunch create: a model's project, ready to be trained.

import JSON
import Registry

struct CreateCommand {
    static let command = Command(
        name: "create", nouns: ["model"], summary: "create a model",
        help: """
            usage: hunch create model -n NAME [--kind intents|tags|rules|ranker|duplicates|external]
                       [--corpus NAME] [--source NAME]… [--json]

            Writes a project to models/NAME, with data to begin with: model.json, examples, tests of how
            it must behave, a README.
            Then: hunch deploy model -n NAME

              -n NAME       the model's name
              --kind KIND   intents: what a line of text wants (default)
                            tags: what a text is about, of an approved list
                            rules: what a line wants, by phrases, patterns and words that you list
                            ranker: what may be wanted next
                            duplicates: where else in its workspace a text stands
                            external: what a program of your own says
              --corpus NAME what kind of entity a ranker recommends, as in people or channels
                            (default: articles, those of the demo)
              --source NAME a place in the product that shows them, as often as there are places
                            (default: the model's name)
              --json        print what was created as one object
            \(Home.help)
            """
    ) { try CreateCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let kind: Project.Kind
    private let place: Project.Place?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "create")
        home = try Home(&arguments)
        name = try arguments.modelName()
        let kind = try arguments.value("--kind") ?? "intents"
        guard let kind = Project.Kind(rawValue: kind) else {
            let kinds = Project.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw arguments.error("--kind is one of \(kinds), not '\(kind)'")
        }
        self.kind = kind
        place = try arguments.place(of: name, kind)
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        try Project.create(name, kind, place: place, in: home.registry)
        let path = try home.registry.projectPath(name)
        Output.result(
            ["model": .string(name), "kind": .string(kind.rawValue), "path": .string(path)],
            isJSON: isJSON, "created \(path)", "next: hunch deploy model -n \(name)")
    }
}

extension Arguments {
    /// Takes `-n NAME`.
    mutating func modelName() throws(UsageError) -> String {
        let name = try required("-n", "--name")
        guard isName(name) else {
            throw error("'\(name)' cannot be a name: use letters, digits, '-', '_' and '.'")
        }
        return name
    }

    /// Takes a model's name, or `NAME@BRANCH`.
    mutating func modelLine() throws(UsageError) -> String {
        let line = try required("-n", "--name")
        let parts = line.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard isName(parts[0]), parts.count == 1 || parts.count == 2 && isBranch(parts[1]) else {
            throw error("-n takes NAME or NAME@BRANCH, not '\(line)'")
        }
        return line
    }

    /// Takes `--corpus NAME` and every `--source NAME`.
    fileprivate mutating func place(
        of name: String, _ kind: Project.Kind
    ) throws(UsageError) -> Project.Place? {
        let sources = try values("--source")
        guard let corpus = try values("--corpus").last else {
            guard sources.isEmpty else { throw error("--source goes with --corpus") }
            return nil
        }
        guard kind == .ranker else { throw error("--corpus goes with --kind ranker") }
        for word in sources + [corpus] where word.isEmpty {
            throw error("a corpus and a source have a name")
        }
        return Project.Place(corpus: corpus, sources: sources.isEmpty ? [name] : sources)
    }

    /// Takes the noun after the verb.
    mutating func noun(_ nouns: String...) throws(UsageError) {
        guard let word = word(), nouns.contains(word) else {
            throw error("say what: \(nouns.joined(separator: ", "))")
        }
    }
}
