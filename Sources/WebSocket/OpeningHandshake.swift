// What both sides of the opening handshake share: RFC 6455, section 4.

internal import COpenSSL

enum OpeningHandshake {
    /// The version of the protocol that RFC 6455 describes.
    static let version = "13"

    /// What a server answers to a key, to show that it has read the request.
    static func accept(key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        SHA1(text, text.count, &digest)
        return base64(digest)
    }

    /// Whether `key` is 16 bytes in base64.
    static func isKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        guard bytes.count == 24, bytes.suffix(2).elementsEqual("==".utf8) else { return false }
        var decoded = [UInt8](repeating: 0, count: 18)
        // OpenSSL counts the padding as two further bytes.
        return EVP_DecodeBlock(&decoded, bytes, 24) == 18
    }

    static func base64(_ bytes: [UInt8]) -> String {
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let count = Int(EVP_EncodeBlock(&text, bytes, Int32(bytes.count)))
        return String(decoding: text.prefix(count), as: UTF8.self)
    }
}
