// What model.json says of a model that is a program.

package import JSON

/// How a program that answers for a model is started, asked and watched.
package struct ExternalDefinition: Equatable, Sendable {
    /// What it says of a text.
    package enum Answers: String, Sendable, CaseIterable {
        case intent, tags
    }

    package let answers: Answers
    /// The tags that it may say; others are not shown.
    ///
    /// None where it says intents.
    package let tags: [String]
    /// The program and its arguments; it runs in the folder of the model's files.
    package let command: [String]
    /// From a batch to its answers; past that the program is killed and started anew.
    package var timeoutMillis = 200
    /// From the start to the line that says that it is ready.
    ///
    /// No text waits longer for a program.
    package var startMillis = 10_000
    /// Programs that run side by side.
    package var concurrency = 2
    /// Texts in one line, at most.
    package var batch = 16
    /// Texts that wait, at most; a block of a document that comes then is asked again, another text not answered.
    package var queue = 256
    /// The wait before the first new start after a failure, and the longest; each is twice the last.
    package var restartMillis = [100, 5000]

    /// What model.json may hold beside the members that are read here.
    private static let others: Set = ["name", "kind", "comment"]
    private static let names: Set = [
        "answers", "command", "tags", "timeoutMillis", "startMillis", "concurrency", "batch",
        "queue",
        "restartMillis",
    ]

    /// Reads an object; a member of another name is an error, as it is most likely a slip of the pen.
    package init(_ json: JSONValue) throws(ExternalDefinitionError) {
        for (name, _) in json.object ?? []
        where !Self.names.contains(name) && !Self.others.contains(name) {
            throw .unknown(name, Self.names.sorted())
        }
        guard let answers = json["answers"]?.string.flatMap(Answers.init) else {
            throw .unsuitable("answers", "\"intent\" or \"tags\"")
        }
        self.answers = answers
        command = try Self.texts("command", json, "a list of words, the program and its arguments")
        tags = answers == .tags ? try Self.texts("tags", json, "the list of tags it may say") : []
        try Self.read("timeoutMillis", json, 1...600_000, into: &timeoutMillis)
        try Self.read("startMillis", json, 1...600_000, into: &startMillis)
        try Self.read("concurrency", json, 1...64, into: &concurrency)
        try Self.read("batch", json, 1...1024, into: &batch)
        try Self.read("queue", json, 1...65_536, into: &queue)
        if let value = json["restartMillis"] {
            let waits = value.array?.compactMap(\.int) ?? []
            guard waits.count == 2, waits[0] > 0, waits[0] <= waits[1], waits[1] <= 3_600_000 else {
                throw .unsuitable("restartMillis", "two numbers, the first and the longest wait")
            }
            restartMillis = waits
        }
    }

    private static func texts(
        _ name: String, _ json: JSONValue, _ wanted: String
    ) throws(ExternalDefinitionError) -> [String] {
        let texts = json[name]?.array?.compactMap(\.string) ?? []
        guard !texts.isEmpty, texts.count == json[name]?.array?.count,
            !texts.contains(where: \.isEmpty)
        else { throw .unsuitable(name, wanted) }
        return texts
    }

    private static func read(
        _ name: String, _ json: JSONValue, _ range: ClosedRange<Int>, into setting: inout Int
    ) throws(ExternalDefinitionError) {
        guard let value = json[name] else { return }
        guard let number = value.int, range.contains(number) else {
            throw .unsuitable(
                name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        setting = number
    }

    /// All members; equal definitions have equal ones.
    package var json: JSONValue {
        let list = { (texts: [String]) in JSONValue.array(texts.map { .string($0) }) }
        let numbers = [
            ("timeoutMillis", timeoutMillis), ("startMillis", startMillis),
            ("concurrency", concurrency), ("batch", batch), ("queue", queue),
        ]
        var members: [(key: String, value: JSONValue)] = [
            ("answers", .string(answers.rawValue)), ("command", list(command)),
        ]
        if answers == .tags { members.append(("tags", list(tags))) }
        members += numbers.map { ($0.0, .number(Double($0.1))) }
        members.append(("restartMillis", .array(restartMillis.map { .number(Double($0)) })))
        return .object(members)
    }
}

/// Why a definition makes no sense, and what would.
package enum ExternalDefinitionError: Error, Equatable, CustomStringConvertible {
    case unsuitable(String, String)
    /// A name, and those that there are.
    case unknown(String, [String])

    package var description: String {
        switch self {
        case .unsuitable(let name, let suitable): "\"\(name)\" must be \(suitable)"
        case .unknown(let name, let names):
            "\"\(name)\" means nothing here; there are \(names.joined(separator: ", "))"
        }
    }
}
