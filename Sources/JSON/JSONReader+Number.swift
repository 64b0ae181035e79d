// Numbers: one scan for the grammar, exact short cuts, and the standard library for the rest.

extension JSONReader {
    /// A number, taken apart into sign, digits and decimal exponent.
    struct NumberToken {
        let range: Range<Int>
        let isNegative: Bool
        /// The digits as one integer, without the point; `nil` where it overflows.
        let significand: UInt64?
        /// The power of ten to multiply it with; `nil` where it is beyond any double.
        let exponent: Int?
    }

    /// Reads an integer.
    ///
    /// `3.0` and `1e2` are integers as well, as JSON Schema has it, while they are at most 2^53, where
    /// doubles still count by ones. `-0` is 0.
    package mutating func integer() throws(JSONError) -> Int {
        if let value = takePlainInteger() { return value }
        let token = try scanNumber()
        let start = token.range.lowerBound
        guard token.exponent == 0 else { return try integer(fromDouble: token) }
        guard let magnitude = token.significand else {
            throw JSONError(.numberOutOfRange, at: start)
        }
        if !token.isNegative, let value = Int(exactly: magnitude) { return value }
        if token.isNegative, magnitude <= Int.min.magnitude {
            return Int(truncatingIfNeeded: 0 &- magnitude)
        }
        throw JSONError(.numberOutOfRange, at: start)
    }

    /// Reads what nearly all integers of messages are: up to 18 digits, which cannot overflow, and no
    /// leading zero; otherwise reads nothing.
    @inline(__always)
    private mutating func takePlainInteger() -> Int? {
        skipWhitespace()
        var end = position
        var value = 0
        while end < bytes.count, Self.isDigit(bytes[end]) {
            guard end &- position < 18 else { return nil }
            value = value &* 10 &+ Int(bytes[end] &- 0x30)
            end &+= 1
        }
        guard end > position, end < bytes.count, !Self.continuesNumber(bytes[end]),
            bytes[position] != 0x30 || end == position &+ 1
        else { return nil }
        position = end
        return value
    }

    private static func continuesNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }

    private func integer(fromDouble token: NumberToken) throws(JSONError) -> Int {
        let value = try double(token)
        guard value.magnitude <= 0x1p53 else {
            throw JSONError(.numberOutOfRange, at: token.range.lowerBound)
        }
        guard let integer = Int(exactly: value) else {
            throw JSONError(.notAnInteger, at: token.range.lowerBound)
        }
        return integer
    }

    /// Reads a number as the nearest double; one beyond the largest finite double is an error.
    package mutating func double() throws(JSONError) -> Double {
        try double(scanNumber())
    }

    private func double(_ token: NumberToken) throws(JSONError) -> Double {
        // Both operands are exact and there is one rounding (W. Clinger, "How to read floating point
        // numbers accurately", PLDI 1990): this covers nearly all numbers of messages.
        if let significand = token.significand, significand <= 1 << 53,
            let exponent = token.exponent, abs(exponent) < Self.powersOfTen.count
        {
            let power = Self.powersOfTen[abs(exponent)]
            let value = exponent < 0 ? Double(significand) / power : Double(significand) * power
            return token.isNegative ? -value : value
        }
        let text = String(valid: bytes.extracting(token.range), isASCII: true)
        guard let value = Double(text), value.isFinite else {
            throw JSONError(.numberOutOfRange, at: token.range.lowerBound)
        }
        return value
    }

    /// The powers of ten that a double holds exactly.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Checks the grammar of a number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
    mutating func scanNumber() throws(JSONError) -> NumberToken {
        skipWhitespace()
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        guard position < bytes.count, Self.isDigit(bytes[position]) else {
            throw isNegative ? JSONError(.invalidNumber, at: start) : mismatch(.number)
        }
        var significand: UInt64? = 0
        let first = position
        let whole = scanDigits(&significand)
        guard whole == 1 || bytes[first] != UInt8(ascii: "0") else {
            throw JSONError(.invalidNumber, at: start)
        }
        var exponent: Int? = 0
        if take(UInt8(ascii: ".")) {
            let fraction = scanDigits(&significand)
            guard fraction > 0 else { throw JSONError(.invalidNumber, at: start) }
            exponent = -fraction
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            let explicit = try scanExponent(start)
            exponent = if let explicit, let shift = exponent { explicit + shift } else { nil }
        }
        return NumberToken(
            range: start..<position, isNegative: isNegative, significand: significand,
            exponent: exponent)
    }

    private mutating func scanExponent(_ start: Int) throws(JSONError) -> Int? {
        let isNegative = take(UInt8(ascii: "-"))
        if !isNegative { _ = take(UInt8(ascii: "+")) }
        var value: UInt64? = 0
        guard scanDigits(&value) > 0 else { throw JSONError(.invalidNumber, at: start) }
        guard let value, value < 1 << 32 else { return nil }
        return isNegative ? -Int(value) : Int(value)
    }

    /// Appends digits to `value` and gives their number.
    @inline(__always)
    private mutating func scanDigits(_ value: inout UInt64?) -> Int {
        let start = position
        var sum = value ?? 0
        var overflows = value == nil
        while position < bytes.count, Self.isDigit(bytes[position]) {
            let (product, high) = sum.multipliedReportingOverflow(by: 10)
            let (next, carry) = product.addingReportingOverflow(UInt64(bytes[position] &- 0x30))
            overflows = overflows || high || carry
            sum = next
            position += 1
        }
        value = overflows ? nil : sum
        return position - start
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }
}
