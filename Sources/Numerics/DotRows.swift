// Inner products of one vector with many.

import CKernels

/// Writes the inner products of a vector with some rows of a table.
///
/// - Parameters:
///   - vector: as long as a row.
///   - table: rows of `vector.count` elements, row-major.
///   - rows: numbers of rows.
///   - dots: at least as long as `rows`; the same bits as `dot` gives, on every processor.
package func dotRows(
    _ vector: Span<Float>, _ table: Span<Float>, rows: Span<UInt32>,
    into dots: inout MutableSpan<Float>
) {
    var last: UInt32 = 0
    for i in rows.indices { last = max(last, rows[i]) }
    precondition(rows.isEmpty || (Int(last) + 1) * vector.count <= table.count)
    precondition(dots.count >= rows.count)
    dots.withUnsafeMutableBufferPointer { dots in
        vector.withUnsafeBufferPointer { vector in
            table.withUnsafeBufferPointer { table in
                rows.withUnsafeBufferPointer { rows in
                    guard let out = dots.baseAddress, let x = vector.baseAddress,
                        let base = table.baseAddress, let row = rows.baseAddress
                    else { return }
                    kernel_dot_rows_f32(out, x, base, vector.count, row, rows.count)
                }
            }
        }
    }
}

/// Writes the inner products of a vector with all rows of a table.
///
/// - Parameters:
///   - vector: as long as a row.
///   - table: shape (rows, vector.count), row-major.
///   - dots: at least one for each row.
package func dotRows(
    _ vector: Span<Float>, _ table: Span<Float>, into dots: inout MutableSpan<Float>
) {
    guard !vector.isEmpty else { return }
    let rows = table.count / vector.count
    precondition(table.count.isMultiple(of: vector.count) && dots.count >= rows)
    dots.withUnsafeMutableBufferPointer { dots in
        vector.withUnsafeBufferPointer { vector in
            table.withUnsafeBufferPointer { table in
                guard let out = dots.baseAddress, let x = vector.baseAddress,
                    let base = table.baseAddress
                else { return }
                kernel_dot_all_f32(out, x, base, vector.count, rows)
            }
        }
    }
}
