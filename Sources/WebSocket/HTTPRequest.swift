// The head of an HTTP/1 request.

/// A request without a body.
package struct HTTPRequest: Equatable, Sendable {
    /// The versions that are understood.
    package enum Version: Sendable {
        case http10
        case http11
    }

    package let method: String
    /// Path and query as they stand in the request: not decoded.
    package let target: String
    package let version: Version
    package let fields: HTTPFields

    package var path: String { String(target.prefix { $0 != "?" }) }

    /// What follows the question mark, if there is one.
    package var query: String? {
        target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) }
    }

    /// Whether the client may send another request over this connection.
    package var keepsAlive: Bool {
        version == .http11 && !fields.list("Connection", has: "close")
    }

    /// Reads a head that is complete.
    ///
    /// Whatever two servers could read in different ways is refused, not repaired. Only a target in
    /// origin form is taken; the other forms are meant for proxies.
    init(_ head: HTTPHead) throws(HTTPError) {
        let parts = head.startLine.split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, HTTPGrammar.isToken(parts[0]) else { throw .invalidStartLine }
        version = try Self.version(parts[2])
        guard HTTPGrammar.isOriginForm(parts[1]) else {
            throw .invalidStartLine
        }
        method = String(decoding: parts[0], as: UTF8.self)
        target = String(decoding: parts[1], as: UTF8.self)
        fields = head.fields
        try checkHost()
        try checkBody()
    }

    private func checkHost() throws(HTTPError) {
        let hosts = fields.values("Host")
        guard hosts.count == 1 || (hosts.isEmpty && version == .http10) else { throw .invalidHost }
        guard hosts.allSatisfy({ $0.utf8.allSatisfy(Self.isAuthority) }) else { throw .invalidHost }
    }

    private func checkBody() throws(HTTPError) {
        guard fields.values("Transfer-Encoding").isEmpty else { throw .transferEncodingNotAccepted }
        let lengths = fields.values("Content-Length")
        guard let text = lengths.first else { return }
        let isNumber = !text.isEmpty && text.utf8.allSatisfy(HTTPGrammar.isDigit)
        guard lengths.count == 1, isNumber else { throw .invalidContentLength }
        let length = Int(text) ?? .max
        guard length == 0 else { throw .bodyNotAccepted(length: length) }
    }

    private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> Version {
        if bytes.elementsEqual("HTTP/1.1".utf8) { return .http11 }
        if bytes.elementsEqual("HTTP/1.0".utf8) { return .http10 }
        let form = Array(bytes)
        guard form.count == 8, form.starts(with: "HTTP/".utf8), HTTPGrammar.isDigit(form[5]),
            form[6] == UInt8(ascii: "."), HTTPGrammar.isDigit(form[7])
        else { throw .invalidStartLine }
        throw .unsupportedVersion
    }

    /// The characters of names, addresses and ports; none that opens a path, a user or a list.
    private static func isAuthority(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\"#,/<>?@\\^`{|}".utf8.contains(byte)
    }
}
