// The opening handshake, seen from the client: RFC 6455, section 4.1.

/// Asks for a WebSocket connection and checks the answer.
package struct ClientHandshake: Equatable, Sendable {
    /// What the server has agreed to.
    package struct Agreement: Equatable, Sendable {
        package let subprotocol: String?
        /// For the connection; `nil` where none was agreed on.
        package let compression: PermessageDeflate?
    }

    private let host: String
    private let target: String
    private let key: String
    private let fields: HTTPFields
    private let subprotocols: [String]
    private let compression: PermessageDeflate?

    /// - Parameters:
    ///   - host: the authority to connect to, with the port unless it is 80.
    ///   - target: path and query.
    ///   - nonce: 16 random bytes, new for each connection.
    ///   - fields: to be sent besides those of the handshake, such as Origin.
    ///   - subprotocols: those that are offered, the preferred one first.
    ///   - compression: what is offered; `nil` for none.
    package init(
        host: String, target: String, nonce: UInt128, fields: HTTPFields = [:],
        subprotocols: [String] = [], compression: PermessageDeflate? = nil
    ) {
        precondition(HTTPGrammar.isOriginForm(target.utf8), "not a path and query")
        self.host = host
        self.target = target
        self.fields = fields
        self.subprotocols = subprotocols
        self.compression = compression
        let bytes = stride(from: 120, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: nonce >> $0)
        }
        key = OpeningHandshake.base64(bytes)
    }

    /// The request to send.
    package var request: [UInt8] {
        var all: HTTPFields = [
            "Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": OpeningHandshake.version,
        ]
        if !subprotocols.isEmpty {
            all.append("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))
        }
        if let compression { all.append("Sec-WebSocket-Extensions", compression.offer) }
        for field in fields.all { all.append(field.name, field.value) }
        let lines = all.all.map { "\($0.name): \($0.value)\r\n" }.joined()
        return Array("GET \(target) HTTP/1.1\r\n\(lines)\r\n".utf8)
    }

    /// Checks the server's answer, after which frames may be sent.
    package func agreement(_ response: HTTPResponse) throws(HandshakeError) -> Agreement {
        guard response.status == .switchingProtocols else { throw .refused(response.status) }
        guard response.fields.list("Upgrade", has: "websocket"),
            response.fields.list("Connection", has: "upgrade")
        else { throw .noUpgrade }
        guard response.fields["Sec-WebSocket-Accept"] == OpeningHandshake.accept(key: key) else {
            throw .wrongAccept
        }
        let subprotocol = response.fields["Sec-WebSocket-Protocol"]
        if let subprotocol, !subprotocols.contains(subprotocol) {
            throw .unknownSubprotocol(subprotocol)
        }
        return Agreement(
            subprotocol: subprotocol,
            compression: try agreedCompression(response.fields["Sec-WebSocket-Extensions"]))
    }

    private func agreedCompression(
        _ answer: String?
    ) throws(HandshakeError) -> PermessageDeflate? {
        guard let answer else { return nil }
        guard let elements = ExtensionElement.list(answer), elements.count == 1,
            elements[0].name == PermessageDeflate.name,
            let agreed = compression?.agreed(by: elements[0])
        else { throw .unknownExtension(answer) }
        return agreed
    }
}

/// Why an answer does not open a connection.
package enum HandshakeError: Error, Equatable {
    case refused(HTTPStatus)
    case noUpgrade
    case wrongAccept
    case unknownSubprotocol(String)
    case unknownExtension(String)
}
