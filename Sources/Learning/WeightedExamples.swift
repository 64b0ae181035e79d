// What a linear model is fitted to: features, targets that may be uncertain, and weights.

/// Examples with the share of each class in what is right for them, and how much each counts.
package struct WeightedExamples: Sendable {
    /// Shape (examples, features).
    package private(set) var features = SparseMatrix()
    /// Shape (examples, classes): shares that sum to 1, less what is spread.
    package private(set) var targets = SparseMatrix()
    /// Shape (examples,): the share of the target that is spread evenly over all classes.
    package private(set) var spreads: [Float] = []
    /// Shape (examples,), above 0.
    package private(set) var weights: [Float] = []

    package init() {}

    package var count: Int { weights.count }

    /// Adds an example; the `shares` of `classes` and the `spread` sum to 1.
    package mutating func append(
        columns: Span<UInt32>, values: Span<Float>, classes: Span<UInt32>, shares: Span<Float>,
        spread: Float = 0, weight: Float = 1
    ) {
        precondition(weight > 0 && (spread > 0 || !classes.isEmpty))
        features.append(columns: columns, values: values)
        targets.append(columns: classes, values: shares)
        spreads.append(spread)
        weights.append(weight)
    }

    /// Adds an example whose class is certain.
    package mutating func append(columns: Span<UInt32>, values: Span<Float>, label: Int) {
        let (classes, shares) = ([UInt32(label)], [Float(1)])
        append(columns: columns, values: values, classes: classes.span, shares: shares.span)
    }
}
