// From text to a vector.

internal import Learning
internal import Numerics

/// Gives texts vectors whose cosine says how alike they are in words and parts of words.
///
/// A text is the weights tf–idf of its stems and of the runs of four characters in its words, each
/// hashed into one of 2¹⁵ columns. Before it has learned, each column stands for a random direction,
/// which keeps cosines as they are on average (Achlioptas, "Database-friendly random projections",
/// JCSS 66, 2003). Learning takes the directions in which texts differ most instead, so that words
/// that occur in the same texts come to mean the same (latent semantic analysis: Deerwester et al.,
/// JASIS 41, 1990, by `TruncatedSVD`).
package struct TextEmbedding: Sendable {
    static let columnCount = 1 << 15
    /// Further words are not looked at: it bounds the cost.
    static let maximumWords = 2000

    package let dimensions: Int
    package let seed: UInt64
    private let analyzer: TextAnalyzer
    /// By column; 1 before learning.
    private var inverseFrequencies: [Float] = []
    /// Shape (columns, width), row-major, with padding to read the last row in whole lanes; empty
    /// before learning.
    private var directions: [Float] = []
    private var width: Int { wholeVectors(dimensions) }

    package init(dimensions: Int, analyzer: TextAnalyzer = TextAnalyzer(), seed: UInt64 = 1) {
        precondition(dimensions > 0)
        self.dimensions = dimensions
        self.analyzer = analyzer
        self.seed = seed
    }

    package var hasLearned: Bool { !directions.isEmpty }

    /// The vector of a text, shape (dimensions,); zeros where it holds no known word.
    package func vector(of text: String) -> [Float] {
        project(weights(of: text, inverseFrequencies))
    }

    /// Learns the directions from texts; nothing from fewer than two.
    ///
    /// - Complexity: that of `TruncatedSVD` for the words of the texts.
    package mutating func learn(from texts: some Sequence<String>) {
        var rows: [[(column: UInt32, weight: Float)]] = []
        var frequencies = [Float](repeating: 0, count: Self.columnCount)
        for text in texts {
            rows.append(weights(of: text, []))
            for entry in rows[rows.count - 1] { frequencies[Int(entry.column)] += 1 }
        }
        guard rows.count > 1 else { return }
        let all = Double(rows.count)
        let inverse = frequencies.map { Float(Double.log((1 + all) / (1 + Double($0))) + 1) }
        var matrix = SparseMatrix()
        for row in rows {
            let scaled = Self.normalized(
                row.map { ($0.column, $0.weight * inverse[Int($0.column)]) })
            let (columns, weights) = (scaled.map(\.column), scaled.map(\.weight))
            matrix.append(columns: columns.span, values: weights.span)
        }
        let svd = TruncatedSVD(
            matrix, columnCount: Self.columnCount, dimensions: dimensions, seed: seed)
        inverseFrequencies = inverse
        directions = [Float](repeating: 0, count: Self.columnCount * width)
        for column in 0..<Self.columnCount {
            for d in 0..<dimensions {
                directions[column * width + d] = svd.vectors[column * dimensions + d]
            }
        }
    }

    // MARK: Columns

    /// The columns of a text in ascending order, each once, with weights that have length 1.
    private func weights(
        of text: String, _ inverse: [Float]
    ) -> [(column: UInt32, weight: Float)] {
        var words: [TextAnalyzer.Word] = []
        analyzer.analyze(text, into: &words, limit: Self.maximumWords)
        var columns: [UInt32] = []
        let bytes = Array(text.utf8)
        for word in words {
            columns.append(Self.column(word.term))
            appendParts(of: bytes[word.range], to: &columns)
        }
        columns.sort()
        var result: [(column: UInt32, weight: Float)] = []
        var start = 0
        for i in columns.indices where i + 1 == columns.count || columns[i + 1] != columns[i] {
            let count = Double(i + 1 - start)
            let rarity = inverse.isEmpty ? 1 : inverse[Int(columns[i])]
            result.append((columns[i], Float(1 + Double.log(count)) * rarity))
            start = i + 1
        }
        return Self.normalized(result)
    }

    /// The runs of four bytes of a word between `<` and `>`.
    private func appendParts(of word: ArraySlice<UInt8>, to columns: inout [UInt32]) {
        var marked: [UInt8] = [UInt8(ascii: "<")]
        for byte in word {
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            marked.append(isUpper ? byte | 0x20 : byte)
        }
        marked.append(UInt8(ascii: ">"))
        guard marked.count > 4 else { return }
        let span = marked.span
        for start in 0...span.count - 4 {
            columns.append(Self.column(hash(span.extracting(start..<start + 4), seed: 4)))
        }
    }

    private static func column(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash) % UInt32(columnCount)
    }

    private static func normalized(
        _ row: [(column: UInt32, weight: Float)]
    ) -> [(column: UInt32, weight: Float)] {
        let square = row.reduce(Float(0)) { $0 + $1.weight * $1.weight }
        guard square > 0 else { return row }
        return row.map { ($0.column, $0.weight / square.squareRoot()) }
    }

    // MARK: Projection

    private func project(_ row: [(column: UInt32, weight: Float)]) -> [Float] {
        var sum = [Float](repeating: 0, count: width)
        if hasLearned {
            let (columns, weights) = (row.map(\.column), row.map(\.weight))
            var out = sum.mutableSpan
            sumRows(
                columns.span, scales: weights.span, of: directions.span, stride: width, into: &out)
        } else {
            for entry in row { addRandomDirection(entry.column, entry.weight, to: &sum) }
        }
        sum.removeLast(width - dimensions)
        return sum
    }

    /// Adds the signs that stand for a column before learning.
    private func addRandomDirection(_ column: UInt32, _ weight: Float, to sum: inout [Float]) {
        var random = SplitMix64(seed: seed &+ UInt64(column) &* 0x2545_F491_4F6C_DD1D)
        var bits: UInt64 = 0
        for d in 0..<dimensions {
            if d % 64 == 0 { bits = random.next() }
            sum[d] += bits & 1 == 1 ? weight : -weight
            bits >>= 1
        }
    }
}

extension TextEmbedding {
    /// Writes what was learned, of the columns that have a direction.
    func write(to writer: inout StateWriter) {
        let columns = (0..<directions.count / width).filter { column in
            directions[column * width..<(column + 1) * width].contains { $0 != 0 }
        }
        writer.add(inverseFrequencies)
        writer.add(ascending: columns.map { UInt32($0) })
        for column in columns {
            writer.add(Array(directions[column * width..<column * width + dimensions]))
        }
    }

    /// Reads what an embedding of as many dimensions wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        inverseFrequencies = try reader.floats()
        let columns = try reader.ascending()
        let isEmpty = inverseFrequencies.isEmpty
        try reader.check(isEmpty || inverseFrequencies.count == Self.columnCount)
        try reader.check(isEmpty ? columns.isEmpty : columns.last ?? 0 < Self.columnCount)
        directions = Array(repeating: 0, count: isEmpty ? 0 : Self.columnCount * width)
        for column in columns.map(Int.init) {
            let direction = try reader.floats()
            try reader.check(direction.count == dimensions)
            for (d, value) in direction.enumerated() { directions[column * width + d] = value }
        }
    }
}
