// The words of a command line.

import Glibc
import JSON

/// Flags and other words of a command, each taken once; what is left over is an error.
///
/// A flag that is not given may come from elsewhere, as `Configuration.help` tells.
struct Arguments {
    private let command: String
    private var words: [String]

    init(_ words: [String], command: String) {
        self.words = words
        self.command = command
    }

    /// Takes `--name VALUE` or `--name=VALUE`, the last one given; or what is configured.
    mutating func value(_ names: String...) throws(UsageError) -> String? { try value(names) }

    private mutating func value(_ names: [String]) throws(UsageError) -> String? {
        var value: String?
        while let next = try take(names) { value = next }
        guard value == nil, let flag = names.first(where: { $0.hasPrefix("--") }) else {
            return value
        }
        return try Configuration.value(of: flag)
    }

    /// Takes `--name VALUE` as often as it stands, in order; never from elsewhere.
    mutating func values(_ name: String) throws(UsageError) -> [String] {
        var values: [String] = []
        while let next = try take([name]) { values.append(next) }
        return values
    }

    /// Takes the first `--name VALUE` or `--name=VALUE` that is left.
    private mutating func take(_ names: [String]) throws(UsageError) -> String? {
        let isNamed = { (word: String) in
            names.contains { word == $0 || word.hasPrefix($0 + "=") }
        }
        guard let place = words.firstIndex(where: isNamed) else { return nil }
        let word = words.remove(at: place)
        guard names.contains(word) else { return String(word.drop { $0 != "=" }.dropFirst()) }
        guard place < words.count, !words[place].hasPrefix("--") else {
            throw error("\(word) needs a value")
        }
        return words.remove(at: place)
    }

    /// Takes `--name`.
    mutating func flag(_ name: String) -> Bool {
        let isThere = words.contains(name)
        words.removeAll { $0 == name }
        return isThere
    }

    /// Takes `--name NUMBER` within a range.
    mutating func integer(
        _ name: String, in range: ClosedRange<Int>
    ) throws(UsageError) -> Int? {
        guard let text = try value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw error("\(name) takes a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Takes a value that must be there.
    mutating func required(_ names: String...) throws(UsageError) -> String {
        if let value = try value(names) { return value }
        throw error("\(names.joined(separator: " or ")) is missing")
    }

    /// Takes the next word that is no flag.
    mutating func word() -> String? {
        guard let place = words.firstIndex(where: { !$0.hasPrefix("-") }) else { return nil }
        return words.remove(at: place)
    }

    /// Takes all words that are left.
    mutating func rest() throws(UsageError) -> [String] {
        if let flag = words.first(where: { $0.hasPrefix("-") }) { throw unknown(flag) }
        defer { words = [] }
        return words
    }

    /// Checks that everything was taken.
    func end() throws(UsageError) {
        if let word = words.first { throw unknown(word) }
    }

    func error(_ message: String) -> UsageError { UsageError(message, command: command) }

    private func unknown(_ word: String) -> UsageError {
        error("'\(word)' is not known here, or stands once too often")
    }
}

/// A command line that cannot be carried out: exit code 2.
struct UsageError: Error {
    let message: String
    let command: String

    init(_ message: String, command: String) {
        self.message = message
        self.command = command
    }
}

/// A command that could not do what it was asked: exit code 1.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The two streams of a command.
enum Output {
    /// Writes a line to standard output.
    static func line(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// Writes what came of a command: one object for programs, or lines for people.
    static func result(_ value: JSONValue, isJSON: Bool, _ lines: String...) {
        if isJSON { return line(value.description) }
        lines.forEach(line)
    }

    /// Writes a line to standard error.
    static func error(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    /// Writes bytes as they are; a reader that has gone ends the process, as in any pipe.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { exit(1) }
            bytes = bytes.dropFirst(count)
        }
    }
}
