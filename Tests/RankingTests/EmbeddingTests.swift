import Learning
import Numerics
import Testing

@testable import Ranking

@Suite struct EmbeddingTests {
    @Test(arguments: UInt64(0)..<10)
    func `a symmetric matrix is the sum of its eigenvectors' squares`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let size = Int.random(in: 1...12, using: &random)
        var matrix = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for j in 0...i {
                matrix[i * size + j] = .random(in: -1...1, using: &random)
                matrix[j * size + i] = matrix[i * size + j]
            }
        }
        let eigen = SymmetricEigen(matrix, size: size)
        #expect(eigen.values == eigen.values.sorted(by: >))
        for i in 0..<size {
            for j in 0..<size {
                let sum = (0..<size).reduce(0.0) { sum, k in
                    sum + eigen.vectors[i * size + k] * eigen.values[k]
                        * eigen.vectors[j * size + k]
                }
                #expect(abs(sum - matrix[i * size + j]) < 1e-10)
            }
        }
    }

    @Test(arguments: UInt64(0)..<8)
    func `a matrix of low rank is given back by its singular vectors`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (rows, columns, rank) = (30, 20, 3)
        let left = (0..<rows * rank).map { _ in Float.random(in: -1...1, using: &random) }
        let right = (0..<columns * rank).map { _ in Float.random(in: -1...1, using: &random) }
        var (matrix, dense) = (SparseMatrix(), [[Float]]())
        for i in 0..<rows {
            let row = (0..<columns).map { j in
                (0..<rank).reduce(Float(0)) { $0 + left[i * rank + $1] * right[j * rank + $1] }
            }
            dense.append(row)
            let numbers = Array(0..<UInt32(columns))
            matrix.append(columns: numbers.span, values: row.span)
        }
        let svd = TruncatedSVD(matrix, columnCount: columns, dimensions: 5, seed: seed)
        #expect(svd.values[2] > 0 && svd.values[3] == 0 && svd.values[4] == 0)
        // A = A · V · Vᵀ where V spans the rows.
        for row in dense {
            let inner = (0..<5).map { d in
                (0..<columns).reduce(Float(0)) { $0 + row[$1] * svd.vectors[$1 * 5 + d] }
            }
            for j in 0..<columns {
                let back = (0..<5).reduce(Float(0)) { $0 + inner[$1] * svd.vectors[j * 5 + $1] }
                #expect(abs(back - row[j]) < 1e-3)
            }
        }
    }

    @Test func `words that occur in the same texts come to mean the same`() {
        let texts = (0..<60).map { i in
            i % 2 == 0
                ? "\(["invoice", "bill"][i / 2 % 2]) payment charged card number\(i)x"
                : "\(["parcel", "package"][i / 2 % 2]) delivery shipped courier number\(i)x"
        }
        // As many directions as there are subjects: with more, the wording would have its own.
        var embedding = TextEmbedding(dimensions: 2)
        #expect(cosine(TextEmbedding(dimensions: 128), "invoice", "bill") < 0.3)
        embedding.learn(from: texts)
        #expect(cosine(embedding, "invoice", "bill") > 0.9)
        #expect(cosine(embedding, "invoice", "parcel") < 0.3)
    }

    @Test func `before learning, cosines follow the words that texts share`() {
        let embedding = TextEmbedding(dimensions: 128)
        let same = cosine(embedding, "refund for the broken laptop", "broken laptop refund")
        let near = cosine(embedding, "refund for the broken laptop", "a laptop arrived broken")
        let far = cosine(embedding, "refund for the broken laptop", "weather in spring")
        #expect(same > 0.99 && near > far + 0.2 && abs(far) < 0.3)
        #expect(embedding.vector(of: "").allSatisfy { $0 == 0 })
    }

    @Test func `a slip of the pen moves a text a little`() {
        let embedding = TextEmbedding(dimensions: 128)
        #expect(cosine(embedding, "subscription", "subscribtion") > 0.3)
    }

    private func cosine(_ embedding: TextEmbedding, _ a: String, _ b: String) -> Float {
        var index = VectorIndex(dimensions: embedding.dimensions, method: .exact)
        index.insert(embedding.vector(of: a), at: 0)
        index.insert(embedding.vector(of: b), at: 1)
        return index.similarity(0, 1)
    }
}
