import Testing
import WebSocket

@Suite struct OpeningHandshakeTests {
    /// "the sample nonce", which RFC 6455 uses in its example.
    private let nonce: UInt128 = 0x7468_6520_7361_6d70_6c65_206e_6f6e_6365

    private func request(_ text: some Collection<UInt8>) throws -> HTTPRequest {
        var parser = HTTPParser()
        let bytes = Array(text)
        var unread = bytes.indices
        return try #require(try parser.nextRequest(bytes.span, in: &unread))
    }

    /// A request with the fields of the RFC's example, some replaced or (with `nil`) left out.
    private func request(
        _ line: String = "GET /ws HTTP/1.1", _ changes: [String: String?] = [:]
    ) throws -> HTTPRequest {
        var fields: [String: String] = [
            "Host": "localhost:7777", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
        ]
        for (name, value) in changes { fields[name] = value }
        let lines = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
        return try request("\(line)\r\n\(lines)\r\n".utf8)
    }

    private let server = ServerHandshake(
        paths: ["/ws"], allowedOrigins: ["https://friend.example", "null"],
        subprotocols: ["hunch.1"],
        compression: .economical)

    private func upgrade(_ request: HTTPRequest) throws -> ServerHandshake.Upgrade {
        guard case .upgrade(let upgrade) = server.answer(request) else {
            throw HandshakeError.noUpgrade
        }
        return upgrade
    }

    private func refusal(_ request: HTTPRequest) throws -> HTTPResponse {
        guard case .refuse(let response) = server.answer(request) else {
            throw HandshakeError.noUpgrade
        }
        return response
    }

    // MARK: The server

    @Test func `the example of the RFC has its answer`() throws {
        let upgrade = try upgrade(request())
        #expect(upgrade.subprotocol == nil)
        #expect(upgrade.compression == nil)
        var output: [UInt8] = []
        upgrade.response.append(to: &output)
        #expect(
            String(decoding: output, as: UTF8.self) == """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r\n
                """)
    }

    @Test func `an unknown path is not found`() throws {
        #expect(try refusal(request("GET /wss HTTP/1.1")).status == .notFound)
        #expect(try upgrade(request("GET /ws?a=b HTTP/1.1")).compression == nil)
    }

    @Test func `another method is told which one is allowed`() throws {
        let response = try refusal(request("POST /ws HTTP/1.1"))
        #expect(response.status == .methodNotAllowed)
        #expect(response.fields["Allow"] == "GET")
    }

    @Test(
        arguments: [
            ["Upgrade": nil], ["Upgrade": "h2c"], ["Connection": nil], ["Connection": "close"],
            ["Sec-WebSocket-Version": "8"], ["Sec-WebSocket-Version": nil],
            ["Sec-WebSocket-Version": "13, 8"],
        ] as [[String: String?]])
    func `no upgrade or another version is told what is required`(changes: [String: String?]) throws
    {
        let response = try refusal(request("GET /ws HTTP/1.1", changes))
        #expect(response.status == .upgradeRequired)
        #expect(response.fields["Sec-WebSocket-Version"] == "13")
        #expect(response.fields["Upgrade"] == "websocket")
    }

    @Test func `HTTP 1.0 has no upgrade`() throws {
        #expect(try refusal(request("GET /ws HTTP/1.0")).status == .upgradeRequired)
    }

    @Test(
        arguments: [
            nil, "", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=",
            "dGhlIHNhbXBsZSBub25jZSEh",
            "dGhlIHNhbXBsZSBub25j*Q==", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
        ] as [String?])
    func `a key that is not 16 bytes in base64 is refused`(key: String?) throws {
        #expect(
            try refusal(request("GET /ws HTTP/1.1", ["Sec-WebSocket-Key": key])).status
                == .badRequest)
    }

    @Test(arguments: [
        nil, "http://localhost:7777", "https://LocalHost:7777", "https://friend.example", "null",
    ])
    func `a page of this host or of a friend may connect`(origin: String?) throws {
        _ = try upgrade(request("GET /ws HTTP/1.1", ["Origin": origin]))
    }

    @Test(arguments: [
        "http://localhost", "http://localhost:7778", "http://evil.example",
        "http://localhost:7777.evil",
        "http://evil/localhost:7777", "file://", "", "ftp://localhost:7777",
        "http://localhost:7777, http://evil.example",
    ])
    func `a page of another host may not connect`(origin: String) throws {
        #expect(
            try refusal(request("GET /ws HTTP/1.1", ["Origin": origin])).status == .forbidden)
    }

    @Test func `the first subprotocol that is spoken here is taken`() throws {
        let upgrade = try upgrade(
            request("GET /ws HTTP/1.1", ["Sec-WebSocket-Protocol": "chat, hunch.1"]))
        #expect(upgrade.subprotocol == "hunch.1")
        #expect(upgrade.response.fields["Sec-WebSocket-Protocol"] == "hunch.1")
    }

    // MARK: Compression

    @Test(arguments: [
        ("permessage-deflate", "permessage-deflate; server_max_window_bits=12"),
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"
        ),
        (
            "permessage-deflate; client_max_window_bits=9; server_max_window_bits=\"8\"",
            "permessage-deflate; server_max_window_bits=8; client_max_window_bits=9"
        ),
        (
            "x-webkit-deflate-frame, , permessage-deflate;server_no_context_takeover;"
                + "client_no_context_takeover;server_max_window_bits=15",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "server_max_window_bits=12"
        ),
        (
            "permessage-deflate; unknown, permessage-deflate; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits=10"
        ),
    ])
    func `an offer is granted within our terms`(offer: String, answer: String) throws {
        let upgrade = try upgrade(
            request("GET /ws HTTP/1.1", ["Sec-WebSocket-Extensions": offer]))
        #expect(upgrade.response.fields["Sec-WebSocket-Extensions"] == answer)
        #expect(upgrade.compression != nil)
    }

    @Test(arguments: [
        "x-webkit-deflate-frame", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=x",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
    ])
    func `an offer that cannot be met is declined`(offer: String) throws {
        let upgrade = try upgrade(
            request("GET /ws HTTP/1.1", ["Sec-WebSocket-Extensions": offer]))
        #expect(upgrade.response.fields["Sec-WebSocket-Extensions"] == nil)
        #expect(upgrade.compression == nil)
    }

    @Test(arguments: [
        ";", "permessage-deflate;", "permessage-deflate; a=", "permessage-deflate; a=\"b",
        "permessage-deflate; a=\"\"", "permessage-deflate a", "=1", "\"permessage-deflate\"",
    ])
    func `extensions that break the grammar are a bad request`(offer: String) throws {
        let request = try request("GET /ws HTTP/1.1", ["Sec-WebSocket-Extensions": offer])
        #expect(try refusal(request).status == .badRequest)
    }

    // MARK: The client

    private func response(_ fields: HTTPFields, _ status: HTTPStatus = .switchingProtocols) throws
        -> HTTPResponse
    {
        var all: HTTPFields = ["Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]
        for field in fields.all { all.append(field.name, field.value) }
        return HTTPResponse(status, all)
    }

    @Test(arguments: 8...15, [true, false])
    func `client and server agree`(bits: Int, keepsContext: Bool) throws {
        let side = PermessageDeflate.Side(keepsContext: keepsContext, windowBits: UInt8(bits))
        let client = ClientHandshake(
            host: "localhost:7777", target: "/ws", nonce: nonce, fields: ["X-Load": "1"],
            subprotocols: ["hunch.1"], compression: PermessageDeflate(server: side, client: side))
        let request = try request(client.request)
        #expect(request.fields["X-Load"] == "1")
        let upgrade = try upgrade(request)
        let agreement = try client.agreement(upgrade.response)
        #expect(agreement.subprotocol == "hunch.1")
        #expect(agreement.compression == upgrade.compression)
        let expected = PermessageDeflate.Side(
            keepsContext: keepsContext, windowBits: UInt8(min(bits, 12)))
        #expect(agreement.compression == PermessageDeflate(server: expected, client: expected))
    }

    @Test func `an answer that opens nothing is refused for its reason`() throws {
        let client = ClientHandshake(host: "a", target: "/", nonce: nonce, compression: .economical)
        let upgrade: HTTPFields = ["Upgrade": "WebSocket", "Connection": "upgrade"]
        func error(_ response: HTTPResponse) -> HandshakeError? {
            do throws(HandshakeError) {
                _ = try client.agreement(response)
                return nil
            } catch {
                return error
            }
        }
        func error(adding name: String, _ value: String) throws -> HandshakeError? {
            var fields = upgrade
            fields.append(name, value)
            return error(try response(fields))
        }
        #expect(error(try response(upgrade)) == nil)
        #expect(error(try response(upgrade, .forbidden)) == .refused(.forbidden))
        #expect(error(try response(["Upgrade": "websocket"])) == .noUpgrade)
        #expect(error(HTTPResponse(.switchingProtocols, upgrade)) == .wrongAccept)
        #expect(try error(adding: "Sec-WebSocket-Protocol", "chat") == .unknownSubprotocol("chat"))
        for answer in [
            "other", "permessage-deflate, permessage-deflate", "permessage-deflate; x", ";",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_max_window_bits=15",
            "permessage-deflate",
        ] {
            #expect(
                try error(adding: "Sec-WebSocket-Extensions", answer) == .unknownExtension(answer))
        }
        let plain = ClientHandshake(host: "a", target: "/", nonce: nonce)
        #expect(throws: HandshakeError.unknownExtension("permessage-deflate")) {
            var fields = upgrade
            fields.append("Sec-WebSocket-Extensions", "permessage-deflate")
            _ = try plain.agreement(try response(fields))
        }
    }
}
