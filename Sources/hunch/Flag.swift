// The flags of a command, read from its help.

/// A flag as the help of a command lists it: completion, the manual and the configuration file know
/// flags from there, so that none of them can say what the help does not.
struct Flag: Equatable {
    /// As in `--port`.
    let name: String
    /// What it takes, as in `PORT`; nil for nothing.
    let value: String?
    /// The words that it takes, where the usage names them.
    let choices: [String]
}

extension Command {
    /// The flags in the lines of the help that begin with one, and others of the usage.
    var flags: [Flag] {
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        let usage = lines.prefix { !$0.isEmpty }.joined(separator: " ")
        let choices = Self.choices(in: usage)
        var flags: [Flag] = []
        for line in lines.map({ $0.drop { $0 == " " } }) where line.hasPrefix("-") {
            for part in Self.head(of: line).split(separator: ",") {
                let words = part.split(separator: " ")
                guard let name = words.first, name.hasPrefix("-") else { continue }
                let value = words.count > 1 ? String(words[1]) : nil
                flags.append(
                    Flag(name: String(name), value: value, choices: choices[String(name)] ?? []))
            }
        }
        let words = usage.split { " []()…".contains($0) }
        for (word, next) in zip(words, words.dropFirst() + [""]) where word.hasPrefix("--") {
            guard !flags.contains(where: { $0.name == word }) else { continue }
            let value = next.hasPrefix("-") || next.isEmpty || next == "|" ? nil : String(next)
            flags.append(
                Flag(name: String(word), value: value, choices: choices[String(word)] ?? []))
        }
        return flags
    }

    /// What stands before the explanation.
    private static func head(of line: Substring) -> Substring {
        var spaces = 0
        for place in line.indices {
            spaces = line[place] == " " ? spaces + 1 : 0
            if spaces == 2 { return line[..<place] }
        }
        return line
    }

    /// The words that a flag takes where the usage lists them: `[--kind intents|tags]`.
    private static func choices(in usage: String) -> [String: [String]] {
        var choices: [String: [String]] = [:]
        let words = usage.split { " []()".contains($0) }
        for (word, next) in zip(words, words.dropFirst()) where word.hasPrefix("--") {
            let list = next.split(separator: "|").map(String.init)
            if list.count > 1, list.allSatisfy({ $0.allSatisfy(\.isLowercase) }) {
                choices[String(word)] = list
            }
        }
        return choices
    }
}
