import Documents
import JSON
import Numerics
import Testing
import Wire

@Suite struct MessageTests {
    @Test(arguments: UInt64(0)..<60)
    func `every message reads back as it was written`(seed: UInt64) throws {
        var sample = MessageSample(seed: seed)
        for message in sample.clientMessages() {
            #expect(try ClientMessage(bytes: message.bytes) == message)
        }
        for message in sample.serverMessages() {
            #expect(try ServerMessage(bytes: message.bytes) == message)
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `neither the order of members nor unknown ones nor spaces matter`(seed: UInt64) throws {
        var sample = MessageSample(seed: seed)
        var random = SplitMix64(seed: seed)
        for message in sample.clientMessages() {
            #expect(try ClientMessage(bytes: rearranged(message.bytes, using: &random)) == message)
        }
        for message in sample.serverMessages() {
            // An event keeps members that it does not know.
            if case .event = message.body { continue }
            #expect(try ServerMessage(bytes: rearranged(message.bytes, using: &random)) == message)
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `mutated messages never crash, and are JSON or refused as none`(seed: UInt64) {
        var sample = MessageSample(seed: seed)
        var random = SplitMix64(seed: seed)
        let alphabet = [UInt8](#"{}[]",:\u0123456789.e-tn "#.utf8) + [0, 0x80, 0xff]
        let messages = sample.clientMessages().map(\.bytes) + sample.serverMessages().map(\.bytes)
        for var bytes in messages {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let i = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[i] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: i)
                default: bytes.removeSubrange(i..<min(i + 5, bytes.count - 1))
                }
            }
            let isJSON = (try? JSONValue(parsing: bytes)) != nil
            for code in [ClientMessage.code(refusing: bytes), ServerMessage.code(refusing: bytes)] {
                if code == nil { #expect(isJSON) }
                if code == .invalidJSON, isJSON { #expect(bytes.first != UInt8(ascii: "{")) }
            }
        }
    }

    @Test func `an edit is written as the specification shows it`() throws {
        let edit = ClientMessage(
            id: 7,
            .edit(
                .init(
                    document: "demo/notes", base: 3, sequence: 1,
                    operation: try Operation([.retain(2), .delete(1), .insert("é\n"), .retain(9)])))
        )
        let text =
            #"{"type":"edit","id":7,"doc":"demo/notes","base":3,"seq":1,"#
            + #""ops":[{"retain":2},{"insert":"é\n"},{"delete":1}]}"#
        #expect(String(decoding: edit.bytes, as: UTF8.self) == text)
        #expect(try ClientMessage(text: text) == edit)
    }

    @Test func `of equal names the last counts, of type the first`() throws {
        let message = try ClientMessage(
            text: #"{"type":"close","doc":"a/b","type":"ping","doc":"c/d"}"#)
        #expect(message.body == .close(document: "c/d"))
    }

    @Test func `entries are read whether kind stands before or after them`() throws {
        let entry = #"[{"prediction":"p","source":"s","corpus":"c","items":[]}]"#
        let text =
            #"{"type":"results","results":\#(entry),"kind":"recommendations","model":"m@1","#
            + #""queuedMicros":1,"computeMicros":2}"#
        let message = try ServerMessage(bytes: [UInt8](text.utf8))
        guard case .results(let results) = message.body else {
            Issue.record("not results")
            return
        }
        let content = RecommendationResult(source: "s", corpus: "c", items: [])
        #expect(results.kind == .recommendations)
        #expect(results.entries == [.init(prediction: "p", content: .recommendations(content))])
        #expect(results.source == nil && results.pending == 0 && results.removed.isEmpty)
    }

    @Test func `messages follow one another in one buffer`() throws {
        var bytes: [UInt8] = []
        ServerMessage(.pong).encode(into: &bytes)
        ServerMessage(id: "a", .ok).encode(into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"type":"pong"}{"type":"ok","id":"a"}"#)
    }

    @Test(arguments: [
        ("a/b", true), ("ws/Notes-1._~", true), ("a", false), ("/b", false), ("a/", false),
        ("a/b/c", false), ("a b/c", false), ("ä/b", false), ("a/b#c", false), ("", false),
        (String(repeating: "x", count: 100) + "/y", true),
        (String(repeating: "x", count: 101) + "/y", false),
    ])
    func `a document id is a workspace and a name`(id: String, isValid: Bool) {
        #expect(isDocumentID(id) == isValid)
    }

    private func rearranged(
        _ bytes: [UInt8], using random: inout SplitMix64
    ) throws -> [UInt8] {
        var members = try #require(try JSONValue(parsing: bytes).object)
        members.append(("unknown", ["type": "x", "id": [1]]))
        members.shuffle(using: &random)
        return JSONValue.object(members).serialized(pretty: true)
    }
}
