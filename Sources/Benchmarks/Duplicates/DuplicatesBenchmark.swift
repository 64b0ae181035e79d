// How well and how quickly duplicates are found.

import Glibc
import JSON
import NLU
import Numerics

/// Measures the index of duplicates on a set that is made for it.
///
/// {"utterances": [text], "descriptions": [text], "forms": [[{"text", "slot"?}]], "seed": 1, "cases": 1000,
/// "items": 100000, "thresholds": [0.5]?, "nearWords": 8?}: without thresholds, the one that is in use.
func measureDuplicates(_ plan: JSONValue) throws {
    let set = DuplicateSet(
        DuplicateSet.Source(plan), cases: plan["cases"]?.int ?? 1000,
        count: plan["items"]?.int ?? 100_000, seed: UInt64(plan["seed"]?.int ?? 1))
    var settings = DuplicateSettings()
    let thresholds = (plan["thresholds"]?.array ?? []).compactMap(\.double).map { Float($0) }
    let shown = thresholds.isEmpty ? [settings.similarity] : thresholds
    settings.similarity = shown.min() ?? settings.similarity
    if let words = plan["nearWords"]?.int { settings.fewestNearWords = words }
    var run = DuplicatesRun(set, settings)
    run.fill()
    run.ask()
    printFigures([
        "items": .number(Double(set.texts.count)), "bytesPerItem": .number(run.bytesPerItem),
        "microseconds": run.times, "rows": .array(shown.map(run.quality)),
    ])
}

/// One index, all texts put in, all copies and lookalikes asked for.
struct DuplicatesRun {
    /// What was found for one question, and whether it is right.
    private struct Finding {
        let similarity: Float
        let isRight: Bool
    }

    private struct Question {
        let edit: TextEdit?
        let words: Int
        /// The similarity with which the original was found, or the letter by the same form.
        var alike: Float?
        var findings: [Finding] = []
    }

    private let set: DuplicateSet
    private var index: DuplicateIndex
    private var fingerprinter = Fingerprinter()
    private var questions: [Question] = []
    private var nanoseconds: [UInt64] = []
    private(set) var bytesPerItem = 0.0

    init(_ set: DuplicateSet, _ settings: DuplicateSettings) {
        self.set = set
        index = DuplicateIndex(settings: settings)
    }

    private static let blocks = 50

    private func place(_ text: Int) -> DuplicateIndex.Place {
        .init(document: "bench/\(text / Self.blocks)", block: UInt32(text % Self.blocks + 1))
    }

    private func text(at place: DuplicateIndex.Place) -> Int {
        let document = place.document.split(separator: "/").last.flatMap { Int($0) } ?? 0
        return document * Self.blocks + Int(place.block ?? 1) - 1
    }

    mutating func fill() {
        let before = ProcessUsage(of: getpid()).residentBytes
        for (i, text) in set.texts.enumerated() {
            let bytes = Array(text.utf8)
            index.put(fingerprinter.fingerprint(of: bytes.span), at: place(i))
        }
        let used = ProcessUsage(of: getpid()).residentBytes - before
        bytesPerItem = Double(used) / Double(set.texts.count)
    }

    mutating func ask() {
        for copy in set.copies {
            ask(copy.text, copy.edit, alike: copy.original)
        }
        for letter in set.lookalikes { ask(letter.text, nil, alike: letter.form) }
    }

    /// Of this thread, in nanoseconds: other work on the machine does not count.
    private static func processorTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Puts a text in, asks for its duplicates, and takes it out: what an edit costs.
    private mutating func ask(_ text: String, _ edit: TextEdit?, alike: Int) {
        let here = DuplicateIndex.Place(document: "bench/new", block: 1)
        let bytes = Array(text.utf8)
        let start = Self.processorTime()
        index.put(fingerprinter.fingerprint(of: bytes.span), at: here)
        let matches = index.matches(of: here)
        nanoseconds.append(Self.processorTime() - start)
        index.remove(here)
        let words = plainWords(text)
        let originalWords = plainWords(set.texts[alike])
        var question = Question(edit: edit, words: words.count)
        for match in matches {
            let other = self.text(at: match.place)
            if other == alike { question.alike = match.similarity }
            let isRight =
                other == alike
                ? edit != nil
                : isNearCopy(words, plainWords(set.texts[other]))
                    || edit != nil && isNearCopy(originalWords, plainWords(set.texts[other]))
            question.findings.append(Finding(similarity: match.similarity, isRight: isRight))
        }
        questions.append(question)
    }

    // MARK: Figures

    /// Times of an edit's insertion and question in microseconds.
    var times: JSONValue {
        let sorted = nanoseconds.sorted()
        func time(_ share: Double) -> JSONValue {
            .number(Double(sorted[Int(share * Double(sorted.count - 1))]) / 1000)
        }
        return ["p50": time(0.5), "p99": time(0.99), "max": time(1)]
    }

    /// Precision and recall at a threshold: of all, by the words of the text, and by the edit.
    func quality(_ threshold: Float) -> JSONValue {
        let lengths = [3..<6, 6..<8, 8..<12, 12..<20, 20..<40, 40..<10_000].map { range in
            row("\(range.lowerBound)–\(range.upperBound - 1) words", threshold) {
                range.contains($0.words)
            }
        }
        let edits = TextEdit.allCases.map { edit in
            row(edit.rawValue, threshold) { $0.edit == edit }
        }
        return .array([row("all", threshold) { _ in true }] + lengths + edits)
    }

    private func row(
        _ name: String, _ threshold: Float, _ isIncluded: (Question) -> Bool
    ) -> JSONValue {
        let questions = questions.filter(isIncluded)
        let found = questions.flatMap(\.findings).filter { $0.similarity >= threshold }
        let copies = questions.filter { $0.edit != nil }
        let recalled = copies.count { ($0.alike ?? -1) >= threshold }
        let lookalikes = questions.count { $0.edit == nil && ($0.alike ?? -1) >= threshold }
        return [
            "name": .string(name), "threshold": .number(Double(threshold)),
            "precision": .number(Double(found.count { $0.isRight }) / Double(max(found.count, 1))),
            "recall": .number(Double(recalled) / Double(max(copies.count, 1))),
            "copies": .number(Double(copies.count)),
            "lookalikesFound": .number(Double(lookalikes)),
        ]
    }
}
