// The names of blocks and sessions.

/// Names a block within its document, for as long as the document lives.
///
/// The document counts its blocks from one and never uses a number again. On the wire: "b17".
package struct BlockID: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Reads the form of the wire, "b17"; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "b"), let number = UInt32(text.utf8.dropFirst())
        else { return nil }
        self.init(rawValue: number)
    }

    package static func < (left: BlockID, right: BlockID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension BlockID: CustomStringConvertible {
    package var description: String { "b\(rawValue)" }
}

extension UInt32 {
    /// Reads decimal digits without sign or leading zero, so that a number has one form only.
    fileprivate init?(_ digits: Substring.UTF8View) {
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else {
            return nil
        }
        var number: UInt32 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (tens, over) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt32(digit - UInt8(ascii: "0")))
            guard !over, !carry else { return nil }
            number = sum
        }
        self = number
    }
}

/// Names a session by 128 random bits.
///
/// On the wire: 32 hexadecimal digits in lower case.
package struct SessionID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt128

    package init(rawValue: UInt128) {
        self.rawValue = rawValue
    }

    /// Reads 32 hexadecimal digits in lower case; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 32 else { return nil }
        var value: UInt128 = 0
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            value = value << 4 | UInt128(digit)
        }
        self.init(rawValue: value)
    }

    /// Draws a new name.
    ///
    /// `random` must be the system's where sessions are secrets.
    package init(using random: inout some RandomNumberGenerator) {
        rawValue = UInt128(random.next()) << 64 | UInt128(random.next())
    }
}

extension SessionID {
    package func hash(into hasher: inout Hasher) {
        // The bits are random: half of them tell sessions apart, in half the time.
        hasher.combine(UInt64(truncatingIfNeeded: rawValue))
    }
}

extension SessionID: CustomStringConvertible {
    package var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }
}

/// What others may see of a session: the first half of its name, from which nobody gets the second.
///
/// The whole name is a secret, as its bearer may take the session over. On the wire: 16 hexadecimal
/// digits in lower case, the first of the session's.
package struct PeerID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package init(_ session: SessionID) {
        rawValue = UInt64(truncatingIfNeeded: session.rawValue >> 64)
    }

    /// Reads 16 hexadecimal digits in lower case; nil for anything else.
    package init?(_ text: String) {
        guard let session = SessionID(text + String(repeating: "0", count: 16)) else { return nil }
        self.init(session)
    }
}

extension PeerID: CustomStringConvertible {
    package var description: String {
        String(SessionID(rawValue: UInt128(rawValue) << 64).description.prefix(16))
    }
}
