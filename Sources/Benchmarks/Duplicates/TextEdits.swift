// Light edits, as they part a copy of a text from the text.

import Numerics

/// A way to make a near duplicate.
enum TextEdit: String, CaseIterable {
    /// Other signs and letter cases, the same words.
    case signs
    case typos, replaced, inserted, deleted
    /// A run of words stands elsewhere.
    case moved
    /// The sentences stand in another order.
    case reordered
    /// One word in twelve replaced, and another one mistyped.
    case mixed
}

/// Edits texts at random: about one word in twelve, and at least one.
struct TextEditor {
    private var random: SplitMix64
    /// What words are replaced by.
    private let vocabulary: [String]

    init(vocabulary: [String], seed: UInt64) {
        self.vocabulary = vocabulary
        random = SplitMix64(seed: seed)
    }

    /// Gives a text that differs from `sentences` by one edit of the kind.
    mutating func edited(_ sentences: [String], by edit: TextEdit) -> String {
        var words = sentences.joined(separator: ". ").split(separator: " ").map(String.init)
        let times = max(1, words.count / 12)
        switch edit {
        case .signs: return signs(words)
        case .reordered where sentences.count > 1:
            return reordered(sentences).joined(separator: ". ")
        case .moved, .reordered: move(&words)
        case .typos: for _ in 0..<times { mistype(&words) }
        case .replaced: for _ in 0..<times { words[place(words)] = word() }
        case .inserted: for _ in 0..<times { words.insert(word(), at: place(words)) }
        case .deleted: for _ in 0..<times { words.remove(at: place(words)) }
        case .mixed:
            for _ in 0..<times { words[place(words)] = word() }
            mistype(&words)
        }
        return words.joined(separator: " ")
    }

    private mutating func place(_ words: [String]) -> Int {
        Int.random(in: words.indices, using: &random)
    }

    private mutating func word() -> String {
        vocabulary[Int.random(in: vocabulary.indices, using: &random)]
    }

    private mutating func signs(_ words: [String]) -> String {
        let marked = words.map { word in
            switch Int.random(in: 0..<6, using: &random) {
            case 0: word.uppercased()
            case 1: word + ","
            case 2: "\"" + word + "\""
            case 3: word + " –"
            default: word
            }
        }
        return marked.joined(separator: "  ") + "!"
    }

    private mutating func reordered(_ sentences: [String]) -> [String] {
        var order = sentences
        while order == sentences, Set(sentences).count > 1 { order.shuffle(using: &random) }
        return order
    }

    private mutating func move(_ words: inout [String]) {
        let length = min(words.count - 1, Int.random(in: 1...3, using: &random))
        let start = Int.random(in: 0...words.count - length, using: &random)
        let run = words[start..<start + length]
        words.removeSubrange(start..<start + length)
        words.insert(contentsOf: run, at: Int.random(in: 0...words.count, using: &random))
    }

    /// Swaps, doubles, drops or replaces a letter of a word.
    private mutating func mistype(_ words: inout [String]) {
        let long = words.indices.filter { words[$0].count > 3 }
        guard let at = long.randomElement(using: &random) else {
            return words[place(words)] = word()
        }
        var letters = Array(words[at])
        let i = Int.random(in: 1..<letters.count - 1, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: letters.swapAt(i, i + 1)
        case 1: letters.insert(letters[i], at: i)
        case 2: letters.remove(at: i)
        default: letters[i] = Array("etaoinshrdlu")[Int.random(in: 0..<12, using: &random)]
        }
        words[at] = String(letters)
    }
}
