import JSON
import Testing

/// Who is let in, and as what, while keys are changed.
@Suite struct AccessKeyTests: CommandSuite {
    let folder: Folder

    init() throws {
        folder = try Folder()
        _ = try Program.run("create", "model", "-n", "r", "--kind", "rules", in: folder)
        _ = try Program.run("deploy", "model", "-n", "r", in: folder)
        #expect(try folder.shell(["mkdir", "environments"]) == 0)
    }

    private func declare(_ tokens: [String]) throws {
        let keys = tokens.map { token -> JSONValue in
            ["token": .string(token), "role": "operator"]
        }
        let declared: JSONValue = ["keys": .array(keys)]
        try folder.write(declared.description, to: "environments/dev.json")
    }

    /// The code of the error that a hello is answered by.
    private func refusal(_ server: TestServer, token: String?) throws -> String? {
        let peer = try Peer(server)
        var hello: JSONValue = ["type": "hello", "protocol": 1, "user": "Eve"]
        if let token { hello = hello.adding("token", .string(token)) }
        try peer.send(hello)
        return try peer.expect("error")["code"]?.string
    }

    @Test(arguments: [1, 2])
    func `keys hold from the moment they are applied, for those who are in, too`(shards: Int)
        throws
    {
        let server = try TestServer(folder, "--shards", "\(shards)")
        let keyless = try (0..<3).map { try Peer(server, user: "user\($0)") }
        try declare(["old", "kept"])
        #expect(!(try run("apply").contains("restart")))
        #expect(try run("plan", "--check").contains("is as"))
        for peer in keyless { #expect(try peer.expect("error")["code"] == "unauthorized") }
        for token in [nil, "", "wrong"] {
            #expect(try refusal(server, token: token) == "unauthorized")
        }
        let (old, kept) = (
            try Peer(server, user: "Ada", token: "old"),
            try Peer(server, user: "Bob", token: "kept")
        )
        let control = try Peer(server, over: .control, user: "Operator")
        try declare(["kept", "new"])
        _ = try run("apply")
        let error = try old.expect("error")
        #expect(error["code"] == "unauthorized")
        #expect(error["message"]?.string?.contains("keys of the environment") == true)
        #expect(try refusal(server, token: "old") == "unauthorized")
        #expect(try kept.ask(["type": "status"])["type"] == "status")
        #expect(try control.ask(["type": "status"])["type"] == "status")
        _ = try Peer(server, user: "Cleo", token: "new")
    }

    @Test func `keys that were written into the file are drift until they are applied`() throws {
        let server = try TestServer(folder)
        try declare(["new"])
        try folder.setEnvironment("keys", to: [["token": "new", "role": "operator"]])
        #expect(try Program(["plan", "--check"], in: folder).exitStatus() == 1)
        _ = try Peer(server, user: "Eve")
        _ = try run("apply")
        #expect(try run("plan", "--check").contains("is as"))
        #expect(try refusal(server, token: nil) == "unauthorized")
    }

    /// The status line that a page of another origin gets for its WebSocket.
    private func upgrade(_ server: TestServer, from origin: String) throws -> Substring {
        let stream = try Stream(port: server.port)
        let head = [
            "GET /ws HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Origin: \(origin)", "", "",
        ]
        try stream.write(Array(head.joined(separator: "\r\n").utf8))
        return String(decoding: try stream.read(), as: UTF8.self).prefix { $0 != "\r\n" }
    }

    @Test func `an origin is welcome from the moment it is applied, and no longer`() throws {
        let server = try TestServer(folder)
        let page = "https://app.example"
        #expect(try upgrade(server, from: page).contains("403"))
        try folder.write(#"{"origins": ["https://app.example"]}"#, to: "environments/dev.json")
        _ = try run("apply")
        #expect(try upgrade(server, from: page).contains("101"))
        try folder.write(#"{"origins": []}"#, to: "environments/dev.json")
        _ = try run("apply")
        #expect(try upgrade(server, from: page).contains("403"))
        #expect(try run("plan", "--check").contains("is as"))
    }

    @Test func `nobody without a key operates a protected environment but on its machine`() throws {
        try folder.setEnvironment("protected", to: true)
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "a/b"])
        let refused = try peer.ask(["type": "status"])
        #expect(refused["code"] == "forbidden")
        #expect(refused["message"]?.string?.contains("add one of role operator") == true)
        let control = try Peer(server, over: .control, user: "Ada")
        #expect(try control.ask(["type": "status"])["type"] == "status")
    }
}
