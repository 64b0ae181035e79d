import Documents
import Foundation
import JSON
import Numerics
import Reactor
import Synchronization
import Testing
import Wire

@testable import Service

/// What waits for programs.
@Suite struct ExternalQueueTests {
    private let now = Instant(nanoseconds: 1_000)

    /// A queue and those who ask by it, by their names.
    // What replies is sent to nobody: all happens in the test's own thread.
    private final class Office: @unchecked Sendable {
        private let told = Mutex<Set<String>>([])
        private let refused = Mutex<[String]>([])
        private var queue: ExternalQueue

        init(capacity: Int) { queue = ExternalQueue(capacity: capacity) }

        /// Those who were replied to.
        var answered: Set<String> { told.withLock { $0 } }
        /// Those of them who were refused, in that order.
        var unanswered: [String] { refused.withLock { $0 } }

        func takes(_ name: String, _ count: Int, isTrial: Bool = false) -> Bool {
            let texts = Array(repeating: name, count: count)
            let question = ExternalQuestion(texts: texts, isTrial: isTrial) { [self] answers, _ in
                let isNew = told.withLock { $0.insert(name).inserted }
                #expect(isNew && answers?.count ?? count == count)
                if answers == nil { refused.withLock { $0.append(name) } }
            }
            return queue.add(question, until: Instant(nanoseconds: 1_000))
        }

        func expireAll() -> Int { queue.expire(at: Instant(nanoseconds: 1_000)) }
        func refuseAll() { queue.refuseAll() }
        func giveUpTrials() -> Int { queue.giveUpTrials() }
        func take() -> [String]? { queue.take(8, at: Instant(nanoseconds: 0))?.texts }

        /// Takes a batch that fails; gives its texts, and whether they wait again.
        func fail(_ limit: Int) -> (texts: [String], isTakenBack: Bool)? {
            let now = Instant(nanoseconds: 500)
            guard let (batch, texts) = queue.take(limit, at: now) else { return nil }
            let isTakenBack = queue.takeBack(batch, at: now, until: Instant(nanoseconds: 2_000))
            if !isTakenBack { queue.settle(batch, nil, at: now) }
            return (texts, isTakenBack)
        }
    }

    @Test func `texts of a batch that failed wait behind the others, and are asked one by one`() {
        let office = Office(capacity: 16)
        #expect(office.takes("two", 2) && office.takes("one", 1))
        #expect(office.takes("late", 2))
        #expect(office.fail(3)?.texts == ["two", "two", "one"])
        #expect(office.take() == ["late", "late"])
        for name in ["two", "two", "one"] {
            #expect(!office.answered.contains(name))
            let failed = office.fail(8)
            #expect(failed?.texts == [name] && failed?.isTakenBack == false, "asked twice at most")
        }
        #expect(office.take() == nil && office.answered == ["two", "one"])
        #expect(office.takes("trial", 3, isTrial: true))
        #expect(office.fail(8)?.isTakenBack == false)
    }

    @Test func `questions of several texts leave room to those of one`() {
        let office = Office(capacity: 8)
        #expect(office.takes("all", 8))
        #expect(office.expireAll() == 8)
        #expect(office.takes("first", 4))
        #expect(!office.takes("many", 3))
        #expect(office.takes("two", 2))
        #expect(office.takes("seventh", 1))
        #expect(office.takes("eighth", 1))
        #expect(!office.takes("ninth", 1))
        #expect(office.expireAll() == 8)
        #expect(office.answered == ["all", "first", "two", "seventh", "eighth"])
    }

    @Test func `a part of a document finds room while a quarter of the places are taken`() {
        for capacity in 2...100 {
            let office = Office(capacity: capacity)
            for number in 0..<max(capacity / 4, 1) { #expect(office.takes("\(number)", 1)) }
            #expect(office.takes("part", ExternalQueue.mostInPart(of: capacity)), "\(capacity)")
        }
    }

    @Test func `trials are given up without the others`() {
        let office = Office(capacity: 8)
        #expect(office.takes("asked", 2))
        #expect(office.takes("trial", 2, isTrial: true))
        #expect(office.takes("more", 1))
        #expect(office.giveUpTrials() == 2)
        #expect(office.answered == ["trial"])
        #expect(office.take() == ["asked", "asked", "more"])
        #expect(office.giveUpTrials() == 0)
    }

    @Test func `all that is not decided is refused, what was asked already too`() {
        let office = Office(capacity: 20)
        #expect(office.takes("late", 2))
        #expect(office.expireAll() == 2)
        #expect(office.takes("asked", 6))
        #expect(office.takes("asked in part", 4))
        #expect(office.take()?.count == 8)
        #expect(office.takes("waiting", 1))
        office.refuseAll()
        #expect(office.unanswered == ["asked", "asked in part", "waiting"])
        #expect(office.take() == nil && office.expireAll() == 0)
        #expect(office.answered.count == 4)
    }

    @Test(arguments: UInt64(0)..<40)
    func `blocks that were taken back are read after those that were edited since, each once`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        var pending = Pending(revision: 0)
        let blocks = (1...UInt32.random(in: 1...60, using: &random)).map { BlockID(rawValue: $0) }
        pending.offer(changed: blocks, removed: [], revision: 1, at: now)
        let taken = pending.take(32).map(\.block)
        if pending.count == 0 { pending.settle() }
        let edited = blocks.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
        let later = now.advanced(byMilliseconds: 5)
        if !edited.isEmpty { pending.offer(changed: edited, removed: [], revision: 2, at: later) }
        pending.takeBack(taken, again: [], since: now, isOwed: true)
        #expect(pending.since == now && pending.isOwed && pending.hasNews)
        let read = pending.take(.max).map(\.block)
        #expect(Set(read) == Set(blocks) && read.count == blocks.count)
        #expect(Array(read.prefix(edited.count)) == edited.reversed())
    }

    @Test func `a mailbox that was closed passes on what comes`() {
        let mailbox = WorkerMailbox<Int>()
        #expect(mailbox.add(1))
        #expect(!mailbox.add(2))
        let passed = Passed()
        mailbox.close { job in passed.jobs.withLock { $0.append(job) } }
        #expect(!mailbox.add(3))
        #expect(passed.jobs.withLock { $0 } == [1, 2, 3])
    }

    private final class Passed: Sendable {
        let jobs = Mutex<[Int]>([])
    }
}

/// Programs that are asked more than may wait.
@Suite(.enabled(if: Python.isThere, "python3 is not on this machine"))
struct BusyProgramTests {
    /// Reads results until so many texts have an answer and so many blocks are gone; gives the model's name.
    @discardableResult
    private func readAll(_ count: Int, gone: Int = 0, _ writer: Writer) throws -> String {
        var answered: Set<String> = []
        var removed = 0
        while true {
            let results = try writer.peer.first {
                $0["type"] == "results" && $0["model"]?.string?.hasPrefix("words@") == true
            }
            for entry in results["results"]?.array ?? [] {
                answered.insert(entry["intent"]?.string ?? "")
            }
            removed += results["removed"]?.array?.count ?? 0
            if answered.count >= count, removed >= gone {
                return try #require(results["model"]?.string)
            }
        }
    }

    @Test func `all blocks are answered in the end, however few may wait`() throws {
        let definition: JSONValue = ["answers": "intent", "concurrency": 1, "queue": 8, "batch": 3]
        let server = try TestServer(Python.home(definition))
        let writers = try (0..<6).map { try Writer(server, "words/\($0)") }
        for writer in writers {
            try writer.write((0..<40).map { "word\($0) said" }.joined(separator: "\n"))
        }
        let names = try writers.map { try readAll(40, $0) }
        let model = "{model=\"\(names[0])\"}"
        #expect(try server.metric("hunch_program_refused_total" + model) ?? 0 > 0)
        #expect(try server.metric("hunch_program_unanswered_total" + model) == 0)
    }

    @Test func `all blocks are answered though the canary that reads them is promoted`() throws {
        let definition: JSONValue = ["answers": "intent", "concurrency": 1, "batch": 1]
        let folder = try Python.home(definition)
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": ["rollout"]])
        // Slow enough that much waits when it is promoted.
        let slow = Python.obedient.replacingOccurrences(
            of: "def answer(text):", with: "def answer(text):\n    time.sleep(0.03)")
        try Python.change(folder, definition, slow)
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        _ = try Program.run(
            "deploy", "model", "-n", "words", "--canary", "100%", "--hold", "0s", "--answers", "1",
            "--guard", "latency=1000", in: folder)
        let ada = try Writer(server, "words/notes")
        try ada.write((0..<100).map { "word\($0) said" }.joined(separator: "\n"))
        _ = try control.first { $0["change"] == "promoted" }
        try readAll(100, ada)
    }

    @Test func `explanations come one at a time, and others are answered beside them`() throws {
        let definition: JSONValue = [
            "answers": "intent", "concurrency": 1, "batch": 1, "queue": 16, "timeoutMillis": 1500,
        ]
        let server = try TestServer(Python.home(definition))
        let peer = try Peer(server, user: "Ada")
        let asked = try peer.ask(["type": "classify", "model": "words", "text": "hello there you"])
        let prediction = try #require(asked["results"]?.array?.first?["prediction"])
        // The program is silent to one text: what comes then waits.
        try peer.send([
            "type": "classify", "id": "silent", "model": "words", "text": "silence please",
        ])
        for id in ["first", "second"] {
            try peer.send(["type": "explain", "id": .string(id), "prediction": prediction])
        }
        try peer.send(["type": "classify", "id": "last", "model": "words", "text": "thanks all"])
        var replies: [String: JSONValue] = [:]
        while replies.count < 4 {
            let reply = try peer.first { $0["id"] != nil }
            let id = try #require(reply["id"]?.string)
            if replies.isEmpty { #expect(id == "second") }
            replies[id] = reply
        }
        #expect(replies["second"]?["code"] == "overloaded")
        #expect(replies["first"]?["type"] == "explanation")
        #expect(replies["last"]?["results"]?.array?.first?["intent"] == "thanks")
    }

    @Test func `a block that is gone is told of though there was no room for the others`() throws {
        let definition: JSONValue = [
            "answers": "intent", "concurrency": 1, "queue": 1, "timeoutMillis": 1500,
            "restartMillis": [1, 1],
        ]
        let server = try TestServer(Python.home(definition))
        let ada = try Writer(server, "words/notes")
        try ada.write("first one\nsecond one")
        try readAll(2, ada)
        // The program is silent to one text, another waits: there is no room for a third.
        let bob = try Peer(server, user: "Bob")
        for text in ["silence please", "patience then"] {
            try bob.send(["type": "classify", "model": "words", "text": .string(text)])
        }
        try ada.rewrite("third one")
        try readAll(1, gone: 1, ada)
    }
}
