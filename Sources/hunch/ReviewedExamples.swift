// The examples that came of a review: `text,intent` beside a model's data.

import NLU
import Registry

/// A file of examples that grows by what operators label.
struct ReviewedExamples {
    /// Beside model.json; training reads it in addition to the data, where it is.
    static let name = "reviewed.csv"

    private(set) var rows: [(text: String, intent: String)] = []

    init() {}

    /// Reads what `serialized` has written, or an author after it.
    ///
    /// - Throws: what is wrong, and in which line.
    init(reading bytes: [UInt8], path: String) throws {
        rows = try readDataset(bytes, path).examples.map { ($0.text, $0.intent) }
    }

    /// Takes in a label; a text has one, the last.
    mutating func add(_ text: String, _ intent: String) {
        if let place = rows.firstIndex(where: { $0.text == text }) {
            rows[place].intent = intent
        } else {
            rows.append((text, intent))
        }
    }

    /// As CSV (RFC 4180), with a head.
    var serialized: [UInt8] {
        let lines = [("text", "intent")] + rows.map { ($0.text, $0.intent) }
        return Array(lines.map { "\(Self.cell($0)),\(Self.cell($1))\n" }.joined().utf8)
    }

    private static func cell(_ text: String) -> String {
        let isPlain = !text.utf8.contains { byte in
            [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
                .contains(byte)
        }
        // What begins or ends with a space would lose it to a reader that trims.
        if isPlain, text.first != " ", text.last != " " { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
