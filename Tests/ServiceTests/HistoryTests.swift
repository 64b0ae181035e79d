import JSON
import Testing

@Suite struct HistoryTests {
    @Test func `an edit on a base that is not kept any more is answered with the text`() throws {
        let server = try TestServer(limits: ["history": 5])
        let (late, quick) = (try Peer(server, user: "Ada"), try Peer(server, user: "Bob"))
        for peer in [late, quick] { _ = try peer.ask(["type": "open", "doc": "old/base"]) }
        for i in 1...10 {
            let ack = try quick.ask(edit(base: i - 1, sequence: i, at: 0, "\(i)\n"))
            #expect(ack["type"] == "ack" && ack["revision"]?.int == i)
        }
        let answer = try late.ask(edit(base: 0, sequence: 1, at: 0, "late\n"))
        #expect(answer["type"] == "opened" && answer["resync"] == true)
        #expect(answer["revision"]?.int == 10 && answer["seq"]?.int == 0)
        let text = try #require(answer["text"]?.string)
        #expect(text == (1...10).reversed().map { "\($0)\n" }.joined())
        // Rebased over the difference, the same edit goes through.
        let ack = try late.ask(edit(base: 10, sequence: 1, at: text.utf16.count, "late\n"))
        #expect(ack["type"] == "ack" && ack["revision"]?.int == 11)
        let edits = try late.first { $0["type"] == "edit" && $0["revision"]?.int == 10 }
        #expect(edits["peer"]?.string == quick.peer)
    }

    @Test func `who resumes from before the history gets the text`() throws {
        let server = try TestServer(limits: ["history": 5])
        let writer = try Peer(server, user: "Bob")
        let epoch = try #require(try writer.ask(["type": "open", "doc": "old/from"])["epoch"])
        for i in 1...10 {
            _ = try writer.ask(edit("old/from", base: i - 1, sequence: i, at: 0, "x"))
        }
        for (from, isKept) in [(4, false), (5, true), (10, true), (11, false)] {
            let reader = try Peer(server, over: .tcp, user: "Ada")
            let opened = try reader.ask([
                "type": "open", "doc": "old/from", "from": .number(Double(from)), "epoch": epoch,
            ])
            #expect(opened["edits"]?.array?.count == (isKept ? 10 - from : nil))
            #expect((opened["resync"] == true) == !isKept)
        }
    }

    @Test func `a long text comes in parts, and the answer to its opening is whole`() throws {
        let server = try TestServer()
        let writer = try Peer(server, user: "Bob")
        _ = try writer.ask(["type": "open", "doc": "long/text"])
        let text = String(repeating: "a line that is not blank 😀\n", count: 8000)
        _ = try writer.ask(edit("long/text", base: 0, sequence: 1, at: 0, text))
        let reader = try Peer(server, user: "Ada")
        let opened = try reader.ask(["type": "open", "doc": "long/text"])
        let chunks = try opened.count("chunks")
        #expect(chunks > 0)
        var whole = try #require(opened["text"]?.string)
        for index in 1...chunks {
            let chunk = try reader.expect("chunk")
            #expect(chunk["index"]?.int == index && chunk["doc"] == "long/text")
            whole += try #require(chunk["text"]?.string)
        }
        #expect(whole == text)
    }

    @Test func `documents without readers leave memory, also those whose reader left at once`()
        throws
    {
        let server = try TestServer(limits: ["evictionSeconds": 1])
        do {
            let hasty = try Peer(server, over: .tcp)
            let opens = (0..<50).map { #"{"type":"open","doc":"hasty/\#($0)"}"# }
            try hasty.sendText(
                ([#"{"type":"hello","protocol":1}"#] + opens).joined(separator: "\n"))
        }
        do {
            let peer = try Peer(server, user: "Ada")
            _ = try peer.ask(["type": "open", "doc": "short/life"])
            _ = try peer.ask(edit("short/life", base: 0, sequence: 1, at: 0, "kept"))
            #expect(try server.metric("hunch_documents") ?? 0 > 0)
        }
        let deadline = Deadline()
        for gauge in ["hunch_subscriptions", "hunch_documents"] {
            while try server.metric(gauge) != 0 { try #require(deadline.millisecondsLeft > 0) }
        }
        let reader = try Peer(server, user: "Ada")
        #expect(try reader.ask(["type": "open", "doc": "short/life"])["text"] == "kept")
    }
}

/// An edit that inserts a text.
func edit(
    _ document: String = "old/base", base: Int, sequence: Int, at offset: Int, _ text: String
) -> JSONValue {
    let retain: [JSONValue] = offset > 0 ? [["retain": .number(Double(offset))]] : []
    return [
        "type": "edit", "doc": .string(document), "base": .number(Double(base)),
        "seq": .number(Double(sequence)), "ops": .array(retain + [["insert": .string(text)]]),
    ]
}
