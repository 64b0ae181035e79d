// The opening handshake, seen from the server: RFC 6455, section 4.2.

/// Decides which requests become WebSocket connections.
package struct ServerHandshake: Equatable, Sendable {
    /// A request granted.
    package struct Upgrade: Equatable, Sendable {
        /// The 101 response to send before any frame.
        package let response: HTTPResponse
        package let subprotocol: String?
        /// For the connection; `nil` where none was agreed on.
        package let compression: PermessageDeflate?
    }

    /// The answer to a request.
    package enum Answer: Equatable, Sendable {
        case upgrade(Upgrade)
        case refuse(HTTPResponse)
    }

    package var paths: Set<String>
    /// Origins such as `https://example.com` that are welcome from elsewhere; `*` for all.
    package var allowedOrigins: Set<String>
    /// The subprotocols spoken here.
    package var subprotocols: Set<String>
    /// What is granted at most; `nil` for no compression.
    package var compression: PermessageDeflate?

    package init(
        paths: Set<String>, allowedOrigins: Set<String> = [], subprotocols: Set<String> = [],
        compression: PermessageDeflate? = nil
    ) {
        self.paths = paths
        self.allowedOrigins = allowedOrigins
        self.subprotocols = subprotocols
        self.compression = compression
    }

    /// Answers a request: 404, 405, 426, 400, 403 in this order, or the upgrade.
    package func answer(_ request: HTTPRequest) -> Answer {
        guard paths.contains(request.path) else { return .refuse(.refusal(.notFound)) }
        guard request.method == "GET" else {
            return .refuse(.refusal(.methodNotAllowed, ["Allow": "GET"]))
        }
        guard asksForUpgrade(request) else { return .refuse(Self.upgradeRequired) }
        let keys = request.fields.values("Sec-WebSocket-Key")
        guard keys.count == 1, OpeningHandshake.isKey(keys[0]),
            let offers = ExtensionElement.list(request.fields["Sec-WebSocket-Extensions"] ?? "")
        else { return .refuse(.refusal(.badRequest)) }
        guard isWelcome(request) else { return .refuse(.refusal(.forbidden)) }
        return .upgrade(upgrade(request, key: keys[0], offers: offers))
    }

    private static let upgradeRequired = HTTPResponse.refusal(
        .upgradeRequired,
        [
            "Connection": "Upgrade", "Upgrade": "websocket",
            "Sec-WebSocket-Version": OpeningHandshake.version,
        ])

    /// Whether the request asks for the protocol and version spoken here.
    ///
    /// HTTP/1.0 has no upgrade: RFC 9110, section 7.8.
    private func asksForUpgrade(_ request: HTTPRequest) -> Bool {
        request.version == .http11 && request.fields.list("Connection", has: "upgrade")
            && request.fields.list("Upgrade", has: "websocket")
            && request.fields["Sec-WebSocket-Version"] == OpeningHandshake.version
    }

    /// Whether the page that opens the connection may do so.
    ///
    /// Only browsers send an Origin, and they do not keep pages of other hosts from connecting.
    private func isWelcome(_ request: HTTPRequest) -> Bool {
        guard let origin = request.fields["Origin"] else { return true }
        if allowedOrigins.contains("*") || allowedOrigins.contains(origin) { return true }
        guard let host = request.fields["Host"], !host.isEmpty else { return false }
        let candidates = ["http://", "https://"].map { HTTPGrammar.lowercased($0 + host) }
        return candidates.contains(HTTPGrammar.lowercased(origin))
    }

    private func upgrade(
        _ request: HTTPRequest, key: String, offers: [ExtensionElement]
    ) -> Upgrade {
        var fields: HTTPFields = [
            "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Accept": OpeningHandshake.accept(key: key),
        ]
        let subprotocol = request.fields.list("Sec-WebSocket-Protocol").first(
            where: subprotocols.contains)
        if let subprotocol { fields.append("Sec-WebSocket-Protocol", subprotocol) }
        let granted = compression?.grant(offers)
        if let granted { fields.append("Sec-WebSocket-Extensions", granted.response) }
        return Upgrade(
            response: HTTPResponse(.switchingProtocols, fields), subprotocol: subprotocol,
            compression: granted?.agreed)
    }
}
