// hunch import: a log of another system becomes a recommender's project.

import JSON
import Ranking
import Registry

struct ImportCommand {
    static let command = Command(
        name: "import", nouns: ["events"], summary: "make a recommender's project from a log",
        help: """
            usage: hunch import events FILE -n NAME [--format metarank|hunch] [--corpus item]
                       [--source list] [--json]

            Writes the log to models/NAME with a definition: features that suggest themselves by
            what the items' fields hold, and the smoothed click rate as the score to begin with. In a
            project that is there already only the log is replaced.
            Then: hunch train model -n NAME

              -n NAME          the model
              --format FORMAT  metarank: JSON lines of item, ranking and interaction (default)
                               hunch: JSON lines as events.jsonl of a project holds them
              --corpus NAME    what kind of entity the items are (default: item)
              --source NAME    the place in the product that shows the lists (default: list)
              --json           print what was imported as one object
            A file that ends in .gz is unpacked.
            \(Home.help)
            """
    ) { try ImportCommand(arguments: $0).run() }

    private enum Format: String, CaseIterable { case metarank, hunch }

    private let home: Home
    private let name: String
    private let format: Format
    private let corpus: Corpus
    private let source: Source
    private let isJSON: Bool
    private let path: String

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "import")
        home = try Home(&arguments)
        name = try arguments.modelName()
        let format = try arguments.value("--format") ?? "metarank"
        guard let format = Format(rawValue: format) else {
            let formats = Format.allCases.map(\.rawValue).joined(separator: ", ")
            throw arguments.error("--format is one of \(formats), not '\(format)'")
        }
        self.format = format
        corpus = Corpus(rawValue: try arguments.value("--corpus") ?? "item")
        source = Source(rawValue: try arguments.value("--source") ?? "list")
        isJSON = arguments.flag("--json")
        try arguments.noun("events")
        guard let path = arguments.word() else { throw arguments.error("name the file of events") }
        self.path = path
        try arguments.end()
    }

    func run() throws {
        let events = try read()
        let counts = LogCounts(events)
        if try home.registry.projects().contains(name) {
            let project = try Project(name, in: home.registry)
            guard project.kind == .ranker, let file = project.definition["events"]?.string else {
                throw Failure(
                    "'\(name)' is there and learns from no events: take another name with -n")
            }
            try FileSystem.writeAtomically(RankingEvent.lines(events), to: project.file(file))
        } else {
            try home.registry.createProject(
                name,
                files: Project.rankerFiles(name, events: events, corpus: corpus, sources: [source]))
        }
        tell(counts, project: try home.registry.projectPath(name))
    }

    private func tell(_ counts: LogCounts, project: String) {
        guard !isJSON else {
            let json: JSONValue = [
                "model": .string(name), "project": .string(project),
                "items": .number(Double(counts.items)), "lists": .number(Double(counts.lists)),
                "responses": .number(Double(counts.responses)),
            ]
            return Output.line(json.description)
        }
        Output.line(
            "imported \(counts.items) items, \(counts.lists) lists and \(counts.responses) responses"
                + " into \(project)")
        Output.line("next: hunch train model -n \(name)")
    }

    private func read() throws -> [RankingEvent] {
        let bytes = try readUnpacked(path)
        do throws(ItemFileError) {
            switch format {
            case .metarank:
                return try MetarankEvents.parse(lines: bytes, corpus: corpus, source: source)
            case .hunch: return try RankingEvent.parse(lines: bytes)
            }
        } catch {
            throw Failure("\(path), \(error)")
        }
    }
}

/// How many events of a log are what.
struct LogCounts {
    private(set) var items = 0
    private(set) var lists = 0
    private(set) var responses = 0

    init(_ events: [RankingEvent]) {
        for event in events {
            switch event {
            case .item, .removal: items += 1
            case .impression: lists += 1
            case .response: responses += 1
            }
        }
    }
}
