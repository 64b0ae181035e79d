import JSON
import Testing

@Suite struct SlowReaderTests {
    @Test func `a client that does not read is closed while others go on`() throws {
        let server = try TestServer()
        let writer = try Peer(server, user: "Ada")
        _ = try writer.ask(["type": "open", "doc": "slow/long"])
        let blank = String(repeating: " ", count: 1_000_000)
        _ = try writer.ask(edit("slow/long", base: 0, sequence: 1, at: 0, blank))
        let watcher = try Peer(server, over: .control, user: "operator")
        _ = try watcher.ask(["type": "watch", "events": ["error", "disconnect"]])
        let slow = try Stream(port: server.port, window: 4096)
        let lines =
            [#"{"type":"hello","protocol":1}"#]
            + (0..<40).map { #"{"type":"\#($0 % 2 == 0 ? "open" : "close")","doc":"slow/long"}"# }
        try slow.write(Array((lines.joined(separator: "\n") + "\n").utf8))
        _ = try watcher.first { $0["code"] == "slow_reader" }
        func type(_ revisions: ClosedRange<Int>) throws {
            for i in revisions {
                let ack = try writer.ask(edit("slow/long", base: i - 1, sequence: i, at: 0, "x"))
                #expect(ack["type"] == "ack")
            }
        }
        try type(2...3)
        // What was sent before its end it can still read, for some seconds.
        let bytes = try slow.readToEnd()
        let last = bytes.suffix(1000).split(separator: UInt8(ascii: "\n")).last ?? []
        let error = try JSONValue(parsing: Array(last))
        #expect(error["code"] == "slow_reader")
        _ = try watcher.first { $0["event"] == "disconnect" }
        try type(4...20)
    }

    @Test func `for a slow reader answers are merged, and in the end it has them all`() throws {
        let server = try TestServer()
        let document: JSONValue = "slow/merged"
        // The control socket holds little that is not read.
        let slow = try Peer(server, over: .control, user: "slow")
        let writer = try Peer(server, user: "Ada")
        for peer in [slow, writer] { _ = try peer.ask(["type": "open", "doc": document]) }
        let blank = String(repeating: " ", count: 20_000)
        let texts = [
            "reset my password", "where is my parcel", "thank you so much", "the app crashes",
        ]
        var revision = 0
        for i in 0..<150 {
            revision += 1
            // Blank lines below fill the pipe; the line above has another intent each time.
            let ops: JSONValue =
                i < 50
                ? [["insert": .string("\n" + blank)]]
                : i == 50
                    ? [["insert": .string(texts[0])]]
                    : [
                        ["insert": .string(texts[i % 4])],
                        ["delete": .number(Double(texts[(i == 51 ? 0 : i + 3) % 4].utf16.count))],
                    ]
            let ack = try writer.ask([
                "type": "edit", "doc": document, "base": .number(Double(revision - 1)),
                "seq": .number(Double(revision)), "ops": ops,
            ])
            try #require(ack["type"] == "ack", "\(ack)")
        }
        let all = try Results(of: writer, through: revision)
        let merged = try Results(of: slow, through: revision)
        #expect(merged.answers == all.answers)
        #expect(all.answers.keys.contains("intent b1"))
        #expect(merged.messages < all.messages / 2)
        // Edits are never dropped.
        let edits = slow.messages.filter { $0["type"] == "edit" }.compactMap { $0["revision"]?.int }
        #expect(edits == Array(1...revision))
        #expect(try slow.ask(["type": "ping"])["type"] == "pong")
    }

    @Test func `a slow watcher loses the oldest events, and is told how many`() throws {
        let server = try TestServer()
        let watcher = try Peer(server, over: .control, user: "operator")
        _ = try watcher.ask(["type": "watch", "id": "w"])
        let noisy = try Peer(server, over: .tcp, user: "Ada")
        for _ in 0..<100 {
            // Each line is an error, and each error an event.
            try noisy.write(Array(String(repeating: "x\n", count: 300).utf8))
            for _ in 0..<300 { _ = try noisy.expect("error") }
        }
        var sequence = 0
        var lost = 0
        repeat {
            let event = try watcher.expect("event")
            let next = try event.count("sequence")
            let gap = event["lost"]?.int ?? 0
            if sequence > 0 { #expect(next == sequence + gap + 1) }
            lost += gap
            sequence = next
        } while sequence < 30_000
        #expect(lost > 0)
    }
}
