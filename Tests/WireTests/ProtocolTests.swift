import Foundation
import JSON
import Numerics
import Testing
import Wire

/// The specification and the code say the same.
@Suite struct ProtocolTests {
    @Test func `the prose lists exactly the codes of errors, in their order`() throws {
        let prose = try ProtocolFiles.text("hunch-1.md")
        let section = try #require(prose.components(separatedBy: "## 9. Errors").last)
            .components(separatedBy: "## 10.")[0]
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(
            rows.map { $0.split(separator: "`")[1] } == ErrorCode.allCases.map { $0.rawValue[...] })
        for (row, code) in zip(rows, ErrorCode.allCases) {
            #expect(row.contains("†") == code.endsConnection, "\(code.rawValue)")
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `every message fits its schema, and every schema has messages`(seed: UInt64) throws {
        let schema = try ProtocolFiles.schema()
        var sample = MessageSample(seed: seed)
        let client = try sample.clientMessages().map { try JSONValue(parsing: $0.bytes) }
        let server = try sample.serverMessages().map { try JSONValue(parsing: $0.bytes) }
        for (file, messages) in [("client.json", client), ("server.json", server)] {
            for message in messages {
                #expect(schema.problems(with: message, in: file) == [], "\(message)")
            }
            #expect(
                Set(messages.compactMap { $0["type"]?.string }) == Set(schema.messages(of: file)))
        }
    }

    @Test func `the lists of messages in the prose are complete`() throws {
        let schema = try ProtocolFiles.schema()
        let prose = try ProtocolFiles.text("hunch-1.md")
        for type in schema.messages(of: "client.json") {
            #expect(prose.contains("\n| `\(type)` |"))
        }
        for type in schema.messages(of: "server.json") { #expect(prose.contains("`\(type)`")) }
    }

    @Test func `transcripts hold what their schemas allow, and what the codec reads`() throws {
        let schema = try ProtocolFiles.schema()
        for (name, lines) in try ProtocolFiles.transcripts() {
            for (i, line) in lines.enumerated() {
                let place: Comment = "\(name):\(i + 1)"
                if let message = line["send"] {
                    try check(sent: message, next: lines[(i + 1)...], schema, place)
                } else if let text = line["sendText"] {
                    check(sentText: text, from: line["client"], next: lines[(i + 1)...], place)
                } else if let message = line["expect"] {
                    let problems = schema.problems(with: message, in: "server.json", partial: true)
                    #expect(problems == [], place)
                } else {
                    let actions = ["connect", "disconnect", "expectClose"]
                    #expect(actions.contains { line[$0] != nil }, place)
                }
                #expect(line["client"]?.string != nil, place)
            }
        }
    }

    private func check(
        sent message: JSONValue, next: ArraySlice<JSONValue>, _ schema: Schema, _ place: Comment
    ) throws {
        #expect(schema.problems(with: message, in: "client.json", partial: true) == [], place)
        let bytes = filled(message).serialized()
        let read = try ClientMessage(bytes: bytes)
        #expect(try JSONValue(parsing: read.bytes) == filled(message), place)
    }

    /// Text is what is wrong in itself: then the error that follows is the codec's own.
    private func check(
        sentText text: JSONValue, from client: JSONValue?, next: ArraySlice<JSONValue>,
        _ place: Comment
    ) {
        let lines = expanded(text).split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines {
            guard let code = ClientMessage.code(refusing: [UInt8](line.utf8)) else { continue }
            if lines.count > 1, line.isEmpty || line == "\r" { continue }
            let reply = next.first { $0["client"] == client }?["expect"]
            #expect(reply?["type"] == "error" && reply?["code"]?.string == code.rawValue, place)
        }
    }

    private func expanded(_ text: JSONValue) -> String {
        guard let parts = text.array else { return text.string ?? "" }
        return parts.map { part in
            guard let pair = part.array else { return part.string ?? "" }
            return String(repeating: pair[0].string ?? "", count: pair[1].int ?? 0)
        }.joined()
    }

    /// A message with something in the place of each capture.
    private func filled(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text) where text.hasSuffix("[0:16]"):
            .string(String(repeating: "0", count: 16))
        case .string(let text) where text.hasPrefix("$session"):
            .string(String(repeating: "0", count: 32))
        case .string(let text) where text.hasPrefix("$block"): "b1"
        case .array(let values): .array(values.map(filled))
        case .object(let members): .object(members.map { ($0.key, filled($0.value)) })
        default: value
        }
    }
}
