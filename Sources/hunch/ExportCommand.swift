// hunch export: what a recommender learns from, as rows.

import JSON
import Ranking
import Reactor
import Registry

struct ExportCommand {
    static let command = Command(
        name: "export", nouns: ["training"], summary: "write a recommender's training rows",
        help: """
            usage: hunch export training -n NAME [--env dev] [--window SECONDS] [--closed]
                       [--out FILE] [--json]

            Reads the log that model.json names and then what the environment has shown, joins lists
            with their responses by request, and writes one JSON object a list: request, time, user,
            items, labels, propensities, and the features as they stood when it was shown. What was
            joined, repeated, late, unjoined and may still come is told on stderr. Features are by name, a
            number an item, null where it is missing: rows for LightGBM or XGBoost, whose trees come
            back by `hunch import model FILE -n NAME`.

              -n NAME           the model
              --window SECONDS  how long after its list a response counts (default: that of
                                model.json, or a day)
              --closed          leave out lists that may still be answered
              --out FILE        the file to write (default: stdout)
              --json            tell what was joined as one object, on stdout if the rows go to a file
            \(Home.help)
            """
    ) { try ExportCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let window: Double?
    private let isClosed: Bool
    private let out: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "export")
        home = try Home(&arguments)
        name = try arguments.modelName()
        window = try arguments.integer("--window", in: 0...1_000_000_000).map(Double.init)
        isClosed = arguments.flag("--closed")
        out = try arguments.value("--out")
        isJSON = arguments.flag("--json")
        try arguments.noun("training")
        try arguments.end()
    }

    func run() throws {
        let project = try Project(name, in: home.registry)
        let source = try project.log(in: home.registry, environment: home.environment)
        let now = Double(wallClockMicroseconds()) / 1e6
        let open = source.joined(window: window, at: now).counts.open
        let log = source.joined(window: window, at: isClosed ? now : .infinity)
        let names = source.definition.featureNames
        var lines: [UInt8] = []
        for group in log.groups {
            lines += group.json(features: names).serialized() + [UInt8(ascii: "\n")]
            if out == nil {
                Output.line(String(decoding: lines.dropLast(), as: UTF8.self))
                lines.removeAll(keepingCapacity: true)
            }
        }
        if let out { try FileSystem.writeAtomically(lines, to: out) }
        tell(log.counts, open: open)
    }

    private func tell(_ counts: JoinedLog.Counts, open: Int) {
        guard !isJSON else {
            let json = counts.json(open: open).description
            return out == nil ? Output.error(json) : Output.line(json)
        }
        Output.error(
            "\(counts.impressions) lists, \(counts.repeatedImpressions) of them repeated; "
                + "\(counts.responses) responses: \(counts.joined) joined, "
                + "\(counts.repeatedResponses) repeated, \(counts.late) late, "
                + "\(counts.unjoined) unjoined; \(open) lists may still be answered")
    }
}

extension JoinedLog.Counts {
    fileprivate func json(open: Int) -> JSONValue {
        let counts: [(key: String, value: Int)] = [
            ("lists", impressions), ("repeatedLists", repeatedImpressions),
            ("responses", responses), ("joined", joined), ("repeated", repeatedResponses),
            ("late", late), ("unjoined", unjoined), ("open", open),
        ]
        return .object(counts.map { ($0.key, .number(Double($0.value))) })
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
        let optional: [(key: String, value: JSONValue?)] = [
            ("user", impression.user.map { .string($0) }),
            ("intent", impression.intent.map { .string($0) }),
            ("model", impression.model.map { .string($0) }),
        ]
        let members: [(key: String, value: JSONValue)] = [
            ("request", .string(impression.request)), ("time", .number(impression.time)),
            ("source", .string(impression.source.rawValue)),
            ("items", .array(impression.items.map { .string($0) })),
            ("labels", .array(labels.map { .number($0) })),
            ("scores", .array(impression.scores.map { .number($0) })),
            ("propensities", .array(impression.propensities.map { .number($0) })),
            ("features", .object(columns)),
        ]
        return .object(members + optional.compactMap { key, value in value.map { (key, $0) } })
    }
}
