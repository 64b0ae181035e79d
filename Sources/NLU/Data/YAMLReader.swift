// Reads the part of YAML 1.2 that files of examples use.

/// Reads block mappings and sequences, plain and quoted scalars on one line, literal blocks (`|`,
/// `>`) and comments; anchors, tags, flow collections and further documents are refused.
struct YAMLReader {
    private struct Line {
        let number: Int
        var indent: Int
        var text: Substring
    }

    private var lines: [Line]
    private var at = 0

    init(_ bytes: ArraySlice<UInt8>) throws(DatasetError) {
        lines = []
        let all = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (i, line) in all.enumerated() {
            let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let text = String(validating: content, as: UTF8.self) else {
                throw DatasetError(line: i + 1, reason: .notUTF8)
            }
            let rest = text.drop { $0 == " " }
            let indent = text.utf8.count - rest.utf8.count
            lines.append(Line(number: i + 1, indent: indent, text: rest))
        }
    }

    /// Reads the document: a mapping, of which only the members named in `keys` are read.
    ///
    /// Members named in `others` are passed over without being understood; any other name is an
    /// error.
    mutating func document(
        keys: Set<String>, passingOver others: Set<String>
    ) throws(DatasetError) -> [YAML.Member] {
        try openDocument()
        var members: [YAML.Member] = []
        while let line = try nextLine() {
            if line.text == "..." { break }
            guard line.indent == 0 else { throw error(.expected("a key at the start of a line")) }
            guard !line.text.hasPrefix("---") else {
                throw error(.unsupportedYAML("a second document"))
            }
            let (key, rest) = try self.key(of: line)
            if others.contains(key) {
                at += 1
                skipMember()
            } else if keys.contains(key) {
                guard !members.contains(where: { $0.key == key }) else {
                    throw error(.repeatedMember(key))
                }
                let value = try memberValue(rest, indent: 0)
                members.append(YAML.Member(key: key, line: line.number, value: value))
            } else {
                throw error(.unknownMember(key))
            }
        }
        return members
    }

    private mutating func openDocument() throws(DatasetError) {
        while let line = try nextLine(), line.text.hasPrefix("%") { at += 1 }
        if let line = try nextLine(), line.text == "---" { at += 1 }
    }

    /// Passes over the lines that belong to a member at the left border.
    private mutating func skipMember() {
        while at < lines.count {
            let line = lines[at]
            let isInside =
                line.indent > 0 || line.text.isEmpty || line.text.hasPrefix("#")
                || line.text == "-" || line.text.hasPrefix("- ")
            guard isInside else { return }
            at += 1
        }
    }

    // MARK: Collections

    /// The next line that is neither blank nor a comment; it stays the next one.
    private mutating func nextLine() throws(DatasetError) -> Line? {
        while at < lines.count {
            let line = lines[at]
            if !line.text.isEmpty, !line.text.hasPrefix("#"), !line.text.trimmed.isEmpty {
                guard line.text.first != "\t" else {
                    throw error(.unsupportedYAML("a tab as indentation"))
                }
                return line
            }
            at += 1
        }
        return nil
    }

    /// Reads what stands deeper than `indent`; empty where nothing does.
    private mutating func node(deeperThan indent: Int) throws(DatasetError) -> YAML {
        guard let line = try nextLine(), line.indent > indent else {
            return YAML(line: lines[max(at - 1, 0)].number, content: .empty)
        }
        if line.text.isItem { return try sequence(line) }
        if (try? key(of: line)) != nil { return try mapping(line) }
        at += 1
        return try inline(line.text, at: line, parent: indent)
    }

    private mutating func sequence(_ first: Line) throws(DatasetError) -> YAML {
        var items: [YAML] = []
        while let line = try nextLine(), line.indent == first.indent, line.text.isItem {
            // The item begins where its text begins, as if there were no dash.
            let rest = line.text.dropFirst().drop { $0 == " " }
            if rest.isEmpty || rest.hasPrefix("#") {
                at += 1
                items.append(try node(deeperThan: line.indent))
            } else if rest.isBlockHeader {
                at += 1
                items.append(try block(rest, line, parent: line.indent))
            } else {
                lines[at].indent += line.text.utf8.count - rest.utf8.count
                lines[at].text = rest
                items.append(try node(deeperThan: line.indent))
            }
        }
        try checkEnd(of: first)
        return YAML(line: first.number, content: .sequence(items))
    }

    private mutating func mapping(_ first: Line) throws(DatasetError) -> YAML {
        var members: [YAML.Member] = []
        while let line = try nextLine(), line.indent == first.indent, !line.text.isItem {
            let (key, rest) = try self.key(of: line)
            guard !members.contains(where: { $0.key == key }) else {
                throw error(.repeatedMember(key))
            }
            let value = try memberValue(rest, indent: line.indent)
            members.append(YAML.Member(key: key, line: line.number, value: value))
        }
        try checkEnd(of: first)
        return YAML(line: first.number, content: .mapping(members))
    }

    /// After a collection the text goes on further to the left.
    private mutating func checkEnd(of first: Line) throws(DatasetError) {
        guard let line = try nextLine() else { return }
        if line.indent > first.indent { throw error(.expected("less indentation")) }
    }

    /// Reads the value after a key; the line of the key is the next one.
    private mutating func memberValue(
        _ rest: Substring, indent: Int
    ) throws(DatasetError) -> YAML {
        let line = lines[at]
        at += 1
        guard rest.isEmpty || rest.hasPrefix("#") else {
            if rest.isBlockHeader { return try block(rest, line, parent: indent) }
            return try inline(rest, at: line, parent: indent)
        }
        // The items of a sequence may stand as far to the left as the key.
        if let next = try nextLine(), next.indent == indent, next.text.isItem {
            return try sequence(next)
        }
        return try node(deeperThan: indent)
    }

    // MARK: Scalars

    /// A key and what follows its colon.
    private func key(of line: Line) throws(DatasetError) -> (String, Substring) {
        var text = line.text
        let key: String
        if let quote = text.first, quote == "\"" || quote == "'" {
            key = try quoted(&text, line)
            text = text.drop { $0 == " " }
            guard text.hasPrefix(":") else { throw error(.expected("a key and a colon"), line) }
        } else {
            try refuseIndicators(text, line)
            guard let colon = text.keyEnd else { throw error(.expected("a key and a colon"), line) }
            key = String(text[..<colon].trimmed)
            text = text[colon...]
        }
        return (key, text.dropFirst().trimmed)
    }

    /// A scalar on one line.
    private mutating func inline(
        _ text: Substring, at line: Line, parent: Int
    ) throws(DatasetError) -> YAML {
        var rest = text
        let scalar: String
        if text.hasPrefix("\"") || text.hasPrefix("'") {
            scalar = try quoted(&rest, line)
            rest = rest.trimmed
            guard rest.isEmpty || rest.hasPrefix("#") else {
                throw error(.expected("the end of the line after a quoted text"), line)
            }
        } else {
            try refuseIndicators(text, line)
            scalar = String(text.withoutComment.trimmed)
        }
        if let next = try nextLine(), next.indent > parent {
            throw error(.unsupportedYAML("a text of several lines without “|”"))
        }
        return YAML(line: line.number, content: .scalar(scalar))
    }

    private func refuseIndicators(_ text: Substring, _ line: Line) throws(DatasetError) {
        let what: String? =
            switch text.first {
            case "&": "an anchor"
            case "*": "an alias"
            case "!": "a tag"
            case "[", "{": "a collection in brackets"
            case "?" where text.hasPrefix("? "): "a key of several lines"
            case "@", "`", "%": "a reserved sign"
            default: nil
            }
        if let what { throw error(.unsupportedYAML(what), line) }
    }

    /// Takes a quoted text; in double quotes with the escapes that JSON has too.
    private func quoted(_ text: inout Substring, _ line: Line) throws(DatasetError) -> String {
        let quote = text.removeFirst()
        var result = ""
        while let character = text.popFirst() {
            if character == quote {
                guard quote == "'", text.first == "'" else { return result }
                text.removeFirst()
            } else if character == "\\", quote == "\"" {
                guard let escape = text.popFirst(), let meant = Self.escapes[escape] else {
                    throw error(.unsupportedYAML("this escape"), line)
                }
                result.append(meant)
                continue
            }
            result.append(character)
        }
        throw error(.unterminatedQuote, line)
    }

    private static let escapes: [Character: Character] = [
        "\"": "\"", "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r", " ": " ", "0": "\0",
    ]

    /// Reads the lines of a block that stand deeper than `parent`.
    private mutating func block(
        _ header: Substring, _ line: Line, parent: Int
    ) throws(DatasetError) -> YAML {
        let start = at
        var indent: Int?
        var content: [String] = []
        while at < lines.count {
            let next = lines[at]
            if next.text.isEmpty {
                content.append("")
            } else {
                guard next.indent > parent else { break }
                let border = indent ?? next.indent
                indent = border
                guard next.indent >= border else { throw error(.expected("more indentation")) }
                content.append(String(repeating: " ", count: next.indent - border) + next.text)
            }
            at += 1
        }
        while content.last == "" { content.removeLast() }
        let number = start < lines.count ? lines[start].number : line.number
        guard header.hasPrefix(">") else { return YAML(line: number, content: .lines(content)) }
        return YAML(line: number, content: .scalar(content.joined(separator: " ")))
    }

    private func error(_ reason: DatasetError.Reason, _ line: Line? = nil) -> DatasetError {
        let next = at < lines.count ? lines[at].number : lines.count
        return DatasetError(line: line?.number ?? next, reason: reason)
    }
}
