// Eigenvalues and eigenvectors of small symmetric matrices.

/// Takes a symmetric matrix apart by Jacobi's rotations.
///
/// Source: Golub, Van Loan, "Matrix Computations", 4th edition, section 8.5 (cyclic by row).
struct SymmetricEigen {
    /// The greatest first.
    private(set) var values: [Double]
    /// Shape (size, size), row-major: column i belongs to value i.
    private(set) var vectors: [Double]

    /// - Parameters:
    ///   - matrix: shape (size, size), row-major, symmetric.
    ///   - size: rows, and columns.
    /// - Complexity: O(size³) times some ten sweeps.
    init(_ matrix: [Double], size: Int) {
        precondition(matrix.count == size * size)
        var a = matrix
        var v = [Double](repeating: 0, count: size * size)
        for i in 0..<size { v[i * size + i] = 1 }
        let total = matrix.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<50 {
            var off = 0.0
            for i in 0..<size { for j in 0..<i { off += a[i * size + j] * a[i * size + j] } }
            if off <= total * 1e-24 { break }
            for q in 1..<max(size, 1) {
                for p in 0..<q { Self.rotate(&a, &v, p, q, size) }
            }
        }
        let order = (0..<size).sorted { i, j in
            let (x, y) = (a[i * size + i], a[j * size + j])
            return x == y ? i < j : x > y
        }
        values = order.map { a[$0 * size + $0] }
        vectors = (0..<size * size).map { v[$0 / size * size + order[$0 % size]] }
    }

    /// Makes the element in row p and column q zero.
    private static func rotate(
        _ a: inout [Double], _ v: inout [Double], _ p: Int, _ q: Int, _ size: Int
    ) {
        let apq = a[p * size + q]
        guard apq != 0 else { return }
        let tau = (a[q * size + q] - a[p * size + p]) / (2 * apq)
        let t = (tau >= 0 ? 1 : -1) / (abs(tau) + (1 + tau * tau).squareRoot())
        let c = 1 / (1 + t * t).squareRoot()
        let s = t * c
        turn(&a, first: p, second: q, step: size, size, c, s)
        turn(&a, first: p * size, second: q * size, step: 1, size, c, s)
        turn(&v, first: p, second: q, step: size, size, c, s)
    }

    /// Turns two columns, or two rows, against each other.
    private static func turn(
        _ m: inout [Double], first: Int, second: Int, step: Int, _ size: Int, _ c: Double,
        _ s: Double
    ) {
        var m = m.mutableSpan
        for k in 0..<size {
            let (i, j) = (first + k * step, second + k * step)
            let (x, y) = (m[i], m[j])
            m[i] = c * x - s * y
            m[j] = s * x + c * y
        }
    }
}
