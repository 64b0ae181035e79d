// What the models have said of a document, as a client keeps it.

import JSON
import Testing

/// The answers of all models, folded from the messages that a client got.
struct Results {
    /// The entry that stands, by kind and block: what was said of the text, without names of answers.
    private(set) var answers: [String: JSONValue] = [:]
    /// By kind, the revision up to which all edits are decided.
    private(set) var covered: [String: Int] = [:]
    private(set) var messages = 0
    /// Blocks whose intent is that of a text which is being typed.
    private var typed: Set<String> = []

    init() {}

    /// Reads until both models have decided all edits up to a revision and every text is at rest.
    init(of peer: Peer, through revision: Int) throws {
        while !isSettled(revision) {
            try take(peer.expect("results"))
        }
    }

    func isSettled(_ revision: Int) -> Bool {
        typed.isEmpty && isDecided("intent", revision) && isDecided("recommendations", revision)
    }

    func isDecided(_ kind: String, _ revision: Int) -> Bool { covered[kind] ?? -1 >= revision }

    /// Takes a message in; gives the edits that it covers.
    @discardableResult
    mutating func take(_ message: JSONValue) throws -> Range<Int> {
        messages += 1
        let kind = try #require(message["kind"]?.string)
        for entry in try #require(message["results"]?.array) {
            let block = try #require(entry["block"]?.string)
            if kind == "intent" {
                if entry["settled"] == true { typed.remove(block) } else { typed.insert(block) }
            }
            answers["\(kind) \(block)"] =
                kind == "intent"
                ? .array([entry["intent"] ?? .null, entry["confidence"] ?? .null])
                : .array((entry["items"]?.array ?? []).map { $0["item"] ?? .null })
        }
        for block in message["removed"]?.array ?? [] {
            answers["\(kind) \(block.string ?? "")"] = nil
            if kind == "intent" { typed.remove(block.string ?? "") }
        }
        guard message["pending"] == nil else { return 0..<0 }
        let (old, new) = (covered[kind] ?? 0, try message.count("revision"))
        covered[kind] = max(old, new)
        return old + 1..<max(old, new) + 1
    }
}
