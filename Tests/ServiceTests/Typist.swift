// An editor of the tests: it types whole lines, so that what a text must hold is known.

import Documents
import JSON
import Numerics
import Testing

/// Adds lines with a name of their own to a document, and takes some of its own away again.
///
/// Lines begin where lines begin and nobody else deletes them, so that they stay whole whatever
/// others do, and the saved text is known as a set of lines.
final class Typist {
    let document: String
    private let name: String
    private var random: SplitMix64
    private var peer: Peer
    private(set) var replica: Replica
    private var epoch = ""
    private var count = 0
    /// The lines that are acknowledged and not taken away.
    private(set) var lines: [String] = []
    /// The edit without an `ack`: a line, added or taken away.
    private(set) var open: (line: String, isAdded: Bool)?

    init(_ name: String, _ document: String, on server: TestServer, seed: UInt64) throws {
        self.name = name
        self.document = document
        random = SplitMix64(seed: seed)
        peer = try Peer(server, user: name)
        let opened = try peer.ask(["type": "open", "doc": .string(document)])
        epoch = try #require(opened["epoch"]?.string)
        replica = Replica(
            session: try #require(SessionID(peer.session)),
            text: Text(try #require(opened["text"]?.string)),
            revision: try #require(opened["revision"]?.int))
    }

    var descriptor: Int32 { peer.descriptor }
    var text: String { replica.text.string }

    /// Makes an edit and sends it, unless one is in flight.
    func type() throws {
        guard replica.isSaved else { return }
        let text = replica.text.string
        if !lines.isEmpty, Int.random(in: 0..<5, using: &random) == 0 {
            let line = lines[Int.random(in: lines.indices, using: &random)]
            let start = try #require(text.firstRange(of: line + "\n")).lowerBound.utf16Offset(
                in: text)
            open = (line, false)
            replica.edit(Operation(replacing: start..<(start + line.utf16.count + 1), with: ""))
        } else {
            var starts = [0]
            for (i, unit) in text.utf16.enumerated() where unit == 10 { starts.append(i + 1) }
            let start = starts[Int.random(in: starts.indices, using: &random)]
            count += 1
            let line = "\(name) \(count) 😀"
            open = (line, true)
            replica.edit(Operation(replacing: start..<start, with: line + "\n"))
        }
        try #require(replica.takeOutgoing() != nil)
        try sendInFlight()
    }

    private func sendInFlight() throws {
        guard let edit = replica.inFlight else { return }
        try peer.send([
            "type": "edit", "doc": .string(document), "base": .number(Double(edit.base)),
            "seq": .number(Double(edit.sequence)), "ops": edit.operation.json,
        ])
    }

    /// Reads what has come; gives whether the edit in flight was acknowledged.
    func read() throws -> Bool {
        try peer.receive()
        return try take(peer.takeAll())
    }

    @discardableResult
    private func take(_ messages: [JSONValue]) throws -> Bool {
        var isAcknowledged = false
        for message in messages {
            switch message["type"]?.string {
            case "ack":
                let (sequence, revision) = try (message.count("seq"), message.count("revision"))
                try replica.acknowledge(sequence: sequence, revision: revision)
                settle()
                isAcknowledged = true
            case "edit":
                let operation = try Operation(json: message["ops"])
                _ = try replica.receive(operation, revision: try message.count("revision"))
            case "results", "presence": break
            default: Issue.record("\(name) got \(message)")
            }
        }
        return isAcknowledged
    }

    private func settle() {
        guard let (line, isAdded) = open else { return }
        if isAdded { lines.append(line) } else { lines.removeAll { $0 == line } }
        open = nil
    }

    /// Reads until the server closes; gives its farewell and the code.
    func readToEnd() throws -> (bye: JSONValue, code: Int?) {
        let bye = try peer.expect("bye")
        let code = try peer.expectClose()
        try take(peer.takeAll())
        return (bye, code)
    }

    /// Goes on after the connection was lost; what was in flight is sent again if it had not arrived.
    ///
    /// - Returns: whether it had arrived, so that only its `ack` was lost.
    @discardableResult
    func resume(on server: TestServer) throws -> Bool {
        let session = replica.session.description
        peer = try Peer(server, user: name, session: session)
        #expect(peer.session == session)
        let opened = try peer.ask([
            "type": "open", "doc": .string(document), "epoch": .string(epoch),
            "from": .number(Double(replica.revision)),
        ])
        #expect(opened["epoch"]?.string == epoch)
        // All revisions that were seen are still there: what follows them comes as edits.
        let edits = try #require(opened["edits"]?.array, "\(opened)")
        let sequence = replica.sequence
        _ = try replica.resume(
            session: replica.session, edits: try edits.map { try RelayedEdit(json: $0) })
        #expect(opened["seq"]?.int == replica.sequence)
        #expect(opened["revision"]?.int == replica.revision)
        let hadArrived = replica.sequence > sequence
        if hadArrived { settle() }
        try sendInFlight()
        return hadArrived
    }
}

extension JSONValue {
    func count(_ key: String) throws -> Int { try #require(self[key]?.int, "\(key) in \(self)") }
}

extension Operation {
    init(json: JSONValue?) throws {
        let components = try #require(json?.array).map { op -> Component in
            if let text = op["insert"]?.string { return .insert(text) }
            if let count = op["retain"]?.int { return .retain(count) }
            return .delete(try op.count("delete"))
        }
        try self.init(components)
    }

    var json: JSONValue {
        .array(
            components.map { component in
                switch component {
                case .retain(let count): ["retain": .number(Double(count))]
                case .insert(let text): ["insert": .string(text)]
                case .delete(let count): ["delete": .number(Double(count))]
                }
            })
    }
}

extension RelayedEdit {
    init(json: JSONValue) throws {
        self.init(
            revision: try json.count("revision"),
            peer: try #require(json["peer"]?.string.flatMap(PeerID.init)),
            user: json["user"]?.string ?? "", sequence: try json.count("seq"),
            operation: try Operation(json: json["ops"]))
    }
}
