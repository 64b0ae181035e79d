// The numbers and strings of a file of fastText, one after another.

import Numerics

/// Reads a file from its beginning; never beyond its end.
struct FastTextReader {
    let memory: Memory
    private(set) var offset = 0
    /// What is being read, for errors.
    var part = "the header"

    init(_ memory: Memory) { self.memory = memory }

    var bytesLeft: Int { memory.count - offset }

    /// The next number, little-endian.
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _: Number.Type = Number.self
    ) throws(FastTextError) -> Number {
        let start = try skip(MemoryLayout<Number>.size)
        let bits = memory.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: Number.self)
        return Number(littleEndian: bits)
    }

    /// The next number, as long as it lies in `range`.
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _: Number.Type, in range: ClosedRange<Int>, _ name: String
    ) throws(FastTextError) -> Int {
        let value = try number(Number.self)
        guard let number = Int(exactly: value), range.contains(number) else {
            throw .unsuitable("\(name) is \(value)")
        }
        return number
    }

    /// Whether the next byte is 1 and not 0.
    mutating func flag(_ name: String) throws(FastTextError) -> Bool {
        try number(UInt8.self, in: 0...1, name) == 1
    }

    /// Passes over bytes; gives where they begin.
    mutating func skip(_ count: Int) throws(FastTextError) -> Int {
        guard count >= 0, count <= bytesLeft else { throw .truncated(part) }
        defer { offset += count }
        return offset
    }

    /// Passes over a string and the zero at its end; gives where it lies.
    mutating func string() throws(FastTextError) -> Range<Int> {
        let memory = memory
        var end = offset
        while end < memory.count, memory.bytes.unsafeLoad(fromByteOffset: end, as: UInt8.self) != 0
        {
            end += 1
        }
        guard end < memory.count else { throw .truncated(part) }
        defer { offset = end + 1 }
        return offset..<end
    }

    /// Passes over a table of floats.
    mutating func rows(_ count: Int, width: Int) throws(FastTextError) -> FloatRows {
        let (elements, overflow) = count.multipliedReportingOverflow(by: width)
        guard !overflow, elements <= bytesLeft / 4 else { throw .truncated(part) }
        let start = try skip(4 * elements)
        do throws(TableError) {
            return try FloatRows(memory, offset: start, count: count, width: width)
        } catch {
            throw .truncated(part)
        }
    }

    /// Bytes that were passed over, as codes.
    func codes(_ count: Int, at start: Int) throws(FastTextError) -> Table<UInt8> {
        do throws(TableError) {
            return try Table(memory, offset: start, count: count)
        } catch {
            throw .truncated(part)
        }
    }
}
