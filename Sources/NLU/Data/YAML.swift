// What a YAML document says.

/// A value of a YAML document, and the line at which it begins.
struct YAML: Equatable {
    struct Member: Equatable {
        let key: String
        let line: Int
        let value: YAML
    }

    enum Content: Equatable {
        case empty
        case scalar(String)
        /// A literal block: its lines, the first of which is at `line`.
        case lines([String])
        case sequence([YAML])
        case mapping([Member])
    }

    let line: Int
    let content: Content

    /// The members of a mapping.
    var members: [Member]? {
        if case .mapping(let members) = content { members } else { nil }
    }

    /// The items of a sequence.
    var items: [YAML]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// The text of a scalar or of a block.
    var string: String? {
        switch content {
        case .scalar(let string): string
        case .lines(let lines): lines.joined(separator: "\n")
        case .empty, .sequence, .mapping: nil
        }
    }
}

extension Substring {
    /// Whether it begins an item of a sequence.
    var isItem: Bool { self == "-" || hasPrefix("- ") }

    /// Whether it opens a block: `|` or `>`, with nothing but its indicators and a comment.
    var isBlockHeader: Bool {
        guard hasPrefix("|") || hasPrefix(">") else { return false }
        return dropFirst().withoutComment.trimmed.allSatisfy { "+-0123456789".contains($0) }
    }

    /// Without a comment, which a space must stand before.
    var withoutComment: Substring {
        var previous: Character = " "
        for i in indices {
            if self[i] == "#", previous == " " || previous == "\t" { return self[..<i] }
            previous = self[i]
        }
        return self
    }

    /// The colon that ends a key: the first before a space or the end.
    var keyEnd: Index? {
        indices.first {
            guard self[$0] == ":" else { return false }
            let next = index(after: $0)
            return next == endIndex || self[next] == " "
        }
    }
}
