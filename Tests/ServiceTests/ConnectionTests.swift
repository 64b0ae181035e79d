import JSON
import Testing

@Suite struct ConnectionTests {
    @Test func `who has finished writing still gets all replies`() throws {
        let server = try TestServer()
        let peer = try Peer(server, over: .tcp, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "half/closed"])
        try peer.send([
            "type": "edit", "id": 1, "doc": "half/closed", "base": 0, "seq": 1,
            "ops": [["insert": "where is my parcel"]],
        ])
        try peer.send(["type": "recommend", "id": 2, "source": "editor", "query": "parcel"])
        // The last line needs no end.
        try peer.write(Array(#"{"type":"classify","id":3,"text":"hello"}"#.utf8))
        peer.finishWriting()
        for (id, type) in [(1, "ack"), (2, "results"), (3, "results")] {
            #expect(try peer.reply(to: .number(Double(id)))["type"]?.string == type)
        }
        try peer.expectClose()
    }

    @Test func `beyond the limit whoever comes is told to come later`() throws {
        let server = try TestServer(limits: ["connections": 2])
        var peers: [Peer] = []
        let deadline = Deadline()
        // The connections that asked for readiness may still be on their way out.
        while peers.count < 2, deadline.millisecondsLeft > 0 {
            if let peer = try? Peer(server, user: "Ada") { peers.append(peer) }
        }
        let page = try server.get("/")
        #expect(page.status == 503)
        #expect(page.head.contains("Retry-After: 1"))
        #expect(try server.get("/v2/health/live").status == 200, "full is not dead")
        #expect(try server.get("/v2/health/ready").status == 503)
        #expect(try server.metric("hunch_connections") ?? 0 >= 2)
        let late = try Peer(server, over: .tcp)
        try late.send(["type": "hello", "protocol": 1])
        let error = try late.expect("error")
        #expect(error["code"] == "overloaded")
        #expect(try error.count("retryAfterMs") > 0)
        try late.expectClose()
        // An operator must get in, and those inside are served.
        _ = try Peer(server, over: .control, user: "operator")
        for peer in peers { #expect(try peer.ask(["type": "ping"])["type"] == "pong") }
        peers = []
        while try server.get("/").status != 200 { try #require(deadline.millisecondsLeft > 0) }
    }

    @Test func `a silent client is bidden farewell`() throws {
        let server = try TestServer(limits: ["idleSeconds": 1])
        let silent = try Peer(server, over: .tcp, user: "Ada")
        #expect(try silent.expect("bye")["reason"] == "idle")
        try silent.expectClose()
    }

    @Test func `a client that answers the server's pings stays, however silent`() throws {
        let server = try TestServer(limits: ["idleSeconds": 1])
        let peer = try Peer(server, user: "Ada")
        let deadline = Deadline()
        while peer.pings < 3 { try peer.receive(deadline) }
        #expect(try peer.ask(["type": "ping"])["type"] == "pong")
    }

    @Test func `a request that cannot be served is refused with its reason`() throws {
        let server = try TestServer()
        let host = "HTTP/1.1\r\nHost: localhost\r\n"
        let long = String(repeating: "x", count: 9000)
        let refusals = [
            (400, "GET / HTTP/1.1\nHost: localhost\n\n", ""),
            (400, "GET / HTTP/1.1\r\n\r\n", ""),
            (400, "NONSENSE\r\n\r\n", ""),
            (403, Self.upgrade("Origin: http://elsewhere.example\r\n"), ""),
            (404, "GET /nothing \(host)\r\n", ""),
            (405, "POST /metrics \(host)Content-Length: 0\r\n\r\n", "Allow: GET, HEAD"),
            (426, Self.upgrade("", version: 12), "Sec-WebSocket-Version: 13"),
            (426, "GET /ws \(host)\r\n", "Upgrade: websocket"),
            (431, "GET / \(host)X: \(long)\r\n\r\n", ""),
        ]
        for (status, request, field) in refusals {
            let response = try server.request(request)
            #expect(response.status == status, "\(request)")
            #expect(field.isEmpty || response.head.contains(field), "\(response.head)")
        }
    }

    private static func upgrade(_ field: String, version: Int = 13) -> String {
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Version: \(version)\r\n\(field)\r\n"
    }

    @Test func `pages are served`() throws {
        let server = try TestServer()
        let page = try server.get("/")
        #expect(page.status == 200)
        #expect(page.head.contains("Content-Type: text/html; charset=utf-8"))
        #expect(try server.get("/console").status == 200)
    }
}
