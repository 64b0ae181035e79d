import JSON
import Testing

/// Duplicates for readers with rights to some documents only, who read too slowly.
@Suite struct DuplicatesCatchUpTests {
    @Test func `who falls behind and catches up hears of no place that it may not read`() throws {
        let with = try heard(besideSecret: true)
        let without = try heard(besideSecret: false)
        #expect(with.slow == without.slow && with.slow == with.fast)
        #expect(with.slow["b1"]?.description.contains("copies/open-too") == true)
    }

    /// What is last said of each block to a slow and to a fast reader with the same rights, while another
    /// document comes to have the same lines, and loses some.
    private func heard(
        besideSecret: Bool
    ) throws -> (slow: [String: JSONValue], fast: [String: JSONValue]) {
        let server = try DuplicatesTests.serverWithKeys()
        let free = try Writer(server, "copies/open", token: "free")
        let fast = try Writer(server, "copies/open", token: "limited").peer
        let slow = try Peer(server, over: .tcp, user: "slow", token: "limited", window: 4096)
        _ = try slow.ask(["type": "open", "doc": "copies/open"])
        // Far more than the connection holds that is not read, and less than it is closed for.
        let blank = String(repeating: " ", count: 100_000)
        for _ in 0..<60 {
            try free.edit([["insert": .string(blank)]])
            try free.edit([["delete": .number(Double(blank.utf16.count))]])
        }
        let hidden = try Writer(
            server, besideSecret ? "copies/secret" : "apart/secret", token: "free")
        let third = try Writer(server, "copies/open-too", token: "free")
        try hidden.write("\(DuplicatesTests.text)\n\(DuplicatesTests.other)")
        if besideSecret { try hidden.settle() }
        try free.write("\(DuplicatesTests.text)\n\(DuplicatesTests.other)")
        try free.settle()
        try third.write(DuplicatesTests.near)
        try third.settle()
        try hidden.rewrite(DuplicatesTests.text)
        if besideSecret { try hidden.settle() }
        try free.edit([["insert": "please "]])
        try free.settle()
        for reader in [fast, slow, slow] { _ = try reader.ask(["type": "ping"]) }
        let messages = (slow: slow.takeAll(), fast: fast.takeAll())
        for message in messages.slow { #expect(!message.description.contains("secret")) }
        // Nothing in between was kept for the slow one.
        #expect(reports(messages.slow) < reports(messages.fast))
        return (last(messages.slow), last(messages.fast))
    }

    private func reports(_ messages: [JSONValue]) -> Int {
        messages.count { $0["kind"] == "duplicate" }
    }

    /// The last entry of each block, or of the document as a whole, without its name.
    private func last(_ messages: [JSONValue]) -> [String: JSONValue] {
        var entries: [String: JSONValue] = [:]
        for message in messages where message["kind"] == "duplicate" {
            for block in message["removed"]?.array ?? [] { entries[block.string ?? ""] = nil }
            for entry in message["results"]?.array ?? [] {
                entries[entry["block"]?.string ?? "whole"] = entry["duplicates"]
            }
        }
        return entries
    }
}
