// The greatest values of a vector.

/// Writes where the greatest values stand, the greatest first; of equals, the first.
///
/// NaN counts as less than everything.
///
/// - Parameters:
///   - values: at least as many as places in `indices`.
///   - indices: on return the positions of the `indices.count` greatest values.
/// - Complexity: O(n) where few values displace another, O(n · k) at worst; no allocation. Meant for
///   a k of some dozens.
package func topK(_ values: Span<Float>, into indices: inout MutableSpan<Int>) {
    let k = indices.count
    precondition(k <= values.count)
    guard k > 0 else { return }
    var filled = 0
    // The value to exceed once all places are filled: nearly all that most values are compared with.
    var least = -Float.infinity
    for i in values.indices {
        let value = rankable(values[i])
        if filled == k, !(value > least) { continue }
        var place = filled < k ? filled : k - 1
        while place > 0, value > rankable(values[indices[place - 1]]) {
            indices[place] = indices[place - 1]
            place -= 1
        }
        indices[place] = i
        filled = min(filled + 1, k)
        least = rankable(values[indices[filled - 1]])
    }
}

/// The positions of the `count` greatest values, or of all where there are fewer.
package func topK(_ values: Span<Float>, count: Int) -> [Int] {
    var indices = [Int](repeating: 0, count: min(count, values.count))
    var output = indices.mutableSpan
    topK(values, into: &output)
    return indices
}

private func rankable(_ value: Float) -> Float {
    value.isNaN ? -Float.infinity : value
}
