// Sums over rows of floats, in kernels that choose the processor's widest vectors.

import CKernels

/// Elements that accumulators of `sumRows` come in multiples of.
package let vectorLanes = Int(KERNEL_LANES)

/// `count` rounded up to whole vectors.
package func wholeVectors(_ count: Int) -> Int {
    (count + vectorLanes - 1) / vectorLanes * vectorLanes
}

/// The inner product; the same bits on every processor.
package func dot(_ a: Span<Float>, _ b: Span<Float>) -> Float {
    precondition(a.count == b.count)
    return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
            return kernel_dot_f32(x, y, a.count)
        }
    }
}

/// Turns logits into probabilities that sum to 1.
///
/// - Parameter values: finite logits; on return in 0...1. No logit is too large: the greatest one
///   is taken off first. One that lies more than 87 below it becomes 0.
package func softmax(_ values: inout MutableSpan<Float>) {
    values.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress, !values.isEmpty else { return }
        kernel_softmax_f32(base, values.count)
    }
}

/// Adds rows of a table, each times its scale.
///
/// - Parameters:
///   - rows: numbers of rows; a repeated one counts twice.
///   - scales: as many as `rows`.
///   - table: row-major. It ends with enough padding that the last row can be read in whole
///     vectors, `sum.count` elements.
///   - stride: elements a row.
///   - sum: the accumulator, `wholeVectors(columns)` elements; those past `stride` are unspecified
///     on return.
package func sumRows(
    _ rows: Span<UInt32>, scales: Span<Float>, of table: Span<Float>, stride: Int,
    into sum: inout MutableSpan<Float>
) {
    let width = sum.count
    checkRows(rows, scales.count, table.count, stride, width)
    sum.withUnsafeMutableBufferPointer { sum in
        rows.withUnsafeBufferPointer { rows in
            scales.withUnsafeBufferPointer { scales in
                table.withUnsafeBufferPointer { table in
                    guard let sum = sum.baseAddress, let table = table.baseAddress,
                        let index = rows.baseAddress, let scale = scales.baseAddress
                    else { return }
                    kernel_sum_rows_f32(sum, width, table, stride, index, scale, rows.count)
                }
            }
        }
    }
}

/// Adds rows of a table of bytes, each times its scale; otherwise as for floats.
package func sumRows(
    _ rows: Span<UInt32>, scales: Span<Float>, of table: Span<Int8>, stride: Int,
    into sum: inout MutableSpan<Float>
) {
    sumRows(rows, scales: scales, of: table, stride: stride, into: &sum, at: sum.indices)
}

/// The same where the accumulator is a part of a larger one.
package func sumRows(
    _ rows: Span<UInt32>, scales: Span<Float>, of table: Span<Int8>, stride: Int,
    into sum: inout MutableSpan<Float>, at range: Range<Int>
) {
    let width = range.count
    precondition(range.lowerBound >= 0 && range.upperBound <= sum.count)
    checkRows(rows, scales.count, table.count, stride, width)
    sum.withUnsafeMutableBufferPointer { sum in
        rows.withUnsafeBufferPointer { rows in
            scales.withUnsafeBufferPointer { scales in
                table.withUnsafeBufferPointer { table in
                    guard let sum = sum.baseAddress, let table = table.baseAddress,
                        let index = rows.baseAddress, let scale = scales.baseAddress
                    else { return }
                    kernel_sum_rows_i8(
                        sum + range.lowerBound, width, table, stride, index, scale, rows.count)
                }
            }
        }
    }
}

/// Looks up hashes in an open-addressed table; gives how many were found.
///
/// There is a power of two of slots, one at least empty. A slot holds the upper half of a hash and its
/// row plus one; 0 is empty. The first place of a hash is given by its lower bits. `rows`, as many as
/// there are hashes, begins on return with the rows of those found, in their order.
package func findRows(
    of hashes: Span<UInt64>, in slots: Span<UInt64>, into rows: inout MutableSpan<UInt32>
) -> Int {
    precondition(rows.count >= hashes.count && slots.count.nonzeroBitCount == 1)
    return slots.withUnsafeBufferPointer { slots in
        hashes.withUnsafeBufferPointer { hashes in
            rows.withUnsafeMutableBufferPointer { rows in
                guard let table = slots.baseAddress, let hash = hashes.baseAddress,
                    let row = rows.baseAddress
                else { return 0 }
                return kernel_find_u64(table, slots.count - 1, hash, hashes.count, row)
            }
        }
    }
}

/// Looks up hashes that come in groups, as `findRows(of:in:into:)` does.
///
/// `ends` says where each group ends among the hashes, ascending; on return, where among the rows.
package func findRows(
    of hashes: Span<UInt64>, in slots: Span<UInt64>, groupedBy ends: inout MutableSpan<Int>,
    into rows: inout MutableSpan<UInt32>
) {
    precondition(rows.count >= hashes.count && slots.count.nonzeroBitCount == 1)
    var last = 0
    for i in ends.indices {
        precondition(ends[i] >= last && ends[i] <= hashes.count)
        last = ends[i]
    }
    slots.withUnsafeBufferPointer { slots in
        hashes.withUnsafeBufferPointer { hashes in
            rows.withUnsafeMutableBufferPointer { rows in
                ends.withUnsafeMutableBufferPointer { ends in
                    guard let table = slots.baseAddress, let hash = hashes.baseAddress,
                        let row = rows.baseAddress, let end = ends.baseAddress
                    else { return }
                    end.withMemoryRebound(to: UInt.self, capacity: ends.count) { end in
                        kernel_find_groups_u64(
                            table, slots.count - 1, hash, end, ends.count, row)
                    }
                }
            }
        }
    }
}

/// Writes the greatest of each column over rows of a table, each row with a number added to it.
///
/// - Parameters:
///   - table: shape (rows, stride), row-major.
///   - stride: elements from one row to the next.
///   - added: one number a row, at least one; none of the sums is NaN.
///   - greatest: whole vectors, at most `stride` elements.
package func greatestOfRows(
    _ table: Span<Float>, stride: Int, adding added: Span<Float>,
    into greatest: inout MutableSpan<Float>
) {
    let width = greatest.count
    precondition(added.count > 0 && width.isMultiple(of: vectorLanes) && width <= stride)
    precondition(added.count * stride <= table.count)
    greatest.withUnsafeMutableBufferPointer { greatest in
        table.withUnsafeBufferPointer { table in
            added.withUnsafeBufferPointer { added in
                guard let greatest = greatest.baseAddress, let table = table.baseAddress,
                    let numbers = added.baseAddress
                else { return }
                kernel_max_rows_f32(greatest, width, table, stride, numbers, added.count)
            }
        }
    }
}

/// One step of AdaGrad on the rows that an example has.
///
/// With g = gradient[c] · values[i]: `history` += g², `table` −= rate · g / √history, elementwise.
/// A gradient of zero leaves its column as it is.
///
/// Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods", JMLR 12, 2011.
///
/// Shapes: `table` and `history` (rows, classes), row-major; `gradient` (classes,), in whole vectors.
package func adaGradStep(
    _ table: inout MutableSpan<Float>, history: inout MutableSpan<Float>,
    rows: Span<UInt32>, values: Span<Float>, gradient: Span<Float>, rate: Float
) {
    let width = gradient.count
    checkRows(rows, values.count, min(table.count, history.count), width, width)
    table.withUnsafeMutableBufferPointer { table in
        history.withUnsafeMutableBufferPointer { history in
            rows.withUnsafeBufferPointer { rows in
                values.withUnsafeBufferPointer { values in
                    gradient.withUnsafeBufferPointer { gradient in
                        guard let table = table.baseAddress, let history = history.baseAddress,
                            let index = rows.baseAddress, let value = values.baseAddress,
                            let slope = gradient.baseAddress
                        else { return }
                        kernel_adagrad_f32(
                            table, history, width, index, value, rows.count, slope, rate)
                    }
                }
            }
        }
    }
}

/// Stops before a kernel would read outside its table.
private func checkRows(
    _ rows: Span<UInt32>, _ scaleCount: Int, _ tableCount: Int, _ stride: Int, _ width: Int
) {
    precondition(rows.count == scaleCount && width.isMultiple(of: vectorLanes))
    var last: UInt32 = 0
    for i in rows.indices { last = max(last, rows[i]) }
    precondition(rows.isEmpty || Int(last) * stride + width <= tableCount)
}
