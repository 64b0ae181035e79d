// hunch export: what a recommender learns from, as rows.

import JSON
import Ranking
import Registry

struct ExportCommand {
    static let command = Command(
        name: "export", summary: "write a recommender's training rows",
        help: """
            usage: hunch export training -n NAME [--window SECONDS] [--out FILE]

            Replays the log of models/NAME, joins lists with their responses by request, and writes one
            JSON object a list: request, time, user, items, labels, and the features as they stood
            when it was shown. What was joined, repeated, late and unjoined is told on stderr.

              -n NAME           the model
              --window SECONDS  how long after its list a response counts (default: a day)
              --out FILE        the file to write (default: stdout)
            \(Home.help)
            """
    ) { try ExportCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let window: Int
    private let out: String?

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "export")
        home = try Home(&arguments)
        name = try arguments.modelName()
        window = try arguments.integer("--window", in: 0...1_000_000_000) ?? 86_400
        out = try arguments.value("--out")
        try arguments.noun("training")
        try arguments.end()
    }

    func run() throws {
        let project = try Project(name, in: home.registry)
        let (definition, events) = try project.log()
        let replayed = FeatureReplay.replay(events, features: definition.declared)
        let log = TrainingJoin(window: Double(window)).joined(replayed)
        let names = definition.declared.map(\.name)
        var lines: [UInt8] = []
        for group in log.groups {
            lines += group.json(features: names).serialized() + [UInt8(ascii: "\n")]
            if out == nil {
                Output.line(String(decoding: lines.dropLast(), as: UTF8.self))
                lines.removeAll(keepingCapacity: true)
            }
        }
        if let out { try FileSystem.writeAtomically(lines, to: out) }
        let counts = log.counts
        Output.error(
            "\(counts.impressions) lists, \(counts.repeatedImpressions) of them repeated; "
                + "\(counts.responses) responses: \(counts.joined) joined, "
                + "\(counts.repeatedResponses) repeated, \(counts.late) late, "
                + "\(counts.unjoined) unjoined")
    }
}

extension JoinedImpression {
    /// The list with its features by name; missing ones are null.
    fileprivate func json(features names: [String]) -> JSONValue {
        let columns = names.indices.map { column -> (key: String, value: JSONValue) in
            let values = labels.indices.map { row -> JSONValue in
                let value = impression.features[row * names.count + column]
                return value.isNaN ? .null : .number(value)
            }
            return (names[column], .array(values))
        }
        return [
            "request": .string(impression.request), "time": .number(impression.time),
            "user": impression.user.map { .string($0) } ?? .null,
            "source": .string(impression.source.rawValue),
            "items": .array(impression.items.map { .string($0) }),
            "labels": .array(labels.map { .number($0) }), "features": .object(columns),
        ]
    }
}
