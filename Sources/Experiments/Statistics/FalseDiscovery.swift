// Many tests at once.

/// The p-values adjusted so that those below q have a false discovery rate of at most q.
///
/// By rank i of n, the least of p · n / i over this rank and those above it. It holds for independent or
/// positively dependent tests. Source: Benjamini and Hochberg, J. R. Stat. Soc. B 57, 1995.
package func falseDiscoveryAdjusted(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var least = 1.0
    let order = pValues.indices.sorted { pValues[$0] > pValues[$1] }
    for (passed, i) in order.enumerated() {
        least = min(least, pValues[i] * Double(pValues.count) / Double(pValues.count - passed))
        adjusted[i] = least
    }
    return adjusted
}
