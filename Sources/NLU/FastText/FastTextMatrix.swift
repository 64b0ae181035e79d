// A matrix of a model of fastText, as it lies in the file.

import Numerics

/// Rows as floats, or as the codes of a product quantizer.
enum FastTextMatrix: Sendable {
    case dense(FloatRows)
    /// Each row is its decoded direction times its norm, where norms are coded apart.
    case quantized(CodedRows, norms: Norms?)

    /// The length of each row: the number of one of 256.
    struct Norms: Sendable {
        let codes: Table<UInt8>
        /// Shape (1, 256).
        let values: FloatRows

        subscript(row: Int) -> Float { values[0, Int(codes[row])] }
    }

    init(
        _ reader: inout FastTextReader, _ part: String, width: Int, isQuantized: Bool
    ) throws(FastTextError) {
        reader.part = part
        guard isQuantized else {
            let count = try Self.shape(&reader, width)
            self = .dense(try reader.rows(count, width: width))
            return
        }
        let hasNorms = try reader.flag("the flag of norms")
        let count = try Self.shape(&reader, width)
        let size = Int(try reader.number(Int32.self))
        // The quantizer stands behind its codes.
        let start = try reader.skip(size)
        let step = try Self.quantizer(&reader, width: width)
        let parts = (width + step - 1) / step
        guard size / parts == count, size.isMultiple(of: parts) else {
            throw .unsuitable("the codes of \(part)")
        }
        let centroids = try reader.rows(1, width: 256 * width)
        let codes = try reader.codes(size, at: start)
        var norms: Norms?
        if hasNorms {
            let start = try reader.skip(count)
            let codes = try reader.codes(count, at: start)
            _ = try Self.quantizer(&reader, width: 1)
            norms = Norms(codes: codes, values: try reader.rows(1, width: 256))
        }
        let rows = CodedRows(codes, centroids: centroids, width: width, part: step)
        self = .quantized(rows, norms: norms)
    }

    /// Reads the numbers of rows and columns; gives that of rows.
    private static func shape(
        _ reader: inout FastTextReader, _ width: Int
    ) throws(FastTextError) -> Int {
        let count = try reader.number(
            Int64.self, in: 1...Int(Int32.max), "the number of rows of \(reader.part)")
        _ = try reader.number(
            Int64.self, in: width...width, "the number of columns of \(reader.part)")
        return count
    }

    /// Reads what stands before the centroids; gives the columns of a part.
    private static func quantizer(
        _ reader: inout FastTextReader, width: Int
    ) throws(FastTextError) -> Int {
        let name = "the quantizer of \(reader.part)"
        _ = try reader.number(Int32.self, in: width...width, name)
        let parts = try reader.number(Int32.self, in: 1...width, name)
        // fastText lets a part be wider than the whole, of which there is then one.
        let step = try reader.number(Int32.self, in: 1...Int(Int32.max), name)
        let last = width - (parts - 1) * step
        guard 1...step ~= last else { throw .unsuitable(name) }
        _ = try reader.number(Int32.self, in: last...last, name)
        return min(step, width)
    }

    var count: Int {
        switch self {
        case .dense(let rows): rows.count
        case .quantized(let rows, _): rows.count
        }
    }

    /// Writes the mean of rows, added up in their order; `mean` has the width of a row.
    func average(_ rows: Span<UInt32>, into mean: inout MutableSpan<Float>) {
        for c in mean.indices { mean[c] = 0 }
        switch self {
        case .dense(let table): table.add(rows, into: &mean)
        case .quantized(let coded, let norms):
            for i in rows.indices {
                let row = Int(rows[i])
                coded.add(row, scale: norms?[row] ?? 1, into: &mean)
            }
        }
        let share = Float(1 / Double(rows.count))
        for c in mean.indices { mean[c] *= share }
    }

    /// The elements of a row without its norm, and the norm.
    func row(_ row: Int, width: Int) -> (elements: [Float], norm: Float) {
        switch self {
        case .dense(let rows): return ((0..<width).map { rows[row, $0] }, 1)
        case .quantized(let coded, let norms):
            var elements = [Float](repeating: 0, count: width)
            var output = elements.mutableSpan
            coded.add(row, scale: 1, into: &output)
            return (elements, norms?[row] ?? 1)
        }
    }

    /// Whether no sum of rows, nor an inner product with one, is more than a float can hold.
    var isBounded: Bool {
        switch self {
        case .dense(let rows): return rows.isBounded(by: 1e15)
        case .quantized(let rows, let norms):
            return rows.isBounded(by: 1e7) && norms?.values.isBounded(by: 1e7) != false
        }
    }
}
