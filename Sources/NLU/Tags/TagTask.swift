// What a training of tags works on.

import Learning
import Numerics

/// The examples with their tags as numbers, and their n-grams counted.
struct TagTask {
    let tags: [String]
    let texts: [String]
    /// The classes of each text, those of tags outside the list left out.
    let classes: [[Int]]
    let corpus: NGramCorpus

    init(_ dataset: TagDataset, tags: [String]) {
        let numbers = Dictionary(uniqueKeysWithValues: zip(tags, tags.indices))
        self.tags = tags
        texts = dataset.examples.map(\.text)
        classes = dataset.examples.map { $0.tags.compactMap { numbers[$0] } }
        corpus = NGramCorpus(texts)
    }

    /// A fold for each text, such that every combination of tags is spread evenly.
    ///
    /// Equal texts come into one fold: a text must not be answered by a model that has seen it.
    func folds(_ count: Int, using random: inout some RandomNumberGenerator) -> [Int] {
        var first: [String: Int] = [:]
        let groups = texts.indices.map { text -> Int in
            let known = first[texts[text], default: text]
            first[texts[text]] = known
            return known
        }
        var folds = [Int](repeating: 0, count: texts.count)
        var next = 0
        let members = Dictionary(grouping: texts.indices.filter { groups[$0] == $0 }) {
            classes[$0].sorted()
        }
        for (_, texts) in members.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            for text in texts.shuffled(using: &random) {
                folds[text] = next % count
                next += 1
            }
        }
        return groups.map { folds[$0] }
    }
}

/// The n-grams that a tag model keeps, and what each tells about the tags.
struct TagFeatures {
    /// In the order of their rows, the most frequent first.
    let grams: [UInt32]
    /// By row: 1.05 minus the normalised entropy of the tags it occurs with.
    let weights: [Float]
    private let rows: [UInt32?]

    /// Selects from `texts` what occurs in `minimum` of them.
    init(_ task: TagTask, texts: [Int], minimum: Int) {
        let gramCount = task.corpus.hashes.count
        var counts = [Int32](repeating: 0, count: gramCount)
        Self.visit(task, texts) { gram, _ in counts[gram] += 1 }
        let kept = (0..<gramCount).filter { counts[$0] >= minimum }.sorted {
            (counts[$1], task.corpus.hashes[$0]) < (counts[$0], task.corpus.hashes[$1])
        }
        var rows = [UInt32?](repeating: nil, count: gramCount)
        for (row, gram) in kept.enumerated() { rows[gram] = UInt32(row) }
        // Shape (rows, tags + 1): in how many texts of a tag, or of none, the n-gram occurs.
        let width = task.tags.count + 1
        var table = [Float](repeating: 0, count: kept.count * width)
        Self.visit(task, texts) { gram, text in
            guard let row = rows[gram] else { return }
            let classes = task.classes[text]
            for c in classes { table[Int(row) * width + c] += 1 }
            if classes.isEmpty { table[Int(row) * width + width - 1] += 1 }
        }
        weights = kept.indices.map { Self.weight(table[$0 * width..<($0 + 1) * width]) }
        grams = kept.map(UInt32.init)
        self.rows = rows
    }

    /// Calls `body` with every n-gram of every text, once a text.
    private static func visit(_ task: TagTask, _ texts: [Int], _ body: (Int, Int) -> Void) {
        var last = [Int](repeating: -1, count: task.corpus.hashes.count)
        for text in texts {
            for gram in task.corpus.grams(of: text) where last[Int(gram)] != text {
                last[Int(gram)] = text
                body(Int(gram), text)
            }
        }
    }

    private static func weight(_ counts: ArraySlice<Float>) -> Float {
        let total = counts.reduce(0, +)
        let entropy = counts.filter { $0 > 0 }.reduce(0.0) { sum, count in
            let share = Double(count / total)
            return sum - share * Double.log(share)
        }
        return Float(1.05 - entropy / Double.log(Double(counts.count)))
    }

    /// The texts by their features, as the model will weigh them, and a last column that is 1.
    func matrix(_ task: TagTask, texts: [Int]) -> SparseMatrix {
        var matrix = SparseMatrix()
        for text in texts {
            var columns: [UInt32] = []
            var values: [Float] = []
            for block in task.corpus.blocks(of: text) {
                let found = block.compactMap { rows[Int($0)] }
                let length = found.reduce(0) { $0 + weights[Int($1)] * weights[Int($1)] }
                    .squareRoot()
                columns += found
                values += found.map { weights[Int($0)] / length }
            }
            columns.append(UInt32(grams.count))
            values.append(1)
            matrix.append(columns: columns.span, values: values.span)
        }
        return matrix
    }
}
