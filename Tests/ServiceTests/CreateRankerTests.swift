import JSON
import Testing

/// A recommender of a corpus, from nothing to an answer.
@Suite struct CreateRankerTests {
    private func items(_ results: JSONValue) -> [String] {
        results["results"]?.array?[0]["items"]?.array?.compactMap { $0["item"]?.string } ?? []
    }

    private func create(_ name: String, _ words: String..., in folder: Folder) throws {
        _ = try Program.run(
            ["create", "model", "-n", name, "--kind", "ranker"] + words, in: folder)
        let deployed = try Program.run("deploy", "model", "-n", name, in: folder)
        #expect(deployed.contains("deployed \(name)@"))
    }

    @Test func `two commands a place give live recommendations of one corpus`() throws {
        let folder = try Folder()
        try create("people", "--corpus", "people", "--source", "editor", in: folder)
        try create("digest", "--corpus", "people", in: folder)
        let listed = try Program.run("list", "models", "--json", in: folder)
        let models = try listed.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(models.map { $0["corpus"] } == ["people", "people"])
        #expect(models.map { $0["sources"] } == ["digest", "editor"])

        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        let changed = try control.ask([
            "type": "item", "corpus": "people", "item": "ada",
            "fields": ["title": "Ada Lovelace", "text": "engines", "visibility": "public"],
        ])
        #expect(changed["type"] == "ok", "\(changed)")
        let peer = try Peer(server, user: "Linus")
        for source in ["editor", "digest"] as [JSONValue] {
            let found = try peer.ask(["type": "recommend", "source": source, "query": "engines"])
            #expect(items(found).first == "ada", "\(found)")
            #expect(!items(found).contains("salary-plan"), "private, and not Linus's")
        }
    }

    @Test func `an item that is not as its corpus wants it is refused with the field`() throws {
        let folder = try Folder()
        try create("people", "--corpus", "people", in: folder)
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        let refused = try control.ask([
            "type": "item", "corpus": "people", "item": "ada",
            "fields": ["title": "Ada", "visibility": "secret"],
        ])
        #expect(refused["code"] == "bad_field")
        #expect(
            refused["message"]?.string?.contains(
                "fields.visibility: 'secret' is not one of public, private") == true, "\(refused)")
    }

    @Test func `a place without a corpus is a mistake`() throws {
        let folder = try Folder()
        let words = ["create", "model", "-n", "a", "--kind", "ranker", "--source", "editor"]
        #expect(try Program(words, in: folder).exitStatus() == 2)
        let kind = ["create", "model", "-n", "a", "--corpus", "people"]
        #expect(try Program(kind, in: folder).exitStatus() == 2)
    }
}
