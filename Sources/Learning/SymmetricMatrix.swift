// Small symmetric systems of equations.

/// A symmetric, positive definite matrix.
struct SymmetricMatrix: Sendable {
    private let size: Int
    /// Shape (size, size), row-major; only what is not above the diagonal counts.
    private var elements: [Double]

    init(diagonal: [Double]) {
        size = diagonal.count
        elements = Array(repeating: 0, count: size * size)
        for i in diagonal.indices { elements[i * size + i] = diagonal[i] }
    }

    /// Adds factor · x xᵀ.
    mutating func addSquare(of x: Span<Double>, times factor: Double) {
        var matrix = elements.mutableSpan
        for i in 0..<x.count {
            let scaled = factor * x[i]
            guard scaled != 0 else { continue }
            for j in 0...i { matrix[i * x.count + j] += scaled * x[j] }
        }
    }

    /// The solution of A x = b, by Cholesky's decomposition.
    func solved(_ right: [Double]) -> [Double] {
        var (lower, x) = (elements, right)
        for i in 0..<size {
            for j in 0...i {
                var sum = lower[i * size + j]
                for k in 0..<j { sum -= lower[i * size + k] * lower[j * size + k] }
                // A diagonal that rounding took below 0 is as good as a very small one.
                lower[i * size + j] =
                    i == j ? max(sum, 1e-12).squareRoot() : sum / lower[j * size + j]
            }
            for k in 0..<i { x[i] -= lower[i * size + k] * x[k] }
            x[i] /= lower[i * size + i]
        }
        for i in (0..<size).reversed() {
            for k in i + 1..<size { x[i] -= lower[k * size + i] * x[k] }
            x[i] /= lower[i * size + i]
        }
        return x
    }
}
