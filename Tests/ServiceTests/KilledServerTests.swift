import Documents
import Glibc
import JSON
import Numerics
import Testing

@Suite struct KilledServerTests {
    @Test(arguments: [1, 2])
    func `a server killed again and again loses no acknowledged edit and applies none twice`(
        shards: Int
    ) throws {
        let server = try TestServer(shards: shards)
        var random = SplitMix64(seed: UInt64(shards))
        let documents = ["killed/one", "killed/two", "killed/three"]
        let typists = try (0..<6).map { i in
            try Typist("t\(i)", documents[i % 3], on: server, seed: random.next())
        }
        for _ in 0..<5 {
            try type(typists, until: .random(in: 20...120, using: &random))
            try server.killAndRestart()
            try check(typists, documents, on: server)
            for typist in typists { try typist.resume(on: server) }
        }
        try finish(typists, on: server, documents)
    }

    /// Has all type at once until so many edits were acknowledged: then others are in flight.
    private func type(_ typists: [Typist], until count: Int) throws {
        var acknowledged = 0
        while acknowledged < count {
            for typist in typists { try typist.type() }
            for typist in try ready(typists) {
                if try typist.read() { acknowledged += 1 }
            }
        }
    }

    /// Lets all that is in flight arrive, and compares all copies.
    private func finish(_ typists: [Typist], on server: TestServer, _ documents: [String]) throws {
        while typists.contains(where: { $0.open != nil }) {
            for typist in try ready(typists) { _ = try typist.read() }
        }
        for document in documents {
            let (text, revision) = try read(document, on: server)
            for typist in typists where typist.document == document {
                while typist.replica.revision < revision { _ = try typist.read() }
                #expect(typist.text == text)
            }
        }
        try check(typists, documents, on: server)
    }

    /// Each line that was acknowledged stands in the text once; what was in flight may.
    private func check(_ typists: [Typist], _ documents: [String], on server: TestServer) throws {
        for document in documents {
            let lines = try read(document, on: server).text.split(separator: "\n").map(String.init)
            let here = typists.filter { $0.document == document }
            let open = here.compactMap(\.open)
            let certain = Set(here.flatMap(\.lines)).subtracting(open.map(\.line))
            #expect(Set(lines).count == lines.count, "a line stands twice")
            #expect(certain.subtracting(lines) == [], "an acknowledged line is not there")
            let possible = certain.union(open.map(\.line))
            #expect(Set(lines).subtracting(possible) == [], "a line that was taken away is there")
        }
    }

    private func read(
        _ document: String, on server: TestServer
    ) throws -> (text: String, revision: Int) {
        let reader = try Peer(server, over: .tcp, user: "reader")
        let opened = try reader.ask(["type": "open", "doc": .string(document)])
        return (try #require(opened["text"]?.string), try opened.count("revision"))
    }

    private func ready(_ typists: [Typist]) throws -> [Typist] {
        var entries = typists.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        let count = poll(&entries, nfds_t(entries.count), Deadline().millisecondsLeft)
        guard count > 0 else { throw Timeout() }
        return zip(typists, entries).filter { $1.revents != 0 }.map(\.0)
    }
}
