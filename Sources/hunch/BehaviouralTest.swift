// One line of tests.jsonl: how a model must behave.

import JSON
import Registry

/// A demand on the answers of a model, as its author writes it.
///
/// A label is what the model answers with: an intent, a tag, an item, or for duplicates another text.
struct BehaviouralTest {
    /// Counts from 1.
    let line: Int
    let check: Check

    enum Check {
        /// A label, which must be answered, or must not.
        case label(Question, label: String, isWanted: Bool)
        /// Exactly these labels.
        case labels(Question, [String])
        /// An item above another one.
        case order(Question, item: String, before: String)
        /// An item among the first so many.
        case rank(Question, item: String, within: Int)
        /// The same answer to each, and perhaps which.
        case invariance([Question], label: String?)
        /// More words that make a label likelier, or less likely.
        case direction(Question, added: String, label: String, raises: Bool)
        /// The least share of answers that are right, over a file, or a slice of it, or each of its slices.
        case precision(Double, data: String, slices: String?, slice: String?)
    }

    /// What a model is asked.
    struct Question {
        var text: String
        /// Who asks a recommender; nil for somebody who sees only what everybody may.
        var user: String?
        var groups: [String] = []
        /// The place of a recommender that is asked; nil for its first.
        var source: String?
    }
}

/// Why a line of tests.jsonl is no test.
struct TestError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension BehaviouralTest {
    /// Reads a line; nil for one that only holds a comment.
    init?(_ value: JSONValue, line: Int, kind: Project.Kind) throws(TestError) {
        guard let object = value.object else { throw TestError("it must be an object") }
        let members = Members(value)
        let names = Set(object.map(\.key)).subtracting(["comment"])
        guard !names.isEmpty else { return nil }
        self.line = line
        if names.contains("data") {
            try Self.allow(["data", "precision", "slices", "slice"], names)
            check = .precision(
                try members.share("precision"), data: try members.text("data"),
                slices: try members.optional("slices"), slice: try members.optional("slice"))
        } else if names.contains("same") {
            check = try Self.invariance(members, names, kind)
        } else {
            check = try Self.answer(members, names, kind)
        }
    }

    private static func answer(
        _ members: Members, _ names: Set<String>, _ kind: Project.Kind
    ) throws(TestError) -> Check {
        let question = try question(try members.text("text"), members)
        let asking: Set = kind == .ranker ? ["text", "user", "groups", "source"] : ["text"]
        let demand = names.subtracting(asking)
        switch demand {
        case [kind.label]:
            return .label(question, label: try members.text(kind.label), isWanted: true)
        case ["not"]: return .label(question, label: try members.text("not"), isWanted: false)
        case ["tag"] where kind == .external:
            return .label(question, label: try members.text("tag"), isWanted: true)
        case ["tags"] where kind == .tags || kind == .external:
            return .labels(question, try members.texts("tags"))
        case ["item", "before"] where kind == .ranker:
            return .order(
                question, item: try members.text("item"), before: try members.text("before"))
        case ["item", "within"] where kind == .ranker:
            return .rank(
                question, item: try members.text("item"), within: try members.count("within"))
        case ["add", "raises"] where kind != .duplicates,
            ["add", "lowers"] where kind != .duplicates:
            let raises = demand.contains("raises")
            return .direction(
                question, added: try members.text("add"),
                label: try members.text(raises ? "raises" : "lowers"), raises: raises)
        default:
            throw TestError(
                "\(demand.sorted().map { "'\($0)'" }.joined(separator: ", ")) is no demand on a "
                    + "model of \(kind.rawValue); there are \(kind.demands)")
        }
    }

    /// A list of texts; or one with a name in braces, and a list of words for it.
    private static func invariance(
        _ members: Members, _ names: Set<String>, _ kind: Project.Kind
    ) throws(TestError) -> Check {
        guard kind != .duplicates else { throw TestError("duplicates take 'like' and 'not'") }
        let label = try members.optional(kind.label)
        let others = names.subtracting(["same", "user", "groups", "source", kind.label])
        var texts: [String]
        if let template = members.value["same"]?.string {
            texts = [template]
            for name in others.sorted() {
                let words = try members.texts(name)
                guard template.contains("{\(name)}") else {
                    throw TestError("'\(name)' stands nowhere in 'same' as {\(name)}")
                }
                texts = texts.flatMap { text in
                    words.map {
                        text.split(separator: "{\(name)}", omittingEmptySubsequences: false).joined(
                            separator: $0)
                    }
                }
            }
        } else {
            try allow(["same", "user", "groups", "source", kind.label], names)
            texts = try members.texts("same")
        }
        guard texts.count > 1 else { throw TestError("'same' needs two texts at least") }
        var questions: [Question] = []
        for text in texts { questions.append(try question(text, members)) }
        return .invariance(questions, label: label)
    }

    private static func question(_ text: String, _ members: Members) throws(TestError) -> Question {
        Question(
            text: text, user: try members.optional("user"),
            groups: members.value["groups"] == nil ? [] : try members.texts("groups"),
            source: try members.optional("source"))
    }

    private static func allow(_ known: Set<String>, _ names: Set<String>) throws(TestError) {
        guard let name = names.subtracting(known).min() else { return }
        throw TestError("there is no member '\(name)' here")
    }
}

extension Project.Kind {
    /// What a label of a model of this kind is called in its tests.
    var label: String {
        switch self {
        case .intents, .rules: "intent"
        case .tags: "tag"
        case .ranker: "item"
        case .duplicates: "like"
        case .external: "intent"
        }
    }

    fileprivate var demands: String {
        switch self {
        case .intents, .rules: "intent, not, add with raises or lowers, same, data with precision"
        case .tags: "tag, tags, not, add with raises or lowers, same, data with precision"
        case .ranker: "item, item with before or within, not, add with raises or lowers, same"
        case .duplicates: "like, not"
        case .external: "intent, tag, tags, not, add with raises or lowers, same"
        }
    }
}

/// The members of a line.
private struct Members {
    let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    func text(_ name: String) throws(TestError) -> String {
        guard let text = value[name]?.string, !text.isEmpty else {
            throw TestError("'\(name)' must be a text")
        }
        return text
    }

    func optional(_ name: String) throws(TestError) -> String? {
        value[name] == nil ? nil : try text(name)
    }

    func texts(_ name: String) throws(TestError) -> [String] {
        let texts = value[name]?.array?.compactMap(\.string)
        guard let texts, texts.count == value[name]?.array?.count else {
            throw TestError("'\(name)' must be a list of texts")
        }
        return texts
    }

    func share(_ name: String) throws(TestError) -> Double {
        guard let share = value[name]?.double, 0...1 ~= share else {
            throw TestError("'\(name)' must be a share from 0 to 1")
        }
        return share
    }

    func count(_ name: String) throws(TestError) -> Int {
        guard let count = value[name]?.int, count > 0 else {
            throw TestError("'\(name)' must be a number from 1 on")
        }
        return count
    }
}
