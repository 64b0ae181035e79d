// The grammar of Sec-WebSocket-Extensions: RFC 6455, section 9.1.

/// One extension with its parameters, as offered or granted.
struct ExtensionElement: Equatable {
    let name: String
    let parameters: [(name: String, value: String?)]

    static func == (a: ExtensionElement, b: ExtensionElement) -> Bool {
        a.name == b.name && a.parameters.elementsEqual(b.parameters, by: ==)
    }

    /// Reads a list of extensions; `nil` if it does not follow the grammar.
    static func list(_ header: String) -> [ExtensionElement]? {
        var scanner = ListScanner(header)
        var elements: [ExtensionElement] = []
        repeat {
            // Empty elements are to be passed over: RFC 9110, section 5.6.1.
            if scanner.isAtEnd || scanner.peeks(",") { continue }
            guard let element = element(&scanner) else { return nil }
            elements.append(element)
        } while scanner.skip(",")
        return scanner.isAtEnd ? elements : nil
    }

    private static func element(_ scanner: inout ListScanner) -> ExtensionElement? {
        guard let name = scanner.token() else { return nil }
        var parameters: [(name: String, value: String?)] = []
        while scanner.skip(";") {
            guard let name = scanner.token() else { return nil }
            var value: String?
            if scanner.skip("=") {
                value = scanner.skip("\"") ? scanner.tokenThenQuote() : scanner.token()
                guard value != nil else { return nil }
            }
            parameters.append((name, value))
        }
        return ExtensionElement(name: name, parameters: parameters)
    }
}

/// Reads tokens and separators, with optional white space around each.
private struct ListScanner {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
        skipSpace()
    }

    var isAtEnd: Bool { offset == bytes.count }

    func peeks(_ separator: Unicode.Scalar) -> Bool {
        offset < bytes.count && bytes[offset] == UInt8(ascii: separator)
    }

    mutating func skip(_ separator: Unicode.Scalar) -> Bool {
        guard peeks(separator) else { return false }
        offset += 1
        skipSpace()
        return true
    }

    mutating func token() -> String? {
        let start = offset
        while offset < bytes.count, HTTPGrammar.isToken(bytes[offset]) { offset += 1 }
        guard offset > start else { return nil }
        let token = String(decoding: bytes[start..<offset], as: UTF8.self)
        skipSpace()
        return token
    }

    /// What stands in quotes must be a token all the same: RFC 6455, section 9.1.
    mutating func tokenThenQuote() -> String? {
        guard let token = token(), skip("\"") else { return nil }
        return token
    }

    private mutating func skipSpace() {
        while offset < bytes.count, HTTPGrammar.isSpace(bytes[offset]) { offset += 1 }
    }
}
