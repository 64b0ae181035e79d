import JSON
import Testing

/// Tests that give commands in a folder of their own.
protocol CommandSuite {
    var folder: Folder { get }
}

extension CommandSuite {
    /// What a command prints that must succeed.
    func run(_ words: String...) throws -> String { try Program.run(words, in: folder) }

    /// The one object that a command prints that must succeed.
    func json(_ words: String...) throws -> JSONValue {
        try JSONValue(parsing: try Program.run(words + ["--json"], in: folder).trimmed)
    }

    /// What a command complains of that must not succeed.
    func refusal(_ words: String..., code: Int32 = 1) throws -> String {
        let before = folder.text("errors.txt").count
        #expect(try Program(words, in: folder).exitStatus() == code)
        return String(folder.text("errors.txt").dropFirst(before))
    }
}
