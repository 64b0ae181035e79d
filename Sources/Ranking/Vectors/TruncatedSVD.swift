// The directions in which the rows of a sparse matrix differ most.

package import Learning
internal import Numerics

/// The greatest singular values of a sparse matrix and their right singular vectors.
///
/// A random block of some more columns than are wanted is multiplied by AᵀA a few times and made
/// orthonormal after each; what is left of the error falls with the power of the number of passes. The
/// same seed gives the same bits.
///
/// Source: Halko, Martinsson, Tropp, "Finding structure with randomness", SIAM Review 53, 2011,
/// algorithms 4.4 and 5.1.
package struct TruncatedSVD: Sendable {
    package let dimensions: Int
    /// The singular values, the greatest first; 0 where the rank is lower.
    package private(set) var values: [Float]
    /// Shape (columns, dimensions), row-major; a column of zeros where the value is 0.
    package private(set) var vectors: [Float]

    /// Takes a matrix apart.
    ///
    /// - Parameters:
    ///   - matrix: finite; its columns are below `columnCount`.
    ///   - columnCount: more than any column of the matrix.
    ///   - dimensions: how many values and vectors.
    ///   - passes: multiplications by AᵀA.
    ///   - extra: columns of the block beyond `dimensions`.
    ///   - seed: of the random block.
    /// - Complexity: O(passes · (elements · dimensions + columns · dimensions²)) for the columns that hold
    ///   something; memory for two blocks of shape (columns, dimensions + extra).
    package init(
        _ matrix: SparseMatrix, columnCount: Int, dimensions: Int, passes: Int = 4,
        extra: Int = 8, seed: UInt64 = 1
    ) {
        precondition(dimensions > 0 && passes > 0)
        self.dimensions = dimensions
        let (matrix, used) = matrix.withoutEmptyColumns(columnCount)
        var block = Block(rows: used.count, columns: dimensions + extra)
        block.fill(seed: seed)
        block.orthonormalize()
        for _ in 1..<passes {
            block = block.multiplied(by: matrix)
            block.orthonormalize()
        }
        // AᵀA within the block: its eigenvalues are the squares of the singular values.
        let image = block.multiplied(by: matrix)
        let inner = block.product(with: image)
        let eigen = SymmetricEigen(inner, size: block.columns)
        values = eigen.values.prefix(dimensions).map { Float(max($0, 0).squareRoot()) }
        let least = (values.first ?? 0) * 1e-5
        for i in values.indices where values[i] <= least { values[i] = 0 }
        let turned = block.turned(eigen.vectors, scales: values.map { $0 > 0 ? 1 : 0 })
        vectors = [Float](repeating: 0, count: columnCount * dimensions)
        for (row, column) in used.enumerated() {
            for d in 0..<dimensions {
                vectors[column * dimensions + d] = turned[row * dimensions + d]
            }
        }
    }
}

extension SparseMatrix {
    /// The matrix of the columns that hold something, and which these were.
    ///
    /// Few texts fill few of the columns that words are hashed into.
    fileprivate func withoutEmptyColumns(_ count: Int) -> (matrix: SparseMatrix, used: [Int]) {
        var isUsed = [Bool](repeating: false, count: count)
        for row in 0..<rowCount {
            let columns = columns(ofRow: row)
            for i in columns.indices { isUsed[Int(columns[i])] = true }
        }
        let used = isUsed.indices.filter { isUsed[$0] }
        var numbers = [UInt32](repeating: 0, count: count)
        for (number, column) in used.enumerated() { numbers[column] = UInt32(number) }
        var matrix = SparseMatrix()
        for row in 0..<rowCount {
            let columns = columns(ofRow: row)
            let dense = columns.indices.map { numbers[Int(columns[$0])] }
            matrix.append(columns: dense.span, values: values(ofRow: row))
        }
        return (matrix, used)
    }
}

/// A tall matrix of floats.
private struct Block {
    let rows: Int
    let columns: Int
    /// Elements of a row: `columns` in whole lanes.
    let width: Int
    /// Shape (rows, width), row-major; what is over is zero.
    var values: [Float]

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        width = wholeVectors(columns)
        values = [Float](repeating: 0, count: rows * width)
    }

    mutating func fill(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for row in 0..<rows {
            for c in 0..<columns {
                // Uniform, not normal: it only must not be orthogonal to what is looked for.
                values[row * width + c] = Float.random(in: -1...1, using: &random)
            }
        }
    }

    /// AᵀA times this, row of A by row: the product with A is never held as a whole.
    func multiplied(by matrix: SparseMatrix) -> Block {
        var result = Block(rows: rows, columns: columns)
        var sum = [Float](repeating: 0, count: width)
        let table = values.span
        var out = result.values.mutableSpan
        for row in 0..<matrix.rowCount {
            let (entries, weights) = (matrix.columns(ofRow: row), matrix.values(ofRow: row))
            var accumulator = sum.mutableSpan
            for c in accumulator.indices { accumulator[c] = 0 }
            sumRows(entries, scales: weights, of: table, stride: width, into: &accumulator)
            for i in entries.indices {
                let (start, weight) = (Int(entries[i]) * width, weights[i])
                for c in 0..<width { out[start + c] += weight * accumulator[c] }
            }
        }
        return result
    }

    /// The transpose of this times another, shape (columns, columns), row-major.
    func product(with other: Block) -> [Double] {
        var result = [Double](repeating: 0, count: columns * columns)
        var out = result.mutableSpan
        let (x, y) = (values.span, other.values.span)
        for row in 0..<rows {
            let start = row * width
            for i in 0..<columns where x[start + i] != 0 {
                let scale = Double(x[start + i])
                for j in 0..<columns { out[i * columns + j] += scale * Double(y[start + j]) }
            }
        }
        return result
    }

    /// Turns the columns into an orthonormal basis of what they span; dependent ones become zero.
    ///
    /// Twice, since once leaves an error of the square of the condition.
    mutating func orthonormalize() {
        for _ in 0..<2 {
            let eigen = SymmetricEigen(product(with: self), size: columns)
            let least = (eigen.values.first ?? 0) * 1e-12
            let scales = eigen.values.map { $0 > least ? Float(1 / $0.squareRoot()) : 0 }
            let turned = turned(eigen.vectors, scales: scales)
            for row in 0..<rows {
                for c in 0..<columns { values[row * width + c] = turned[row * columns + c] }
            }
        }
    }

    /// The product with the first columns of a small matrix, each times its scale: shape
    /// (rows, scales.count), row-major.
    func turned(_ matrix: [Double], scales: [Float]) -> [Float] {
        var result = [Float](repeating: 0, count: rows * scales.count)
        var out = result.mutableSpan
        let (x, m) = (values.span, matrix.span)
        var sums = [Double](repeating: 0, count: scales.count)
        for row in 0..<rows {
            for c in sums.indices { sums[c] = 0 }
            for k in 0..<columns where x[row * width + k] != 0 {
                let value = Double(x[row * width + k])
                for c in scales.indices { sums[c] += value * m[k * columns + c] }
            }
            for c in scales.indices { out[row * scales.count + c] = Float(sums[c]) * scales[c] }
        }
        return result
    }
}
