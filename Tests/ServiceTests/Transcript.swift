// The conversations in `protocols/transcripts`, held with a server.

import Foundation
import JSON
import Testing

/// One file; `protocols/README.md` says what its lines mean.
struct Transcript {
    let name: String
    private let lines: [JSONValue]
    private var peers: [String: Peer] = [:]
    private var captures: [String: JSONValue] = [:]

    static func all() throws -> [Transcript] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "protocols/transcripts")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        return try files.filter { $0.hasSuffix(".jsonl") }.sorted().map { file in
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            return Transcript(name: file, lines: lines)
        }
    }

    private init(name: String, lines: [JSONValue]) {
        self.name = name
        self.lines = lines
    }

    /// Holds the conversation; gives what went otherwise than it is written.
    mutating func hold(with server: TestServer) -> String? {
        for (i, line) in lines.enumerated() {
            do {
                if let problem = try follow(line, with: server) {
                    return "\(name):\(i + 1): \(problem)"
                }
            } catch {
                return "\(name):\(i + 1): expected \(line): \(error)"
            }
        }
        for (client, peer) in peers.sorted(by: { $0.key < $1.key }) {
            if let problem = leftOver(peer) { return "\(name), at the end, \(client): \(problem)" }
        }
        return nil
    }

    private mutating func follow(_ line: JSONValue, with server: TestServer) throws -> String? {
        let client = try #require(line["client"]?.string)
        if let transport = line["connect"]?.string.flatMap(Peer.Transport.init) {
            peers[client] = try Peer(server, over: transport)
        } else if line["disconnect"] != nil {
            peers[client] = nil
        } else {
            return try follow(line, by: try #require(peers[client], "\(client) is not connected"))
        }
        return nil
    }

    private mutating func follow(_ line: JSONValue, by peer: Peer) throws -> String? {
        if let message = line["send"] {
            try peer.send(filled(message))
        } else if let text = line["sendText"] {
            try peer.sendText(expanded(text))
        } else if let code = line["expectClose"]?.int {
            let got = try peer.expectClose()
            if peer.transport == .webSocket, got != code {
                return "expected close \(code), got \(got ?? 0)"
            }
        } else {
            let expected = try #require(line["expect"])
            let got = try peer.first { message in
                ["type", "kind", "doc"].allSatisfy {
                    expected[$0] == nil || message[$0] == expected[$0]
                }
            }
            if let place = mismatch(got, expected) {
                return "expected \(filled(expected)), got \(got): they differ in \(place)"
            }
        }
        return nil
    }

    /// What has come that the transcript does not speak of, and no client would expect.
    private func leftOver(_ peer: Peer) -> String? {
        if !peer.isClosed {
            _ = try? peer.ask(["type": "ping"])
        }
        let rest = peer.messages.filter {
            !["results", "presence", "event"].contains($0["type"]?.string ?? "")
        }
        return rest.isEmpty ? nil : "unexpected \(rest)"
    }

    // MARK: Matching

    /// Where a message is not what was expected; `nil` if it is.
    private mutating func mismatch(_ got: JSONValue?, _ expected: JSONValue) -> String? {
        switch expected {
        case .string("$any"): return got == nil ? "its absence" : nil
        case .string(let name) where name.hasPrefix("$"):
            guard let got else { return "its absence" }
            if let known = value(of: name) { return known == got ? nil : name }
            captures[name] = got
            return nil
        case .object(let members):
            for (key, value) in members {
                if let place = mismatch(got?[key], value) { return "\(key), \(place)" }
            }
            return nil
        case .array(let values):
            guard let list = got?.array, list.count == values.count else { return "the number" }
            for (i, value) in values.enumerated() {
                if let place = mismatch(list[i], value) { return "[\(i)], \(place)" }
            }
            return nil
        case .null, .boolean, .number, .string: return got == expected ? nil : "the value"
        }
    }

    /// What a name stands for, if it was captured.
    private func value(of name: String) -> JSONValue? {
        guard name.hasSuffix("[0:16]") else { return captures[name] }
        return captures[String(name.dropLast(6))]?.string.map { .string(String($0.prefix(16))) }
    }

    private func filled(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let name) where name.hasPrefix("$"): self.value(of: name) ?? value
        case .array(let values): .array(values.map(filled))
        case .object(let members): .object(members.map { (key: $0.key, value: filled($0.value)) })
        default: value
        }
    }

    /// The text to be sent; a part `["x", 1000]` is repeated.
    private func expanded(_ text: JSONValue) -> String {
        guard let parts = text.array else { return text.string ?? "" }
        return parts.map { part in
            guard let pair = part.array else { return part.string ?? "" }
            return String(repeating: pair[0].string ?? "", count: pair[1].int ?? 0)
        }.joined()
    }
}
