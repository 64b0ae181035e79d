// Numbers and strings in the binary forms of this module.

/// Why bytes are not what they should be; offsets count from their start.
package enum FormatError: Error, Equatable {
    case notASnapshot
    case unknownVersion(UInt8)
    case truncated(at: Int)
    case trailingBytes(at: Int)
    /// A number that does not fit, or is not in its shortest form.
    case numberTooLarge(at: Int)
    case invalidUTF8(at: Int)
    /// A block's number that is not below the next one, or occurs twice.
    case badBlock(at: Int)
    /// A session that occurs twice, out of order, or later than the document.
    case badSession(at: Int)
    /// An operation that is not in canonical form.
    case notCanonical(at: Int)
}

extension [UInt8] {
    /// Appends a number in LEB128: seven bits a byte, the lowest first.
    mutating func appendNumber(_ number: Int) {
        precondition(number >= 0)
        appendBits(UInt64(number))
    }

    /// Appends a signed number in zigzag form, where 0, -1, 1, -2 become 0, 1, 2, 3.
    mutating func appendDifference(_ number: Int) {
        appendBits(UInt64(bitPattern: Int64((number << 1) ^ (number >> (Int.bitWidth - 1)))))
    }

    private mutating func appendBits(_ bits: UInt64) {
        var rest = bits
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func appendFixed(_ number: some FixedWidthInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func appendString(_ string: String) {
        appendNumber(string.utf8.count)
        append(contentsOf: string.utf8)
    }
}

/// Reads from bytes, which are given to each call.
struct ByteCursor {
    private(set) var offset = 0

    mutating func byte(_ bytes: Span<UInt8>) throws(FormatError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated(at: offset) }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func number(_ bytes: Span<UInt8>) throws(FormatError) -> Int {
        let start = offset
        guard let number = Int(exactly: try bits(bytes)) else { throw .numberTooLarge(at: start) }
        return number
    }

    mutating func difference(_ bytes: Span<UInt8>) throws(FormatError) -> Int {
        let bits = try bits(bytes)
        return Int(bitPattern: UInt(bits >> 1)) ^ -Int(bits & 1)
    }

    mutating func fixed<Number: FixedWidthInteger>(
        _ bytes: Span<UInt8>
    ) throws(FormatError) -> Number {
        var number: Number = 0
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            number |= Number(truncatingIfNeeded: try byte(bytes)) << shift
        }
        return number
    }

    mutating func string(_ bytes: Span<UInt8>) throws(FormatError) -> String {
        let count = try number(bytes)
        guard count <= bytes.count - offset else { throw .truncated(at: bytes.count) }
        guard let text = try? UTF8Span(validating: bytes.extracting(offset..<offset + count)) else {
            throw .invalidUTF8(at: offset)
        }
        offset += count
        return String(copying: text)
    }

    func end(_ bytes: Span<UInt8>) throws(FormatError) {
        guard offset == bytes.count else { throw .trailingBytes(at: offset) }
    }

    private mutating func bits(_ bytes: Span<UInt8>) throws(FormatError) -> UInt64 {
        let start = offset
        var number: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            let byte = try byte(bytes)
            let part = UInt64(byte & 0x7F)
            guard (part << shift) >> shift == part else { throw .numberTooLarge(at: start) }
            number |= part << shift
            if byte < 0x80 {
                guard byte > 0 || shift == 0 else { throw .numberTooLarge(at: start) }
                return number
            }
        }
        throw .numberTooLarge(at: start)
    }
}
