// The negotiation of permessage-deflate: RFC 7692, section 7.1.

/// How messages are compressed in either direction.
///
/// The same value serves as what a server grants at most, as what a client offers, and as what both agreed on.
package struct PermessageDeflate: Equatable, Sendable {
    /// How one side compresses what it sends.
    package struct Side: Equatable, Sendable {
        /// Whether a message may refer to earlier ones (context takeover).
        ///
        /// If not, less is saved, and neither end holds a context between messages.
        package let keepsContext: Bool
        /// The logarithm of the window, 8...15.
        package let windowBits: UInt8

        package init(keepsContext: Bool = true, windowBits: UInt8 = 15) {
            precondition((8...15).contains(windowBits))
            self.keepsContext = keepsContext
            self.windowBits = windowBits
        }

        /// The tighter of both in each respect.
        func tightened(by other: Side) -> Side {
            Side(
                keepsContext: keepsContext && other.keepsContext,
                windowBits: min(windowBits, other.windowBits))
        }
    }

    package var server: Side
    package var client: Side

    package init(server: Side = Side(), client: Side = Side()) {
        self.server = server
        self.client = client
    }

    /// Windows of 4 KiB, which hold the last dozens of short messages.
    ///
    /// The contexts of a connection take some 50 KiB, against some 300 KiB with windows of 32 KiB.
    package static let economical = PermessageDeflate(
        server: Side(windowBits: 12), client: Side(windowBits: 12))

    /// The name under which the extension is registered.
    static let name = "permessage-deflate"
}

extension PermessageDeflate {
    /// What a client asks for: this value, with the permission to bound the client's own window.
    package var offer: String {
        var parameters = [Self.name]
        if !server.keepsContext { parameters.append(Parameter.serverNoContextTakeover.rawValue) }
        if !client.keepsContext { parameters.append(Parameter.clientNoContextTakeover.rawValue) }
        if server.windowBits < 15 {
            parameters.append("\(Parameter.serverMaxWindowBits.rawValue)=\(server.windowBits)")
        }
        let bits = client.windowBits < 15 ? "=\(client.windowBits)" : ""
        parameters.append(Parameter.clientMaxWindowBits.rawValue + bits)
        return parameters.joined(separator: "; ")
    }

    /// Grants the first offer that can be met within this value; `nil` if there is none.
    ///
    /// - Returns: what both sides use now, and the element of the response that says so.
    func grant(_ offers: [ExtensionElement]) -> (agreed: PermessageDeflate, response: String)? {
        for element in offers where element.name == Self.name {
            guard let offer = Terms(element, from: .client) else { continue }
            var agreed = self
            agreed.server = server.tightened(by: offer.server)
            // Only a client that names the parameter can be told a window.
            let bits = offer.clientWindowBits == nil ? 15 : client.windowBits
            agreed.client = Side(keepsContext: client.keepsContext, windowBits: bits)
                .tightened(by: offer.client)
            return (agreed, agreed.response(to: offer))
        }
        return nil
    }

    private func response(to offer: Terms) -> String {
        var parameters = [Self.name]
        if !server.keepsContext { parameters.append(Parameter.serverNoContextTakeover.rawValue) }
        if !client.keepsContext { parameters.append(Parameter.clientNoContextTakeover.rawValue) }
        if offer.serverWindowBits != nil || server.windowBits < 15 {
            parameters.append("\(Parameter.serverMaxWindowBits.rawValue)=\(server.windowBits)")
        }
        if client.windowBits < 15 {
            parameters.append("\(Parameter.clientMaxWindowBits.rawValue)=\(client.windowBits)")
        }
        return parameters.joined(separator: "; ")
    }

    /// What holds after a server's answer to `offer`; `nil` if the answer breaks its terms.
    func agreed(by answer: ExtensionElement) -> PermessageDeflate? {
        guard let terms = Terms(answer, from: .server) else { return nil }
        guard server.keepsContext || !terms.server.keepsContext else { return nil }
        guard terms.server.windowBits <= server.windowBits else { return nil }
        // Less than the server allows is always right on our side.
        return PermessageDeflate(server: terms.server, client: client.tightened(by: terms.client))
    }
}

/// The parameters of one element of `Sec-WebSocket-Extensions`.
private struct Terms {
    var serverKeepsContext = true
    var clientKeepsContext = true
    var serverWindowBits: UInt8?
    /// 15 also where a client names the parameter without a value.
    var clientWindowBits: UInt8?

    var server: PermessageDeflate.Side {
        PermessageDeflate.Side(keepsContext: serverKeepsContext, windowBits: serverWindowBits ?? 15)
    }

    var client: PermessageDeflate.Side {
        PermessageDeflate.Side(keepsContext: clientKeepsContext, windowBits: clientWindowBits ?? 15)
    }

    /// `nil` if a parameter is unknown, named twice or has a wrong value; then the element is declined.
    init?(_ element: ExtensionElement, from sender: WebSocketConnection.Role) {
        var seen: Set<Parameter> = []
        for (name, value) in element.parameters {
            guard let parameter = Parameter(rawValue: name), seen.insert(parameter).inserted else {
                return nil
            }
            switch parameter {
            case .serverNoContextTakeover:
                guard value == nil else { return nil }
                serverKeepsContext = false
            case .clientNoContextTakeover:
                guard value == nil else { return nil }
                clientKeepsContext = false
            case .serverMaxWindowBits:
                guard let bits = Self.windowBits(value) else { return nil }
                serverWindowBits = bits
            case .clientMaxWindowBits:
                let unbound: UInt8? = sender == .client && value == nil ? 15 : nil
                guard let bits = unbound ?? Self.windowBits(value) else { return nil }
                clientWindowBits = bits
            }
        }
    }

    /// A decimal number without leading zeros, 8...15.
    private static func windowBits(_ value: String?) -> UInt8? {
        (UInt8(8)...15).first { String($0) == value }
    }
}

private enum Parameter: String {
    case serverNoContextTakeover = "server_no_context_takeover"
    case clientNoContextTakeover = "client_no_context_takeover"
    case serverMaxWindowBits = "server_max_window_bits"
    case clientMaxWindowBits = "client_max_window_bits"
}
