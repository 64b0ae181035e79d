// Vectors by slot, one after another in memory.

internal import Numerics

/// Unit vectors in numbered slots; the inner product of two is their cosine.
///
/// A slot without a vector holds NaN, which no search gives.
struct VectorTable: Sendable {
    let dimensions: Int
    /// `dimensions` in whole lanes; what is over is zero.
    let width: Int
    /// Shape (slots, width), row-major.
    private(set) var values: [Float] = []
    private(set) var count = 0

    init(dimensions: Int) {
        precondition(dimensions > 0)
        self.dimensions = dimensions
        width = wholeVectors(dimensions)
    }

    var slotCount: Int { values.count / width }

    func contains(_ slot: Int) -> Bool {
        slot < slotCount && !values[slot * width].isNaN
    }

    /// The vector in a slot, shape (width,).
    @_lifetime(borrow self)
    func row(_ slot: Int) -> Span<Float> {
        values.span.extracting(slot * width..<(slot + 1) * width)
    }

    /// A vector of length 1, shape (width,), in that direction; `nil` for one without direction.
    func unit(_ vector: Span<Float>) -> [Float]? {
        precondition(vector.count == dimensions)
        var square = 0.0
        for i in vector.indices { square += Double(vector[i]) * Double(vector[i]) }
        guard square > 1e-30, square.isFinite else { return nil }
        let scale = 1 / square.squareRoot()
        var result = [Float](repeating: 0, count: width)
        for i in vector.indices { result[i] = Float(Double(vector[i]) * scale) }
        return result
    }

    /// Puts a vector as `unit` gives it into a slot that has none.
    mutating func insert(_ unit: [Float], at slot: Int) {
        precondition(unit.count == width && !contains(slot))
        let missing = slot + 1 - slotCount
        if missing > 0 {
            values.append(contentsOf: repeatElement(.nan, count: missing * width))
        }
        for i in 0..<width { values[slot * width + i] = unit[i] }
        count += 1
    }

    mutating func remove(_ slot: Int) {
        precondition(contains(slot))
        for i in slot * width..<(slot + 1) * width { values[i] = .nan }
        count -= 1
    }

    func similarity(_ a: Int, _ b: Int) -> Float {
        dot(row(a), row(b))
    }
}

extension VectorTable {
    func write(to writer: inout StateWriter) {
        writer.add((0..<slotCount).map { contains($0) ? 1 : 0 } as [UInt32])
        for slot in 0..<slotCount where contains(slot) {
            writer.add(Array(values[slot * width..<slot * width + dimensions]))
        }
    }

    /// Reads what a table of the same width wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        let isThere = try reader.numbers()
        values = Array(repeating: .nan, count: isThere.count * width)
        count = 0
        for slot in isThere.indices where isThere[slot] != 0 {
            let vector = try reader.floats()
            try reader.check(vector.count == dimensions && !vector[0].isNaN)
            let padding = repeatElement(Float(0), count: width - dimensions)
            values.replaceSubrange(slot * width..<(slot + 1) * width, with: vector + padding)
            count += 1
        }
    }
}
