// hunch show drift: how the answers of a model in use stand against those of its training.

import JSON
import Numerics
import Wire

struct ShowDriftCommand {
    static let command = Command(
        name: "show", nouns: ["drift"],
        summary: "compare a model's live answers with those of its training",
        help: """
            usage: hunch show drift -n NAME[@VERSION] [--env dev] [--json]

            Asks the running server how the answers of the last hour and of the last day differ from the
            reference: those that the version gave in training to what it was not fitted to, or where there
            are none its first 2,000 answers. Counted are answers to texts that rest: their intent, the
            confidence, the length of the text and the words of it that training has not seen. Of
            recommenders it is lists that were seen, by the features of one item each, against the last
            fifth of the log.

            A feature has drifted where the difference is beyond chance (with a look a minute, one false
            alarm in a hundred days for each version at most, be the answers few or many) and of a size that
            matters: a population stability index 0.1 above what chance gives, or 5 % more of the answers
            without a value or with one that the reference never had. An event `drift` tells of it.

              -n NAME   the model, or one of its versions in use
              --json    print one object a version
            \(Home.help)
            """
    ) { try ShowDriftCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "show")
        home = try Home(&arguments)
        name = try arguments.required("-n", "--name")
        isJSON = arguments.flag("--json")
        try arguments.noun("drift")
        try arguments.end()
    }

    func run() throws {
        guard let reply = try home.askServer(.drift(.init(model: name))),
            case .drift(let drift) = reply.body
        else { throw Failure("no server runs for '\(home.environment)'; start one: hunch serve") }
        for version in drift.versions {
            if isJSON {
                Output.line(version.description)
            } else {
                DriftText(version).lines.forEach(Output.line)
            }
        }
    }
}

/// A report as people read it.
private struct DriftText {
    let lines: [String]

    init(_ version: JSONValue) {
        var lines = ["\(version["model"]?.string ?? ""): \(Self.reference(version))"]
        for window in version["windows"]?.array ?? [] { lines += Self.window(window) }
        self.lines = lines
    }

    private static func reference(_ version: JSONValue) -> String {
        let count = Figure.count(version["reference"]?["answers"]?.int ?? 0)
        return switch version["reference"]?["source"]?.string {
        case "heldOut": "against \(count) answers to what training held out"
        case "log": "against the last \(count) lists of the log that it was trained on"
        case "firstAnswers": "training left no reference; against its first \(count) answers"
        case .some: "training left no reference; \(count) answers so far make one"
        case nil: "answers of this kind are not compared"
        }
    }

    private static func window(_ window: JSONValue) -> [String] {
        let features = window["features"]?.array ?? []
        let head = ["", "PSI", "by chance", "p", "JS", "KS", "missing", "unseen", ""]
        let rows = features.map { feature in
            [
                feature["name"]?.string ?? "", number(feature["psi"]),
                number(feature["psiByChance"]), chance(feature["p"]?.double ?? 1),
                number(feature["jensenShannon"]), number(feature["ks"]),
                share(feature["missing"]?["live"]), share(feature["unseen"]?["live"]),
                verdict(feature),
            ]
        }
        let count = Figure.count(window["answers"]?.int ?? 0)
        return ["last \(window["window"]?.string ?? ""), \(count) answers"]
            + columns([head] + rows) + features.filter { $0["verdict"] == "drifted" }.map(moved)
    }

    private static func verdict(_ feature: JSONValue) -> String {
        switch feature["verdict"]?.string {
        case "drifted": "DRIFTED"
        case "steady": "steady"
        default: "too few"
        }
    }

    /// Where the shares differ most.
    private static func moved(_ feature: JSONValue) -> String {
        let slots = (feature["slots"]?.array ?? []).map { slot in
            (
                name: slot["slot"]?.string ?? "", before: slot["reference"]?.double ?? 0,
                now: slot["live"]?.double ?? 0
            )
        }
        let most = slots.sorted { abs($0.now - $0.before) > abs($1.now - $1.before) }.prefix(4)
        let told = most.map { "\($0.name) \(percent($0.before)) → \(percent($0.now)) %" }
        return "  \(feature["name"]?.string ?? ""): \(told.joined(separator: ", "))"
    }

    private static func number(_ value: JSONValue?) -> String {
        value?.double.map { decimal($0) } ?? "–"
    }

    private static func share(_ value: JSONValue?) -> String {
        value?.double.map { "\(percent($0)) %" } ?? "–"
    }
}
