// hunch review: what a model was not sure of, and what users have called wrong.

import Client
import Glibc
import JSON
import Registry
import Wire

struct ReviewCommand {
    static let command = Command(
        name: "review", summary: "label what a model was not sure of, or got wrong",
        help: """
            usage: hunch review -n NAME [--list] [--limit 20] [--label ITEM=LABEL]… [--drop ITEM]…
                                [--add] [--export FILE] [--json]

            Shows the texts of a model that wait for somebody's judgement: first those that users have
            reported, then those that the model was unsure of most often. At a terminal it asks for the label of
            each; elsewhere it lists them. A text that has a label, or was dropped, does not come again.

            It asks the running server; where none runs, it works on the environment's journal.

              -n NAME              the model
              --list               only list them
              --limit N            at most so many (default: 20)
              --label ITEM=LABEL   give an item a label, as often as needed: an intent; of a model of tags, all
                                   tags of the text with | between them: ITEM='money|urgent', ITEM= for none
              --drop ITEM          take an item out of the queue without a label
              --add                write all labelled texts to models/NAME/reviewed.csv, which training
                                   reads in addition to the model's data
              --export FILE        write all labelled texts to a CSV file `text,intent` or `text,tags`
              --json               list each item as one JSON object
            \(Home.help)
            """
    ) { try ReviewCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let limit: Int
    private let isListing: Bool
    private let isJSON: Bool
    private let labels: [(item: String, label: String)]
    private let dropped: [String]
    private let isAdding: Bool
    private let export: String?

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "review")
        home = try Home(&arguments)
        name = try arguments.modelName()
        limit = try arguments.integer("--limit", in: 1...100_000) ?? 20
        isListing = arguments.flag("--list")
        isJSON = arguments.flag("--json")
        labels = try Self.labels(&arguments)
        dropped = try arguments.values("--drop")
        isAdding = arguments.flag("--add")
        export = try arguments.value("--export")
        try arguments.end()
    }

    private static func labels(
        _ arguments: inout Arguments
    ) throws(UsageError) -> [(item: String, label: String)] {
        var labels: [(item: String, label: String)] = []
        for text in try arguments.values("--label") {
            let parts = text.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false
            ).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw arguments.error("--label takes ITEM=LABEL, not '\(text)'")
            }
            labels.append((parts[0], parts[1]))
        }
        return labels
    }

    func run() throws {
        let registry = home.registry
        guard try registry.projects().contains(name) || registry.models().contains(name) else {
            throw Failure("there is no model '\(name)'; see: hunch list models")
        }
        let desk = try ReviewDesk(home, model: name)
        let labelling = try Labelling(of: name, in: registry)
        try decide(at: desk, labelling)
        let isAsked = isListing || isJSON || !labels.isEmpty || !dropped.isEmpty
        if !isAsked, isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 {
            try ask(at: desk, labelling)
        } else if isListing || isJSON || !(isAdding || export != nil || isAsked) {
            try list(desk)
        }
        if isAdding || export != nil { try write(desk.items(labelled: true).items, labelling) }
        try desk.close()
    }

    // MARK: Deciding

    /// Carries out `--label` and `--drop`.
    private func decide(at desk: ReviewDesk, _ labelling: Labelling) throws {
        guard !labels.isEmpty || !dropped.isEmpty else { return }
        let waiting = try desk.items().items
        let decisions = labels.map { ($0.item, Optional($0.label)) } + dropped.map { ($0, nil) }
        // All are looked up before the first is carried out.
        let found = try decisions.map { item, label in
            guard let known = waiting.first(where: { $0.item == item }) else {
                throw Failure(
                    "no text '\(item)' of \(name) waits; see: hunch review -n \(name) --list")
            }
            return (known, try label.map { try labelling.label($0) })
        }
        for (item, label) in found { try desk.decide(item.text, label: label) }
        Output.error("labelled \(labels.count), dropped \(dropped.count)")
    }

    /// Asks for the label of each, at a terminal.
    private func ask(at desk: ReviewDesk, _ labelling: Labelling) throws {
        let (items, total) = try desk.items(limit: limit)
        guard !items.isEmpty else { return Output.line(nothing) }
        for (number, item) in items.enumerated() {
            let choices = labelling.choices(for: item)
            Output.line(
                "\n\(number + 1) of \(items.count)\(total > items.count ? " (\(total) wait)" : "")")
            Output.line(text(item))
            for (number, choice) in choices.enumerated() {
                let share = choice.confidence.map { "  \(Figure.fixed(Double($0), 2))" } ?? ""
                Output.line("  \(number + 1)  \(EventLine.harmless(choice.name))\(share)")
            }
            switch answer(choices.map(\.name), labelling) {
            case .label(let label): try desk.decide(item.text, label: label)
            case .drop: try desk.decide(item.text, label: nil)
            case .skip: continue
            case .quit: return
            }
        }
    }

    private enum Answer {
        case label(Label)
        case drop, skip, quit
    }

    private func answer(_ choices: [String], _ labelling: Labelling) -> Answer {
        while true {
            Output.write("\(labelling.question); s skips, d drops, q quits: ", to: STDOUT_FILENO)
            guard let line = readLine() else { return .quit }
            switch line.split(whereSeparator: \.isWhitespace).joined(separator: " ") {
            case "": continue
            case "s": return .skip
            case "d": return .drop
            case "q": return .quit
            case let words:
                do {
                    return .label(try labelling.label(answering: words, choices))
                } catch {
                    Output.line("\(error)")
                }
            }
        }
    }

    // MARK: Listing

    private func list(_ desk: ReviewDesk) throws {
        let (items, total) = try desk.items(limit: limit)
        for item in items {
            guard isJSON else {
                Output.line(text(item))
                continue
            }
            var writer = JSONWriter()
            item.write(to: &writer)
            Output.line(String(decoding: writer.bytes, as: UTF8.self))
        }
        if isJSON { return }
        if items.isEmpty { return Output.line(nothing) }
        Output.error("\(items.count) of \(total) that wait; label one: --label ITEM=INTENT")
    }

    private var nothing: String { "nothing of \(name) waits in '\(home.environment)'" }

    private func text(_ item: ReviewItem) -> String {
        var parts = ["\(item.model): \(item.answer.line)"]
        if item.times > 0 { parts.append("unsure \(item.times)×") }
        parts += item.reports.map { "reported \($0.count)×: \($0.label.line)" }
        let isLong = item.text.count > Self.shown
        let text = isLong ? item.text.prefix(Self.shown) + "…" : item.text[...]
        return EventLine.harmless("\(item.item)  \(text)") + "\n    "
            + EventLine.harmless(parts.joined(separator: " · "))
    }

    /// So many characters of a text are enough to tell what it is.
    private static let shown = 300

    // MARK: Writing

    private func write(_ labelled: [ReviewItem], _ labelling: Labelling) throws {
        if let export {
            var examples = ReviewedExamples(areTagged: labelling.isOfTags)
            for item in labelled { examples.add(item.text, item.answer.label) }
            try FileSystem.writeAtomically(examples.serialized, to: export)
            Output.error("wrote \(examples.rows.count) examples to \(export)")
        }
        guard isAdding else { return }
        let path = try home.registry.projectPath(name) + "/" + ReviewedExamples.name
        guard FileSystem.isFolder(FileSystem.parent(of: path)) else {
            throw Failure("there is no model '\(name)' here to add examples to; use --export FILE")
        }
        let (_, count, new) = try ReviewedExamples.add(
            labelled, to: name, areTagged: labelling.isOfTags, in: home.registry)
        guard count > 0 else { return Output.error("nothing is labelled yet") }
        Output.error("\(path): \(new) new of \(count) examples")
        Output.error("next: hunch train model -n \(name)")
    }
}

extension Label {
    /// For a line of a list.
    fileprivate var line: String {
        if case .tags(let set) = self, set.tags.isEmpty { return "no tag" }
        return text
    }
}

extension ReviewItem.Answer {
    /// For a line of a list.
    fileprivate var line: String {
        switch self {
        case .intent(let name, let confidence, _): "\(name) \(Figure.fixed(Double(confidence), 2))"
        case .tags(let tags):
            tags.isEmpty
                ? "no tag"
                : tags.map { "\($0.tag) \(Figure.fixed(Double($0.confidence), 2))" }
                    .joined(separator: ", ")
        }
    }
}
