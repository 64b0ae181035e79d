// The greatest values of a vector.

import CKernels

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
    var i = -1
    while true {
        i += 1
        if filled == k { i = firstAbove(least, in: values, from: i) }
        if i >= values.count { break }
        let value = rankable(values[i])
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

/// The next place of a greater value, or the end; NaN is greater than nothing.
private func firstAbove(_ least: Float, in values: Span<Float>, from start: Int) -> Int {
    values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return values.count }
        return kernel_first_above_f32(base, start, values.count, least)
    }
}

private func rankable(_ value: Float) -> Float {
    value.isNaN ? -Float.infinity : value
}
