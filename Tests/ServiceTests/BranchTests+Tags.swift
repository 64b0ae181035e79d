import JSON
import Testing

/// What becomes of tags where the version is another.
extension BranchTests {
    @Test func `who goes over to a version without tags for the document keeps none of another's`()
        throws
    {
        try git("checkout", "-q", "main")
        _ = try run("create", "model", "-n", "topics", "--kind", "tags")
        try git("add", ".hunch/models")
        try git("commit", "-q", "-m", "topics")
        _ = try run("deploy", "model", "-n", "topics", "--tags", "delivery")
        try git("checkout", "-q", "-B", "y")
        let data = ".hunch/models/topics/tags.csv"
        try folder.write(folder.text(data) + "the invoice is wrong,money\n", to: data)
        try git("add", ".hunch/models")
        try git("commit", "-q", "-m", "topics")
        _ = try run("train", "model", "-n", "topics")
        _ = try run("deploy", "model", "-n", "topics@y", "--tags", "money")

        let server = try TestServer(folder)
        let (ada, bob) = (try Peer(server, user: "Ada"), try Peer(server, user: "Bob", branch: "y"))
        for peer in [ada, bob] { try open(peer) }
        let text = "Please refund order 4711, please send the invoice"
        _ = try ada.ask(edit("a/shared", base: 0, sequence: 1, at: 0, text))
        func tagsOfWhole() throws -> [JSONValue] {
            while true {
                let results = try bob.expect("results", kind: "tags")
                let whole = results["results"]?.array?.first { $0["block"] == nil }
                if let whole { return (whole["tags"]?.array ?? []).compactMap { $0["tag"] } }
            }
        }
        #expect(try tagsOfWhole() == ["money"])
        _ = try run("withdraw", "model", "-n", "topics@y")
        #expect(try tagsOfWhole() == [])
    }
}
