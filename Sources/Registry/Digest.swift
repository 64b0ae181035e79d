// SHA-256.

import COpenSSL

/// The SHA-256 digest of some bytes, by OpenSSL.
package struct Digest: Equatable, Sendable {
    package let bytes: [UInt8]

    package init(of content: UnsafeRawBufferPointer) {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(content.baseAddress, content.count, &digest)
        bytes = digest
    }

    package init(of content: [UInt8]) {
        self = content.withUnsafeBytes { Digest(of: $0) }
    }

    /// How many there are in `hexadecimal`.
    static let digits = 2 * Int(SHA256_DIGEST_LENGTH)

    /// 64 lower-case hexadecimal digits.
    package var hexadecimal: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
