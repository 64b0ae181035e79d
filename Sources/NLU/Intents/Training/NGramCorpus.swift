// The n-grams of all utterances of a data set, numbered.

import Numerics

/// Every utterance as the numbers of its n-grams; the folds of a cross-validation share it.
struct NGramCorpus {
    /// The hash of each n-gram by its number.
    private(set) var hashes: [UInt64] = []
    private var numbers: [UInt64: UInt32] = [:]
    private var occurrences: [UInt32] = []
    private var starts = [0]
    private var middles: [Int] = []

    init(_ texts: some Sequence<String>) {
        var words = Words()
        for text in texts {
            words.read(text.utf8.span)
            words.forEachWordGram { append($0.hash) }
            middles.append(occurrences.count)
            words.forEachCharacterGram { append($0.hash) }
            starts.append(occurrences.count)
        }
    }

    /// The n-grams of an utterance, repeated ones as often as they occur.
    func grams(of text: Int) -> ArraySlice<UInt32> {
        occurrences[starts[text]..<starts[text + 1]]
    }

    /// Those of its words alone, and those of its characters.
    func blocks(of text: Int) -> [ArraySlice<UInt32>] {
        let (start, middle, end) = (starts[text], middles[text], starts[text + 1])
        return [occurrences[start..<middle], occurrences[middle..<end]]
    }

    private mutating func append(_ hash: UInt64) {
        let next = UInt32(hashes.count)
        let number = numbers[hash, default: next]
        if number == next {
            numbers[hash] = next
            hashes.append(hash)
        }
        occurrences.append(number)
    }
}

/// The n-grams that a model keeps, and what each tells about the classes.
struct FeatureSelection {
    /// The n-grams in the order of their rows: the most frequent first, so that rows which are read
    /// together often lie together.
    let grams: [UInt32]
    /// By row: 1 minus the normalised entropy of the classes it occurs with, plus 0.05.
    let weights: [Float]
    /// The row of each n-gram of the corpus; nil where it was dropped.
    let rows: [UInt32?]

    /// Selects from the utterances `texts`, with classes `labels`, what occurs in `minimum` of them.
    init(_ corpus: NGramCorpus, texts: [Int], labels: [Int], classCount: Int, minimum: Int) {
        let lists = Postings(corpus, texts: texts, labels: labels)
        let kept = corpus.hashes.indices.filter { lists.count(of: $0) >= minimum }.sorted { a, b in
            (lists.count(of: b), corpus.hashes[a]) < (lists.count(of: a), corpus.hashes[b])
        }
        var counts = [Int](repeating: 0, count: classCount)
        weights = kept.map { gram in
            let entropy = Self.entropy(of: lists.labels(of: gram), &counts)
            return Float(1.05 - entropy / Double.log(Double(max(classCount, 2))))
        }
        grams = kept.map(UInt32.init)
        var rows = [UInt32?](repeating: nil, count: corpus.hashes.count)
        for (row, gram) in kept.enumerated() { rows[gram] = UInt32(row) }
        self.rows = rows
    }

    /// The entropy of `labels`; `counts` is zero for all classes before and after.
    private static func entropy(of labels: ArraySlice<Int32>, _ counts: inout [Int]) -> Double {
        for label in labels { counts[Int(label)] += 1 }
        var entropy = 0.0
        for label in labels where counts[Int(label)] > 0 {
            let share = Double(counts[Int(label)]) / Double(labels.count)
            entropy -= share * Double.log(share)
            counts[Int(label)] = 0
        }
        return entropy
    }
}

/// For each n-gram the classes of the utterances that have it.
private struct Postings {
    private var starts: [Int]
    private var entries: [Int32]

    init(_ corpus: NGramCorpus, texts: [Int], labels: [Int]) {
        var lastText = [Int](repeating: -1, count: corpus.hashes.count)
        starts = Array(repeating: 0, count: corpus.hashes.count + 1)
        for (i, text) in texts.enumerated() {
            for gram in corpus.grams(of: text) where lastText[Int(gram)] != i {
                lastText[Int(gram)] = i
                starts[Int(gram) + 1] += 1
            }
        }
        for gram in corpus.hashes.indices { starts[gram + 1] += starts[gram] }
        entries = Array(repeating: 0, count: starts[corpus.hashes.count])
        var next = starts
        for i in lastText.indices { lastText[i] = -1 }
        for (i, text) in texts.enumerated() {
            for gram in corpus.grams(of: text) where lastText[Int(gram)] != i {
                lastText[Int(gram)] = i
                entries[next[Int(gram)]] = Int32(labels[i])
                next[Int(gram)] += 1
            }
        }
    }

    func count(of gram: Int) -> Int { starts[gram + 1] - starts[gram] }

    func labels(of gram: Int) -> ArraySlice<Int32> { entries[starts[gram]..<starts[gram + 1]] }
}
