// A set of texts of which it is known which are duplicates of one another.

import JSON
import Numerics

/// Texts with copies that were lightly edited, and with others that only look alike.
///
/// It is made of single utterances, of paragraphs of two to six of them, of short descriptions, and of
/// letters: the same form filled in with other names, dates and places is no duplicate.
struct DuplicateSet {
    struct Copy {
        /// The number of the text that it is a copy of.
        let original: Int
        let edit: TextEdit
        let text: String
    }

    /// What is in the index.
    private(set) var texts: [String] = []
    private(set) var copies: [Copy] = []
    /// Letters with the number of another one by the same form, which is in the index.
    private(set) var lookalikes: [(form: Int, text: String)] = []
    private var random: SplitMix64
    private let source: Source

    /// What the texts are made of.
    struct Source {
        let utterances: [String]
        let descriptions: [String]
        /// Sentences with slots; each part is a text and the slot, if it fills one.
        let forms: [[(text: String, slot: String?)]]
        /// What stands in each slot.
        let fillings: [String: [String]]

        init(_ plan: JSONValue) {
            utterances = (plan["utterances"]?.array ?? []).compactMap(\.string)
            descriptions = (plan["descriptions"]?.array ?? []).compactMap(\.string)
            forms = (plan["forms"]?.array ?? []).map { form in
                (form.array ?? []).map { ($0["text"]?.string ?? "", $0["slot"]?.string) }
            }.filter { form in
                // With less to fill in, nobody could tell a letter from a copy.
                let filled = form.reduce(0) { $1.slot == nil ? $0 : $0 + $1.text.utf8.count }
                return filled * 4 >= form.reduce(0) { $0 + $1.text.utf8.count }
            }
            var fillings: [String: Set<String>] = [:]
            for part in forms.joined() {
                if let slot = part.slot { fillings[slot, default: []].insert(part.text) }
            }
            self.fillings = fillings.mapValues { $0.sorted() }
        }
    }

    /// Makes `cases` texts of each sort with a copy each, then fills up with others to `count`.
    init(_ source: Source, cases: Int, count: Int, seed: UInt64) {
        self.source = source
        random = SplitMix64(seed: seed)
        let vocabulary = Set(
            source.utterances.flatMap { $0.split(separator: " ").map(String.init) })
        var editor = TextEditor(vocabulary: vocabulary.sorted(), seed: seed ^ 0xED17)
        for _ in 0..<cases {
            add([utterance()], &editor)
            add(paragraph(), &editor)
            add([description()], &editor)
            addLetters(&editor)
        }
        while texts.count < count { texts.append(paragraph().joined(separator: ". ")) }
    }

    private mutating func add(_ sentences: [String], _ editor: inout TextEditor) {
        let edit = TextEdit.allCases[Int.random(in: TextEdit.allCases.indices, using: &random)]
        copies.append(
            Copy(original: texts.count, edit: edit, text: editor.edited(sentences, by: edit)))
        texts.append(sentences.joined(separator: ". "))
    }

    /// Adds a letter with a copy, and the same form filled in otherwise.
    private mutating func addLetters(_ editor: inout TextEditor) {
        let forms = (0..<Int.random(in: 2...4, using: &random)).map { _ in
            source.forms[Int.random(in: source.forms.indices, using: &random)]
        }
        let other = letter(forms)
        lookalikes.append((texts.count, other.joined(separator: ". ")))
        add(letter(forms), &editor)
    }

    private mutating func letter(_ forms: [[(text: String, slot: String?)]]) -> [String] {
        forms.map { form in
            form.map { part in
                guard let slot = part.slot, let choices = source.fillings[slot] else {
                    return part.text
                }
                return choices[Int.random(in: choices.indices, using: &random)]
            }.joined()
        }
    }

    private mutating func utterance() -> String {
        source.utterances[Int.random(in: source.utterances.indices, using: &random)]
    }

    private mutating func paragraph() -> [String] {
        (0..<Int.random(in: 2...6, using: &random)).map { _ in utterance() }
    }

    private mutating func description() -> String {
        source.descriptions[Int.random(in: source.descriptions.indices, using: &random)]
    }
}

/// Whether two texts differ in at most a fifth of their words: copies that nobody made on purpose.
///
/// Levenshtein's distance of the words, in lower case and without other signs.
func isNearCopy(_ a: [Substring], _ b: [Substring]) -> Bool {
    let limit = max(a.count, b.count) / 5
    guard abs(a.count - b.count) <= limit else { return false }
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
        }
    }
    return row[b.count] <= limit
}

/// The words of a text for `isNearCopy`.
func plainWords(_ text: String) -> [Substring] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }
}
