// Listed values, found in a text.

import Numerics

/// Finds the values of lists and their synonyms, whatever their case.
///
/// The phrases are kept as a tree of words. A phrase is found between the borders of words; points
/// and hyphens between its words count for nothing, so that `St. Louis` is `St Louis`. In a list
/// that forgives mistakes a word of 5 letters may have one slip and one of 9 letters two, its first
/// letter being right, unless what is written is a listed word or a word of the examples.
///
/// What is compiled of lists lies in tables, in an artifact or in memory of its own.
struct EntityLists: Sendable {
    /// Hashes of words that are right though a listed word is near, ascending.
    private(set) var familiar: [UInt64]
    private let names: ListedNames
    private let words: ListedWords
    private let phrases: ListedPhrases

    typealias Entry = ListedPhrases.Entry

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
        var writer = ArchiveWriter(magic: "lists  \n", format: 0)
        Self.write(lists, to: &writer)
        do {
            let memory = Memory(copying: writer.encoded().span)
            let kinds = lists.map { list in
                ListedNames.Kind(
                    type: list.type, isFuzzy: list.isFuzzy, isSearched: list.isSearched,
                    count: list.values.count)
            }
            try self.init(in: Archive(memory, magic: "lists  \n"), kinds, familiar: familiar)
        } catch {
            preconditionFailure("sections just written cannot be read: \(error)")
        }
    }

    /// Opens the sections of compiled lists.
    init(
        in archive: Archive, _ kinds: [ListedNames.Kind], familiar: [UInt64]
    ) throws(ArtifactError) {
        self.familiar = familiar
        names = try ListedNames(in: archive, kinds)
        words = try ListedWords(in: archive)
        phrases = try ListedPhrases(in: archive, counts: kinds.map(\.count))
    }

    /// Adds the sections that `init(in:_:familiar:)` opens.
    func write(to writer: inout ArchiveWriter) {
        names.write(to: &writer)
        words.write(to: &writer)
        phrases.write(to: &writer)
    }

    private static func write(_ lists: [EntityList], to writer: inout ArchiveWriter) {
        var (words, phrases) = (ListedWordsWriter(), ListedPhrasesWriter())
        var text = EntityText()
        for (place, list) in lists.enumerated() {
            for (number, value) in list.values.enumerated() {
                for phrase in [value.name] + value.synonyms {
                    let node = add(phrase, list.isFuzzy, &words, &phrases, &text)
                    phrases.add(Entry(list: place, value: number), at: node)
                }
            }
        }
        ListedNames.write(lists, to: &writer)
        words.write(to: &writer)
        phrases.write(to: &writer)
    }

    /// Adds the words of a phrase; gives the node in which it ends.
    private static func add(
        _ phrase: String, _ isFuzzy: Bool, _ words: inout ListedWordsWriter,
        _ phrases: inout ListedPhrasesWriter, _ text: inout EntityText
    ) -> Int32 {
        let bytes = phrase.utf8.span
        text.read(bytes)
        var node = ListedPhrases.root
        for (i, token) in text.tokens.enumerated() where !isSkipped(i, text) {
            let isSpelled = isFuzzy && token.kind == .letters
            let word = words.add(
                text.scalars[token.start..<token.end], hash: token.hash, isFuzzy: isSpelled)
            node = phrases.step(from: node, word)
        }
        return node
    }

    /// How the lists are used.
    var kinds: [ListedNames.Kind] { names.kinds }

    /// The lists as their author wrote them.
    var lists: [EntityList] { names.lists }

    func name(_ entry: Entry) -> String { names.name(entry) }

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
        var node = ListedPhrases.root
        for i in tokens where !Self.isSkipped(i, text) {
            guard let word = words.number(of: text.tokens[i].hash),
                let next = phrases.step(from: node, word)
            else { return nil }
            node = next
        }
        var (own, general): (Entry?, Entry?) = (nil, nil)
        phrases.forEachEntry(of: node) { entry in
            if own == nil, kinds[entry.list].type == type { own = entry }
            if general == nil, kinds[entry.list].type.isEmpty { general = entry }
        }
        return (own ?? general).map(name)
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
                guard let node = phrases.step(from: step.node, choice.word) else { continue }
                let slips = step.slips + choice.slips
                let range = start..<step.token + 1
                scratch.stack.append(Step(node: node, token: step.token + 1, slips: slips))
                guard text.areWhole(range) else { continue }
                phrases.forEachEntry(of: node) { entry in
                    let kind = kinds[entry.list]
                    guard kind.isSearched, slips == 0 || kind.isFuzzy else { return }
                    body(Match(tokens: range, entry: entry, slips: slips))
                }
            }
        }
    }
}
