// What a tagger sees of each token.

import Numerics

/// The features of a text, as hashes.
///
/// Of a token: itself, its neighbours up to two away alone and in pairs, its first and last letters,
/// its shape, and what lists and patterns found there. Of the text as a whole: its words and pairs
/// of words, which say what it is about, and so what may occur in it.
struct TokenFeatures {
    /// What lists and patterns found, by token.
    private var marks: [Mark] = []
    private var markStarts: [Int] = []

    private struct Mark {
        let token: Int
        let hash: UInt64
    }

    /// What a token is in a feature: its hash and that of its shape.
    private struct Sight {
        let word: UInt64
        let shape: UInt64
    }

    /// Takes over candidates; `keys` give the hash of a type by source and rank.
    mutating func mark(
        _ candidates: [EntityCandidate], tokenCount: Int, keys: TagMarkKeys
    ) {
        marks.removeAll(keepingCapacity: true)
        for candidate in candidates {
            let key = keys.key(of: candidate)
            for token in candidate.tokens {
                let place: UInt64 = token == candidate.tokens.lowerBound ? 1 : 2
                marks.append(Mark(token: token, hash: Self.mix(.mark, key, place)))
            }
        }
        marks.sort { ($0.token, $0.hash) < ($1.token, $1.hash) }
        markStarts.removeAll(keepingCapacity: true)
        var next = 0
        for token in 0...tokenCount {
            while next < marks.count, marks[next].token < token { next += 1 }
            markStarts.append(next)
        }
    }

    /// Calls `body` with the features of token `i`.
    @inline(__always)
    func forEach(at i: Int, in text: EntityText, ignoringCase: Bool, _ body: (UInt64) -> Void) {
        let own = sight(i, text, ignoringCase)
        let before = sight(i - 1, text, ignoringCase)
        let after = sight(i + 1, text, ignoringCase)
        let second = sight(i - 2, text, ignoringCase).word
        let fourth = sight(i + 2, text, ignoringCase).word
        body(Self.mix(.bias, 0, 0))
        body(Self.mix(.word, own.word, 0))
        body(Self.mix(.before, before.word, 0))
        body(Self.mix(.after, after.word, 0))
        body(Self.mix(.secondBefore, second, 0))
        body(Self.mix(.secondAfter, fourth, 0))
        body(Self.mix(.before, before.word, own.word))
        body(Self.mix(.after, own.word, after.word))
        body(Self.mix(.secondBefore, second, before.word))
        body(Self.mix(.secondAfter, after.word, fourth))
        body(Self.mix(.around, before.word, after.word))
        body(Self.mix(.shape, own.shape, 0))
        body(Self.mix(.shape, own.shape, before.shape ^ 1))
        body(Self.mix(.shape, own.shape, after.shape ^ 2))
        affixes(i, text, body)
        marks(around: i, body)
    }

    /// Calls `body` with the features of the text as a whole.
    @inline(__always)
    func forEach(of text: EntityText, _ body: (UInt64) -> Void) {
        var last: UInt64 = 0
        for token in text.tokens where token.kind != .sign {
            body(Self.mix(.text, token.hash, 0))
            body(Self.mix(.text, token.hash, last))
            last = token.hash
        }
    }

    private func sight(_ i: Int, _ text: EntityText, _ ignoringCase: Bool) -> Sight {
        guard i >= 0 else { return Sight(word: 1, shape: 1) }
        guard i < text.tokens.count else { return Sight(word: 2, shape: 2) }
        let token = text.tokens[i]
        let capitals = ignoringCase ? 0 : UInt64(token.capitals.rawValue)
        let length = token.kind == .digits ? UInt64(min(token.end - token.start, 5)) : 0
        let shape = UInt64(token.kind.rawValue) << 8 | capitals << 4 | length
        return Sight(word: token.hash, shape: (shape + 1) &* 0xD6E8_FEB8_6659_FD93)
    }

    @inline(__always)
    private func affixes(_ i: Int, _ text: EntityText, _ body: (UInt64) -> Void) {
        let token = text.tokens[i]
        guard token.kind == .letters else { return }
        let count = min(4, token.end - token.start)
        var (prefix, suffix): (UInt64, UInt64) = (0, 0)
        for place in 0..<count {
            prefix = foldedMultiply(prefix ^ UInt64(text.scalars[token.start + place]), Self.key)
            suffix = foldedMultiply(suffix ^ UInt64(text.scalars[token.end - 1 - place]), Self.key)
            body(Self.mix(.prefix, prefix, UInt64(place)))
            body(Self.mix(.suffix, suffix, UInt64(place)))
        }
    }

    @inline(__always)
    private func marks(around i: Int, _ body: (UInt64) -> Void) {
        for place in max(0, i - 1)...i + 1 where place + 1 < markStarts.count {
            for mark in markStarts[place]..<markStarts[place + 1] {
                body(Self.mix(.mark, marks[mark].hash, UInt64(place - i + 5)))
            }
        }
    }

    private enum Template: UInt64 {
        case bias = 1, word, before, after, secondBefore, secondAfter, around, shape, prefix
        case suffix, mark, text
    }

    @inline(__always)
    private static func mix(_ template: Template, _ a: UInt64, _ b: UInt64) -> UInt64 {
        foldedMultiply(a ^ (template.rawValue &* key), b ^ 0xE703_7ED1_A0B4_28DB)
    }

    private static var key: UInt64 { 0x9E37_79B9_7F4A_7C15 }
}

/// Hashes of the types that lists, expressions and patterns find.
struct TagMarkKeys: Sendable {
    private let lists: [UInt64]
    private let expressions: [UInt64]
    private let patterns: [UInt64]

    init(lists: [ListedNames.Kind], expressions: [EntityExpression], patterns: [EntityPattern]) {
        self.lists = lists.map { Self.hash("list " + $0.type) }
        self.expressions = expressions.map { Self.hash("expression " + $0.type) }
        self.patterns = patterns.map { Self.hash("pattern " + $0.rawValue) }
    }

    func key(of candidate: EntityCandidate) -> UInt64 {
        switch candidate.source {
        case .list: lists[candidate.rank]
        case .expression: expressions[candidate.rank]
        case .pattern: patterns[candidate.rank]
        case .tagger: preconditionFailure("what the tagger found is no feature of it")
        }
    }

    private static func hash(_ name: String) -> UInt64 {
        EntityText.hash(name.unicodeScalars.map(\.value))
    }
}
