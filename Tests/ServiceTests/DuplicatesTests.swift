import JSON
import Testing

/// Duplicates over sockets; the demo home of the tests has them on the documents `copies/*`.
@Suite struct DuplicatesTests {
    static let text = "could you send me the figures of the last quarter before friday"
    static let near = "could you send me the figures of the last quarter before monday"
    static let other = "the heating in the room on the second floor is out of order again"

    @Test(arguments: [1, 2])
    func `two places learn of one another, and that they part`(shards: Int) throws {
        let server = try TestServer(shards: shards)
        let (ada, bob) = (
            try Writer(server, "copies/ada"), try Writer(server, "copies/a-longer-name")
        )
        try ada.write(Self.text)
        #expect(try ada.duplicates() == [])
        try bob.write(Self.text)
        #expect(try bob.duplicates() == ["copies/ada b1 exact"])
        #expect(try ada.duplicates() == ["copies/a-longer-name b1 exact"])
        try bob.rewrite(Self.near)
        #expect(try bob.duplicates() == ["copies/ada b1 near"])
        #expect(try ada.duplicates() == ["copies/a-longer-name b1 near"])
        try bob.rewrite(Self.other)
        #expect(try bob.duplicates() == [])
        #expect(try ada.duplicates() == [])
        // Other workspaces are no concern of theirs.
        let eve = try Writer(server, "elsewhere/eve")
        try eve.write(Self.other)
        _ = try eve.peer.ask(["type": "ping"])
        #expect(!eve.peer.takeAll().contains { $0["kind"] == "duplicate" })
    }

    @Test func `a block that goes takes its place with it`() throws {
        let server = try TestServer()
        let (ada, bob) = (try Writer(server, "copies/ada"), try Writer(server, "copies/bob"))
        try ada.write(Self.text + "\n" + Self.other)
        try bob.write(Self.text)
        #expect(try bob.duplicates() == ["copies/ada b1 exact"])
        try ada.edit([["delete": .number(Double(Self.text.utf16.count + 1))]])
        #expect(try bob.duplicates() == [])
        try ada.edit([["insert": .string(Self.text + "\n")]])
        #expect(try bob.duplicates() == ["copies/ada b3 exact"])
    }

    @Test func `a document as a whole has its copies, whatever the order of its lines`() throws {
        let server = try TestServer()
        let (ada, bob) = (try Writer(server, "copies/ada"), try Writer(server, "copies/bob"))
        try ada.write("\(Self.text)\n\(Self.other)")
        try bob.write("\(Self.other)\n\n\(Self.text)")
        #expect(try bob.duplicatesOfWhole() == ["copies/ada  exact"])
        #expect(try ada.duplicatesOfWhole() == ["copies/bob  exact"])
        let late = try Writer(server, "copies/ada")
        #expect(try late.duplicatesOfWhole() == ["copies/bob  exact"])
        let new = "much of it is new and the rest is not worth a copy"
        try bob.edit([["insert": .string(new + "\nas whatever else is said for the first time\n")]])
        #expect(try ada.duplicatesOfWhole() == [])
        #expect(try bob.duplicatesOfWhole() == [])
    }

    @Test func `whoever may not read a place does not hear of it at all`() throws {
        let with = try heard(besideSecret: true)
        let without = try heard(besideSecret: false)
        #expect(with.limited == without.limited)
        #expect(!with.limited.isEmpty)
        #expect(!with.limited.description.contains("secret"))
        // Of the same document somebody with more rights hears of the secret one.
        #expect(with.free.contains { $0.description.contains("copies/secret") })
        #expect(!without.free.contains { $0.description.contains("copies/secret") })
    }

    /// What readers of one document hear while another one comes to have the same lines, and loses them.
    private func heard(besideSecret: Bool) throws -> (limited: [JSONValue], free: [JSONValue]) {
        let server = try Self.serverWithKeys()
        let free = try Writer(server, "copies/open", token: "free")
        let limited = try Writer(server, "copies/open", token: "limited")
        let hidden = try Writer(
            server, besideSecret ? "copies/secret" : "apart/secret", token: "free")
        let third = try Writer(server, "copies/open-too", token: "free")
        try hidden.write("\(Self.text)\n\(Self.other)")
        if besideSecret { try hidden.settle() }
        try free.write("\(Self.near)\n\(Self.other)")
        try free.settle()
        try third.write(Self.other)
        try third.settle()
        try hidden.rewrite("nothing of that is there any more")
        if besideSecret { try hidden.settle() }
        try free.edit([["insert": "please "]])
        try free.settle()
        // Whoever comes later is told what stands.
        let late = try Writer(server, "copies/open", token: "limited")
        var messages: [[JSONValue]] = []
        for reader in [limited, late, free] {
            _ = try reader.peer.ask(["type": "ping"])
            messages.append(reader.peer.takeAll().compactMap(Self.timeless))
        }
        return (messages[0] + messages[1], messages[2])
    }

    /// A message of the kind without what differs from run to run.
    private static func timeless(_ message: JSONValue) -> JSONValue? {
        guard message["kind"] == "duplicate", let members = message.object else { return nil }
        return .object(
            members.filter { !["model", "queuedMicros", "computeMicros"].contains($0.key) })
    }

    static func serverWithKeys() throws -> TestServer {
        let folder = try Demo.copy()
        try folder.setEnvironment(
            "keys",
            to: [
                ["token": "free", "role": "editor"],
                ["token": "limited", "role": "editor", "documents": ["copies/open*"]],
            ])
        return try TestServer(folder)
    }

    @Test func `a token for some documents opens no others and asks for nothing about them`() throws
    {
        let server = try Self.serverWithKeys()
        let peer = try Peer(server, user: "Ada", token: "limited")
        let name = "copies/secret#b1.1.support@000000000000"
        let refused: [JSONValue] = [
            ["type": "open", "doc": "copies/secret"],
            ["type": "recommend", "source": "editor", "doc": "copies/secret", "block": "b1"],
            ["type": "explain", "prediction": .string(name)],
            ["type": "feedback", "prediction": .string(name), "label": "greeting"],
        ]
        for message in refused {
            #expect(try peer.ask(message)["code"] == "forbidden", "\(message)")
        }
        #expect(try peer.ask(["type": "open", "doc": "copies/open"])["type"] == "opened")
    }

    @Test func `places outlive the memory of the document and the process`() throws {
        let folder = try Demo.copy()
        try folder.setEnvironment("limits", to: ["evictionSeconds": 1])
        let server = try TestServer(folder)
        let ada = try Writer(server, "copies/ada")
        try ada.write(Self.text)
        _ = try ada.peer.ask(["type": "close", "doc": "copies/ada"])
        let deadline = Deadline()
        while try server.metric("hunch_documents") != 0 {
            try #require(deadline.millisecondsLeft > 0)
        }
        let bob = try Writer(server, "copies/bob")
        try bob.write(Self.near)
        #expect(try bob.duplicates() == ["copies/ada b1 near"])
        try server.killAndRestart()
        let eve = try Writer(server, "copies/eve")
        try eve.write(Self.near)
        // The journal is read in the background, so that they may come one after the other.
        var found = try eve.duplicates()
        while found.count < 2 { found = try eve.duplicates() }
        #expect(found == ["copies/bob b1 exact", "copies/ada b1 near"])
    }
}

/// Versions of a model of duplicates, one in the place of another.
@Suite struct DuplicatesDeploymentTests {
    @Test func `a version that was tried goes on where it is deployed`() throws {
        let server = try TestServer()
        let (ada, bob) = (try Writer(server, "copies/ada"), try Writer(server, "copies/bob"))
        try ada.write(DuplicatesTests.text)
        try ada.settle()
        try bob.write(DuplicatesTests.other)
        _ = try Program.run(
            "create", "model", "-n", "copies", "--kind", "duplicates", in: server.folder)
        let project = ".hunch/models/copies/model.json"
        let settings = server.folder.text(project).replacing("0.6", with: "0.7")
        try server.folder.write(settings, to: project)
        let trained = try Program.run("train", "model", "-n", "copies", "--json", in: server.folder)
        let version = try #require(try JSONValue(parsing: trained.trimmed)["version"]?.string)
        let name = "copies@\(version)"
        for more in [["--canary", "100%", "--hold", "1h"], []] {
            _ = try Program.run(["deploy", "model", "-n", name] + more, in: server.folder)
            try bob.rewrite(DuplicatesTests.text)
            try bob.settle()
            try bob.rewrite(DuplicatesTests.other)
            try bob.settle()
            #expect(bob.peer.takeAll().contains { $0["model"]?.string == name })
        }
    }
}

/// Somebody who writes one document.
final class Writer {
    let peer: Peer
    private let document: String
    private var revision = 0
    private var sequence = 0
    private var length = 0

    init(_ server: TestServer, _ document: String, token: String? = nil) throws {
        self.document = document
        peer = try Peer(server, user: "Ada", token: token)
        let opened = try peer.ask(["type": "open", "doc": .string(document)])
        try #require(opened["type"] == "opened", "\(opened)")
        revision = try opened.count("revision")
        length = opened["text"]?.string?.utf16.count ?? 0
    }

    func write(_ text: String) throws {
        try edit([["insert": .string(text)]])
        length += text.utf16.count
    }

    /// Puts a text in place of all that was written.
    func rewrite(_ text: String) throws {
        try edit([["insert": .string(text)], ["delete": .number(Double(length))]])
        length = text.utf16.count
    }

    func edit(_ ops: [JSONValue]) throws {
        sequence += 1
        let ack = try peer.ask([
            "type": "edit", "doc": .string(document), "base": .number(Double(revision)),
            "seq": .number(Double(sequence)), "ops": .array(ops),
        ])
        revision = try #require(ack["revision"]?.int, "\(ack)")
    }

    /// Waits until duplicates of all that was written are found, and what follows has been said.
    func settle() throws {
        let kept = peer.takeAll()
        var seen = kept
        while !seen.contains(where: isReport) {
            try peer.receive()
            seen += peer.takeAll()
        }
        peer.giveBack(seen)
    }

    private func isReport(_ message: JSONValue) -> Bool {
        message["kind"] == "duplicate" && message["doc"]?.string == document
            && message["revision"]?.int ?? 0 >= revision && message["pending"] == nil
    }

    /// Waits for the next message about blocks: where else the first of them stands.
    func duplicates() throws -> [String] {
        let message = try peer.first { message in
            let entries = message["results"]?.array ?? []
            return message["kind"] == "duplicate"
                && (entries.isEmpty || entries.contains { $0["block"] != nil })
        }
        return places(message["results"]?.array?.first)
    }

    /// Waits for the next message about the document as a whole.
    func duplicatesOfWhole() throws -> [String] {
        var whole: JSONValue?
        _ = try peer.first { message in
            guard message["kind"] == "duplicate" else { return false }
            whole = message["results"]?.array?.first { $0["block"] == nil }
            return whole != nil
        }
        return places(whole)
    }

    private func places(_ entry: JSONValue?) -> [String] {
        (entry?["duplicates"]?.array ?? []).map { place in
            let isExact = place["exact"]?.bool == true
            return "\(place["doc"]?.string ?? "") \(place["block"]?.string ?? "") "
                + (isExact ? "exact" : "near")
        }
    }
}
