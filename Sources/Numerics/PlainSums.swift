// Sums over rows that lie anywhere in a file of another program, added one after another.

import CKernels

/// A row-major table of floats at any address in memory.
package struct FloatRows: Sendable {
    private let memory: Memory
    private let offset: Int
    package let count: Int
    /// Elements a row.
    package let width: Int

    /// - Throws: `.outOfBounds`.
    package init(_ memory: Memory, offset: Int, count: Int, width: Int) throws(TableError) {
        let (elements, overflow) = count.multipliedReportingOverflow(by: width)
        guard offset >= 0, count >= 0, width > 0, !overflow, offset <= memory.count,
            elements <= (memory.count - offset) / 4
        else { throw .outOfBounds(offset: offset, count: count) }
        self.memory = memory
        self.offset = offset
        self.count = count
        self.width = width
    }

    package subscript(row: Int, column: Int) -> Float {
        precondition(row >= 0 && row < count && column >= 0 && column < width)
        let place = offset + 4 * (row * width + column)
        return memory.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: Float.self)
    }

    /// Whether all elements are numbers, none of them farther from 0.
    package func isBounded(by limit: Float) -> Bool {
        let bytes = memory.bytes
        let elements = count * width
        // Eight at a time, as files may have hundreds of millions.
        var areBounded = SIMDMask<SIMD8<Int32>>(repeating: true)
        for i in stride(from: 0, to: elements - elements % 8, by: 8) {
            let some = bytes.unsafeLoadUnaligned(
                fromByteOffset: offset + 4 * i, as: SIMD8<Float>.self)
            areBounded .&= (some .<= limit) .& (some .>= -limit)
        }
        guard areBounded == SIMDMask(repeating: true) else { return false }
        for i in elements - elements % 8..<elements {
            let element = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 4 * i, as: Float.self)
            guard abs(element) <= limit else { return false }
        }
        return true
    }

    /// Adds rows to `sum`, in their order, with the same bits as a plain loop.
    ///
    /// - Parameters:
    ///   - rows: numbers of rows; a repeated one counts twice.
    ///   - sum: shape (width,).
    package func add(_ rows: Span<UInt32>, into sum: inout MutableSpan<Float>) {
        precondition(sum.count == width)
        for i in rows.indices { precondition(Int(rows[i]) < count) }
        sum.withUnsafeMutableBufferPointer { sum in
            rows.withUnsafeBufferPointer { rows in
                memory.bytes.withUnsafeBytes { bytes in
                    guard let out = sum.baseAddress, let row = rows.baseAddress,
                        let base = bytes.baseAddress
                    else { return }
                    kernel_add_rows_f32(out, width, base + offset, row, rows.count)
                }
            }
        }
    }
}

/// Rows that a product quantizer has coded: for each part of some columns the number of one of 256
/// centroids.
///
/// Source: Jégou et al., "Product Quantization for Nearest Neighbor Search", PAMI 2011, section 2.
package struct CodedRows: Sendable {
    private let codes: Table<UInt8>
    /// For each part a block of 256, shape (256, columns of the part); all columns at once as one row.
    private let centroids: FloatRows
    /// Columns a part; the last may have fewer.
    private let part: Int
    package let count: Int
    package let width: Int

    /// Of codes of shape (rows, parts), and of one row of 256 × `width` elements of centroids.
    package init(_ codes: Table<UInt8>, centroids: FloatRows, width: Int, part: Int) {
        let parts = (width + part - 1) / part
        precondition(part > 0 && codes.count.isMultiple(of: parts))
        precondition(centroids.count == 1 && centroids.width == 256 * width)
        self.codes = codes
        self.centroids = centroids
        self.part = part
        self.width = width
        count = codes.count / parts
    }

    /// Whether all centroids are numbers, none of them farther from 0.
    package func isBounded(by limit: Float) -> Bool { centroids.isBounded(by: limit) }

    /// Adds a row, each element times `scale`, to `sum`, shape (width,).
    package func add(_ row: Int, scale: Float, into sum: inout MutableSpan<Float>) {
        precondition(row >= 0 && row < count && sum.count == width)
        let parts = codes.count / count
        sum.withUnsafeMutableBufferPointer { sum in
            codes.span.withUnsafeBufferPointer { codes in
                centroids.withUnsafeFloats { floats in
                    guard let out = sum.baseAddress, let code = codes.baseAddress else { return }
                    kernel_add_codes_f32(out, width, code + row * parts, floats, part, scale)
                }
            }
        }
    }
}

extension FloatRows {
    /// Where the first element lies.
    fileprivate func withUnsafeFloats(_ body: (UnsafeRawPointer) -> Void) {
        memory.bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            body(base + offset)
        }
    }
}
