// The n-grams of an utterance: what the classifier sees of it.

import Numerics

/// An n-gram by its hash, and where it stands in the scalars of `Words`.
struct NGram {
    let hash: UInt64
    let start: Int
    let end: Int
}

extension Words {
    /// Calls `body` with every word, every pair of neighbours, and the first and last word paired
    /// with the border of the text.
    @inline(__always)
    func forEachWordGram(_ body: (NGram) -> Void) {
        forEachWordGram(in: words.indices, body)
    }

    /// The same for some words: each alone, paired with the one before, and with a border beside it.
    ///
    /// Ranges that follow each other give together what all words give, in the same order.
    @inline(__always)
    func forEachWordGram(in range: Range<Int>, _ body: (NGram) -> Void) {
        for i in range {
            let word = words[i]
            let previous = i > 0 ? words[i - 1].hash : Self.border
            let start = i > 0 ? words[i - 1].start : 0
            body(NGram(hash: pair(previous, word.hash), start: start, end: word.end))
            body(NGram(hash: pair(word.hash, 0), start: word.start, end: word.end))
            guard i == words.count - 1 else { continue }
            body(NGram(hash: pair(word.hash, Self.border), start: word.start, end: word.end + 1))
        }
    }

    /// Calls `body` with the hash of every word alone.
    @inline(__always)
    func forEachWord(_ body: (UInt64) -> Void) {
        for word in words { body(pair(word.hash, 0)) }
    }

    /// Calls `body` with every run of 2 to 5 characters in a word and the spaces around it.
    @inline(__always)
    func forEachCharacterGram(_ body: (NGram) -> Void) {
        forEachCharacterGram(in: words.indices, body)
    }

    /// The same for some words.
    @inline(__always)
    func forEachCharacterGram(in range: Range<Int>, _ body: (NGram) -> Void) {
        for i in range {
            let word = words[i]
            let end = word.end + 1
            for start in word.start - 1..<end - 1 {
                // Five scalars of 21 bits each, so no two n-grams have the same key.
                var low = UInt64(scalars[start])
                var high: UInt64 = 0
                for place in 1..<min(5, end - start) {
                    let scalar = UInt64(scalars[start + place])
                    if place < 3 {
                        low |= scalar << UInt64(21 * place)
                    } else {
                        high |= scalar << UInt64(21 * (place - 3))
                    }
                    let hash = foldedMultiply(low ^ Self.characterKey, high ^ Self.otherKey)
                    body(NGram(hash: hash, start: start, end: start + place + 1))
                }
            }
        }
    }

    private func pair(_ first: UInt64, _ second: UInt64) -> UInt64 {
        foldedMultiply(first ^ Self.otherKey, second ^ Self.pairKey)
    }

    private static var border: UInt64 { 0xD6E8_FEB8_6659_FD93 }
    private static var characterKey: UInt64 { 0xA076_1D64_78BD_642F }
    private static var otherKey: UInt64 { 0xE703_7ED1_A0B4_28DB }
    private static var pairKey: UInt64 { 0x8EBC_6AF0_9C88_C6E3 }
}
