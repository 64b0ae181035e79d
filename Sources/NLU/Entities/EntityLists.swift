// Listed values, found in a text.

import Numerics

/// Finds the values of lists and their synonyms, whatever their case.
///
/// The phrases are kept as a tree of words. A phrase is found between the borders of words; points
/// and hyphens between its words count for nothing, so that `St. Louis` is `St Louis`. In a list
/// that forgives mistakes a word of 5 letters may have one slip and one of 9 letters two, its first
/// letter being right, unless what is written is a listed word or a word of the examples.
struct EntityLists: Sendable {
    let lists: [EntityList]
    /// Hashes of words that are right though a listed word is near, ascending.
    private(set) var familiar: [UInt64]
    private var words = ListedWords()
    /// By node and word, the node that follows.
    private var edges: [Edge: Int32] = [:]
    /// By node, what its phrase stands for.
    private var entries: [[Entry]] = [[]]

    private struct Edge: Hashable {
        let node: Int32
        let word: Int32
    }

    struct Entry: Hashable {
        let list: Int
        let value: Int
    }

    /// A phrase in a text: what it stands for, in which tokens, with how many slips.
    struct Match {
        let tokens: Range<Int>
        let entry: Entry
        let slips: Int
    }

    /// What each token of a text can stand for, and memory to find that out.
    struct Scratch {
        fileprivate var choices: [(word: Int32, slips: Int)] = []
        fileprivate var starts: [Int] = []
        fileprivate var found: [Int32] = []
        fileprivate var stack: [Step] = []
    }

    fileprivate struct Step {
        let node: Int32
        let token: Int
        let slips: Int
    }

    /// Compiles lists; `familiar` are hashes of words that are not taken for misspelled ones.
    init(_ lists: [EntityList], familiar: [UInt64] = []) {
        self.lists = lists
        self.familiar = familiar
        var text = EntityText()
        for (place, list) in lists.enumerated() {
            for (number, value) in list.values.enumerated() {
                for phrase in [value.name] + value.synonyms {
                    add(phrase, Entry(list: place, value: number), list.isFuzzy, &text)
                }
            }
        }
        words.index()
    }

    var isEmpty: Bool { words.count == 0 }

    /// Keeps of these words those that would be taken for misspelled ones.
    mutating func learnFamiliar(_ texts: some Sequence<String>) {
        var counts: [UInt64: Int] = [:]
        var text = EntityText()
        var found: [Int32] = []
        for string in texts {
            let bytes = string.utf8.span
            text.read(bytes)
            for token in text.tokens where words.number(of: token.hash) == nil {
                guard token.kind == .letters, counts[token.hash, default: 0] < 2 else { continue }
                let letters = text.scalars.span.extracting(token.start..<token.end)
                var isNear = false
                words.forEachCorrection(of: letters, &found) { _, _ in isNear = true }
                if isNear { counts[token.hash, default: 0] += 1 }
            }
        }
        familiar = counts.filter { $0.value > 1 }.keys.sorted()
    }

    private mutating func add(
        _ phrase: String, _ entry: Entry, _ isFuzzy: Bool, _ text: inout EntityText
    ) {
        let bytes = phrase.utf8.span
        text.read(bytes)
        var node: Int32 = 0
        for (i, token) in text.tokens.enumerated() where !Self.isSkipped(i, text) {
            let isSpelled = isFuzzy && token.kind == .letters
            let word = words.add(
                text.scalars[token.start..<token.end], hash: token.hash, isFuzzy: isSpelled)
            let edge = Edge(node: node, word: word)
            if let next = edges[edge] {
                node = next
            } else {
                node = Int32(entries.count)
                edges[edge] = node
                entries.append([])
            }
        }
        if node != 0, !entries[Int(node)].contains(entry) { entries[Int(node)].append(entry) }
    }

    /// Whether a token is a point or hyphen.
    private static func isSkipped(_ i: Int, _ text: EntityText) -> Bool {
        text.isSign(".", i) || text.isSign("-", i)
    }

    // MARK: Finding

    /// Calls `body` with every phrase that stands in the text, of lists that are searched.
    func find(in text: EntityText, _ scratch: inout Scratch, _ body: (Match) -> Void) {
        guard !isEmpty else { return }
        findWords(of: text, &scratch)
        for start in text.tokens.indices
        where scratch.starts[start] < scratch.starts[start + 1] && !text.isInsideWord(start) {
            search(from: start, text, &scratch, body)
        }
    }

    /// The value of exactly these tokens for an entity of a type.
    func value(of tokens: Range<Int>, in text: EntityText, type: String) -> String? {
        var node: Int32 = 0
        for i in tokens where !Self.isSkipped(i, text) {
            guard let word = words.number(of: text.tokens[i].hash),
                let next = edges[Edge(node: node, word: word)]
            else { return nil }
            node = next
        }
        let entries = entries[Int(node)]
        let entry =
            entries.first { lists[$0.list].type == type }
            ?? entries.first { lists[$0.list].type.isEmpty }
        return entry.map { lists[$0.list].values[$0.value].name }
    }

    private func findWords(of text: EntityText, _ scratch: inout Scratch) {
        scratch.choices.removeAll(keepingCapacity: true)
        scratch.starts.removeAll(keepingCapacity: true)
        for token in text.tokens {
            scratch.starts.append(scratch.choices.count)
            if let word = words.number(of: token.hash) {
                scratch.choices.append((word, 0))
            } else if token.kind == .letters, !isFamiliar(token.hash) {
                let letters = text.scalars.span.extracting(token.start..<token.end)
                var found: [Int32] = []
                swap(&found, &scratch.found)
                words.forEachCorrection(of: letters, &found) { scratch.choices.append(($0, $1)) }
                swap(&found, &scratch.found)
            }
        }
        scratch.starts.append(scratch.choices.count)
    }

    private func isFamiliar(_ hash: UInt64) -> Bool {
        var (low, high) = (0, familiar.count)
        while low < high {
            let middle = (low + high) / 2
            if familiar[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low < familiar.count && familiar[low] == hash
    }

    private func search(
        from start: Int, _ text: EntityText, _ scratch: inout Scratch, _ body: (Match) -> Void
    ) {
        scratch.stack.removeAll(keepingCapacity: true)
        scratch.stack.append(Step(node: 0, token: start, slips: 0))
        while let step = scratch.stack.popLast() {
            guard step.token < text.tokens.count else { continue }
            if step.node != 0, Self.isSkipped(step.token, text) {
                let next = step.token + 1
                scratch.stack.append(Step(node: step.node, token: next, slips: step.slips))
                continue
            }
            for i in scratch.starts[step.token]..<scratch.starts[step.token + 1] {
                let choice = scratch.choices[i]
                guard let node = edges[Edge(node: step.node, word: choice.word)] else { continue }
                let slips = step.slips + choice.slips
                let range = start..<step.token + 1
                scratch.stack.append(Step(node: node, token: step.token + 1, slips: slips))
                guard text.areWhole(range) else { continue }
                for entry in entries[Int(node)] where lists[entry.list].isSearched {
                    guard slips == 0 || lists[entry.list].isFuzzy else { continue }
                    body(Match(tokens: range, entry: entry, slips: slips))
                }
            }
        }
    }
}
