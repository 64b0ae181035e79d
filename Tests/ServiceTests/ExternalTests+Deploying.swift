// Programs that are deployed, tried and replaced, and their end.

import Foundation
import Glibc
import JSON
import Testing

extension ExternalTests {
    @Test(arguments: ["", Python.stubborn])
    func `programs end with a server that is killed, heed they its end or not`(
        prelude: String
    ) throws {
        let folder = try home(
            ["answers": "intent", "concurrency": 1],
            prelude + Python.obedient + (prelude.isEmpty ? "" : Python.immortal))
        let server = try TestServer(folder)
        #expect(try Peer(server, user: "Ada").ask(["type": "ping"])["type"] == "pong")
        let old = Python.processes(in: folder)
        try server.killAndRestart()
        let deadline = Deadline()
        while !old.isDisjoint(with: Python.processes(in: folder)) {
            guard deadline.millisecondsLeft > 0 else { throw Timeout() }
        }
    }

    @Test func `programs that heed no signal are gone when they are replaced, and with the server`()
        throws
    {
        let program = Python.stubborn + Python.obedient + Python.immortal
        let folder = try home(["answers": "intent", "concurrency": 2], program)
        let server = try TestServer(folder)
        let ada = try Writer(server, Self.document)
        try ada.write("hello there")
        let first = try #require(try results(ada.peer, of: "words")["model"]?.string)
        let old = Python.processes(in: folder)
        #expect(old.count == 2)

        try Python.change(folder, ["answers": "intent", "concurrency": 1], program + "#\n")
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        _ = try Program.run("deploy", "model", "-n", "words", in: folder)
        let second = try results(ada.peer, of: "words")
        #expect(intents(second) == ["hello"] && second["model"]?.string != first)
        let deadline = Deadline()
        while !old.isDisjoint(with: Python.processes(in: folder)) {
            guard deadline.millisecondsLeft > 0 else { throw Timeout() }
        }
        server.terminate()
        #expect(try server.exitStatus() == 0)
        #expect(Python.processes(in: folder) == [])
    }

    @Test func `a version whose program does not start is not deployed, and the old one goes on`()
        throws
    {
        let folder = try home()
        let server = try TestServer(folder)
        try Python.change(
            folder, ["answers": "intent", "startMillis": 600_000], "import no_such_module\n")
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        #expect(try Program(["deploy", "model", "-n", "words"], in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("gives no answer"))
        let ada = try Writer(server, Self.document)
        try ada.write("hello there")
        #expect(try intents(results(ada.peer, of: "words")) == ["hello"])
    }

    @Test func `a canary that gives no answers is halted by itself`() throws {
        let folder = try home()
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": ["rollout"]])
        let mute = Python.obedient.replacingOccurrences(
            of: "\"nothing\" not in", with: "\"warm\" in")
        try Python.change(folder, ["answers": "intent", "concurrency": 1], mute)
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        _ = try Program.run(
            "deploy", "model", "-n", "words", "--canary", "50%", "--answers", "100000", in: folder)
        let peer = try Peer(server, user: "Ada")
        func say(_ number: Int) throws -> [String] {
            let document = "words/\(number)"
            _ = try peer.ask(["type": "open", "doc": .string(document)])
            _ = try peer.ask(edit(document, base: 0, sequence: 1, at: 0, "hello there"))
            defer { _ = peer.takeAll() }
            let said = try intents(results(peer, of: "words"))
            _ = try peer.ask(["type": "close", "doc": .string(document)])
            return said
        }
        var (halted, number): (JSONValue?, Int) = (nil, 0)
        while halted == nil {
            _ = try say(number)
            number += 1
            _ = try control.ask(["type": "ping"])
            halted = control.takeAll().first { $0["change"] == "halted" }
            try #require(number < 3000)
        }
        #expect(halted?["reason"]?.string?.contains("fail") == true)
        for later in 6000..<6010 { #expect(try say(later) == ["hello"]) }
        server.terminate()
        #expect(try server.exitStatus() == 0)
        #expect(Python.processes(in: folder) == [])
    }
}
