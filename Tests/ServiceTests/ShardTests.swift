import JSON
import Testing

@Suite struct ShardTests {
    @Test func `one connection edits documents of all shards`() throws {
        let server = try TestServer(shards: 3)
        let (ada, bob) = (try Peer(server, user: "Ada"), try Peer(server, over: .tcp, user: "Bob"))
        let documents = (0..<12).map { "shards/\($0)" }
        for peer in [ada, bob] {
            for document in documents { try peer.send(["type": "open", "doc": .string(document)]) }
            for _ in documents { #expect(try peer.expect("opened")["text"] == "") }
        }
        for document in documents {
            try ada.send(edit(document, base: 0, sequence: 1, at: 0, document))
        }
        for _ in documents { #expect(try ada.expect("ack")["revision"] == 1) }
        let edited = try documents.map { _ in try bob.expect("edit")["doc"]?.string }
        #expect(Set(edited) == Set(documents))
        for peer in [ada, bob] {
            let read = try documents.map { _ in
                try peer.expect("results", kind: "intent")["doc"]?.string
            }
            #expect(Set(read) == Set(documents))
        }
        // Who leaves is gone everywhere.
        for document in documents { try bob.send(["type": "close", "doc": .string(document)]) }
        for _ in documents { _ = try bob.expect("closed") }
        for document in documents {
            let left = try ada.first { $0["doc"]?.string == document && $0["left"] == true }
            #expect(left["peer"]?.string == bob.peer)
        }
    }

    @Test func `a question can be explained after its connection has moved`() throws {
        let server = try TestServer(shards: 3)
        let peer = try Peer(server, user: "Ada")
        let results = try peer.ask(["type": "classify", "text": "where is my parcel"])
        let prediction = try #require(results["results"]?.array?.first?["prediction"])
        for i in 0..<6 { _ = try peer.ask(["type": "open", "doc": .string("moved/\(i)")]) }
        let explanation = try peer.ask(["type": "explain", "prediction": prediction])
        #expect(explanation["type"] == "explanation", "\(explanation)")
        #expect(explanation["contributions"]?.array?.isEmpty == false)
    }

    @Test func `a session that is taken over again and again is on one connection`() throws {
        let server = try TestServer(shards: 3)
        var session: String?
        var peers: [Peer] = []
        for i in 0..<20 {
            let peer = try Peer(
                server, over: i.isMultiple(of: 2) ? .tcp : .webSocket, user: "Ada", session: session
            )
            session = peer.session
            // It moves to another shard, while the next one takes the session.
            try peer.send(["type": "open", "doc": .string("taken/\(i)")])
            peers.append(peer)
        }
        for peer in peers.dropLast() {
            #expect(try peer.expect("error")["code"] == "taken_over")
            let code = try peer.expectClose()
            #expect(code == (peer.transport == .webSocket ? 1008 : nil))
        }
        #expect(try peers.last?.expect("opened")["doc"] == "taken/19")
    }
}
