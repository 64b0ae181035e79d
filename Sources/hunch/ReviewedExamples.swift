// The examples that came of a review: `text,intent` or `text,tags` beside a model's data.

import NLU
import Registry
import Wire

/// A file of examples that grows by what operators label.
struct ReviewedExamples {
    /// Beside model.json; training reads it in addition to the data, where it is.
    static let name = "reviewed.csv"

    private(set) var rows: [(text: String, label: Label)] = []
    private let areTagged: Bool

    init(areTagged: Bool) {
        self.areTagged = areTagged
    }

    /// Reads what `serialized` has written, or an author after it.
    ///
    /// - Throws: what is wrong, and in which line.
    init(reading bytes: [UInt8], path: String, areTagged: Bool) throws {
        self.areTagged = areTagged
        rows =
            areTagged
            ? try readTags(bytes, path).examples.map { ($0.text, .tags($0.tags)) }
            : try readDataset(bytes, path).examples.map { ($0.text, .intent($0.intent)) }
    }

    /// Takes in a label, unless it is of another kind; a text has one, the last.
    mutating func add(_ text: String, _ label: Label) {
        switch (label, areTagged) {
        case (.intent, false), (.tags, true): replace(text, label)
        case (.intent, true), (.tags, false): break
        }
    }

    private mutating func replace(_ text: String, _ label: Label) {
        if let place = rows.firstIndex(where: { $0.text == text }) {
            rows[place].label = label
        } else {
            rows.append((text, label))
        }
    }

    /// Adds what operators have labelled to the file of a project.
    ///
    /// - Returns: the file, how many examples it holds, and how many of them are new.
    static func add(
        _ labelled: [ReviewItem], to model: String, areTagged: Bool, in registry: Registry
    ) throws -> (path: String, count: Int, new: Int) {
        let path = try registry.projectPath(model) + "/" + name
        var examples =
            FileSystem.exists(path)
            ? try ReviewedExamples(
                reading: FileSystem.read(path), path: path, areTagged: areTagged)
            : ReviewedExamples(areTagged: areTagged)
        let before = examples.rows.count
        for item in labelled { examples.add(item.text, item.answer.label) }
        if !examples.rows.isEmpty {
            try FileSystem.writeAtomically(examples.serialized, to: path)
        }
        return (path, examples.rows.count, examples.rows.count - before)
    }

    /// As CSV (RFC 4180), with a head.
    var serialized: [UInt8] {
        let lines =
            [("text", areTagged ? "tags" : "intent")] + rows.map { ($0.text, $0.label.text) }
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
