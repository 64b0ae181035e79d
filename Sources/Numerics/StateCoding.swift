// Values one after another as bytes, to be read again in the same order.

/// Writes the state of something, for `StateReader` to read in the same order.
///
/// Whole numbers take as few groups of seven bits as they need, the lowest first; doubles and floats are
/// little-endian. Equal values give equal bytes.
package struct StateWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Writes a whole number; small ones take a byte.
    package mutating func add(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Writes how many there are of something.
    package mutating func add(count: Int) { add(UInt64(count)) }

    package mutating func add(_ number: Double) { addRaw(number.bitPattern) }

    package mutating func add(_ text: String) {
        add(count: text.utf8.count)
        bytes += text.utf8
    }

    package mutating func add(_ texts: [String]) {
        add(count: texts.count)
        for text in texts { add(text) }
    }

    package mutating func add(_ octets: [UInt8]) {
        add(count: octets.count)
        bytes += octets
    }

    /// Writes whole numbers; small ones take a byte each.
    package mutating func add(_ numbers: [UInt32]) {
        add(count: numbers.count)
        for number in numbers { add(UInt64(number)) }
    }

    /// Writes ascending numbers by the distances between them.
    package mutating func add(ascending numbers: [UInt32]) {
        add(count: numbers.count)
        var last: UInt32 = 0
        for number in numbers {
            add(UInt64(number - last))
            last = number
        }
    }

    package mutating func add(_ numbers: [Double]) {
        add(count: numbers.count)
        for number in numbers { addRaw(number.bitPattern) }
    }

    package mutating func add(_ numbers: [Float]) {
        add(count: numbers.count)
        for number in numbers { addRaw(number.bitPattern) }
    }

    /// Writes numbers that are seldom small, such as hashes.
    package mutating func add(wide numbers: [UInt64]) {
        add(count: numbers.count)
        for number in numbers { addRaw(number) }
    }

    private mutating func addRaw<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
}

/// Reads what a `StateWriter` wrote; throws `.damaged` where that cannot have been.
package struct StateReader: Sendable {
    private let bytes: [UInt8]
    private var place = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Throws `.damaged` unless something holds that the writer saw to.
    package func check(_ holds: Bool) throws(ArchiveError) {
        guard holds else { throw .damaged }
    }

    /// Checks that nothing is left.
    package func finish() throws(ArchiveError) { try check(place == bytes.count) }

    package mutating func number() throws(ArchiveError) -> UInt64 {
        var (number, shift) = (UInt64(0), UInt64(0))
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw .damaged
    }

    /// How many there are of something that takes at least `size` bytes each.
    package mutating func count(size: Int = 1) throws(ArchiveError) -> Int {
        let count = try number()
        try check(count <= UInt64((bytes.count - place) / size))
        return Int(count)
    }

    package mutating func double() throws(ArchiveError) -> Double {
        Double(bitPattern: try raw(UInt64.self))
    }

    package mutating func string() throws(ArchiveError) -> String {
        let count = try count()
        defer { place += count }
        return String(decoding: bytes[place..<place + count], as: UTF8.self)
    }

    package mutating func strings() throws(ArchiveError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try count()) { texts.append(try string()) }
        return texts
    }

    package mutating func octets() throws(ArchiveError) -> [UInt8] {
        let count = try count()
        defer { place += count }
        return Array(bytes[place..<place + count])
    }

    package mutating func numbers() throws(ArchiveError) -> [UInt32] {
        let count = try count()
        var numbers: [UInt32] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count { numbers.append(try small()) }
        return numbers
    }

    package mutating func ascending() throws(ArchiveError) -> [UInt32] {
        let count = try count()
        var numbers: [UInt32] = []
        numbers.reserveCapacity(count)
        var last: UInt32 = 0
        for _ in 0..<count {
            let (next, overflow) = last.addingReportingOverflow(try small())
            try check(!overflow)
            numbers.append(next)
            last = next
        }
        return numbers
    }

    package mutating func doubles() throws(ArchiveError) -> [Double] {
        let count = try count(size: 8)
        return bytes.withUnsafeBytes { bytes in
            defer { place += count * 8 }
            return (0..<count).map {
                Double(
                    bitPattern: UInt64(
                        littleEndian: bytes.loadUnaligned(
                            fromByteOffset: place + $0 * 8, as: UInt64.self)))
            }
        }
    }

    package mutating func floats() throws(ArchiveError) -> [Float] {
        let count = try count(size: 4)
        return bytes.withUnsafeBytes { bytes in
            defer { place += count * 4 }
            return (0..<count).map {
                Float(
                    bitPattern: UInt32(
                        littleEndian: bytes.loadUnaligned(
                            fromByteOffset: place + $0 * 4, as: UInt32.self)))
            }
        }
    }

    package mutating func wide() throws(ArchiveError) -> [UInt64] {
        try doubles().map(\.bitPattern)
    }

    private mutating func small() throws(ArchiveError) -> UInt32 {
        // Nearly all are of one byte.
        if place < bytes.count, bytes[place] < 0x80 {
            defer { place += 1 }
            return UInt32(bytes[place])
        }
        guard let number = UInt32(exactly: try number()) else { throw .damaged }
        return number
    }

    private mutating func raw<Number: FixedWidthInteger>(
        _: Number.Type
    ) throws(ArchiveError) -> Number {
        let size = Number.bitWidth / 8
        try check(bytes.count - place >= size)
        defer { place += size }
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
        }
    }
}
