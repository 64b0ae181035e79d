import Client
import Documents
import Numerics
import Reactor
import Testing
import Wire

@Suite struct LoadMixTests {
    @Test func `shares are drawn in proportion`() throws {
        let mix = try #require(LoadMix("edit=90,classify=5,recommend=5"))
        var random = SplitMix64(seed: 7)
        var counts: [LoadAction: Int] = [:]
        for _ in 0..<10_000 { counts[mix.draw(using: &random), default: 0] += 1 }
        #expect(8800...9200 ~= counts[.edit] ?? 0)
        #expect(400...600 ~= counts[.classify] ?? 0)
        #expect(400...600 ~= counts[.recommend] ?? 0)
    }

    @Test func `a share of zero is never drawn`() throws {
        let mix = try #require(LoadMix("edit=0,classify=3"))
        var random = SplitMix64(seed: 7)
        #expect((0..<1000).allSatisfy { _ in mix.draw(using: &random) == .classify })
        #expect(mix.contains(.classify) && !mix.contains(.edit) && !mix.contains(.recommend))
    }

    @Test(
        arguments: [
            "", "edit", "edit=", "edit=-1", "edit=1,edit=2", "fly=1", "edit=0", "edit=1,",
            "edit=1=2",
        ])
    func `what is no mix is refused`(text: String) {
        #expect(LoadMix(text) == nil)
    }
}

@Suite struct ArrivalsTests {
    @Test func `even arrivals have equal distances`() {
        var arrivals = Arrivals(.even, rate: 1000, seed: 1)
        #expect((0..<3).map { _ in arrivals.next() } == [1_000_000, 2_000_000, 3_000_000])
    }

    @Test(arguments: UInt64(0)..<5)
    func `arrivals of a Poisson process have the rate, and a variance equal to the mean`(
        seed: UInt64
    ) {
        var arrivals = Arrivals(.poisson, rate: 1000, seed: seed)
        var inMillisecond = [Int](repeating: 0, count: 20_000)
        var before: UInt64 = 0
        while true {
            let time = arrivals.next()
            #expect(time >= before)
            before = time
            guard time < 20_000_000_000 else { break }
            inMillisecond[Int(time / 1_000_000)] += 1
        }
        let mean = Double(inMillisecond.reduce(0, +)) / 20_000
        let variance = inMillisecond.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        #expect(abs(mean - 1) < 0.03)
        #expect(abs(variance / 20_000 - 1) < 0.06)
    }
}

@Suite struct TypistTests {
    @Test(arguments: UInt64(0)..<20)
    func `what is typed fits the text, which stays bounded and becomes sentences`(seed: UInt64) {
        var typist = Typist(seed: seed, bound: 300)
        var text = Text("somebody was here")
        var caret = text.length
        for _ in 0..<3000 {
            let stroke = typist.next(caret: caret, length: text.length) { text }
            #expect(stroke.operation.baseLength <= text.length && !stroke.operation.isEmpty)
            text.apply(stroke.operation)
            caret = stroke.caret
            #expect(0...text.length ~= caret && text.length < 500)
        }
        let lines = text.string.split(separator: "\n")
        #expect(lines.count > 2)
        // Slips are corrected: whole lines are what the utterances say.
        #expect(lines.dropFirst().dropLast().allSatisfy { !$0.contains("xx") && $0.contains(" ") })
    }

    @Test func `equal seeds type equally`() {
        var (a, b) = (Utterances(seed: 5), Utterances(seed: 5))
        #expect((0..<50).allSatisfy { _ in a.next() == b.next() })
    }

    @Test func `no place is left open in a sentence, and offsets count characters`() {
        var utterances = Utterances(seed: 1)
        for _ in 0..<500 {
            let sentence = utterances.next()
            #expect(!sentence.contains("{") && !sentence.contains("}") && !sentence.contains("\n"))
            #expect(sentence.unicodeScalars.count == sentence.utf16.count)
        }
    }
}

@Suite struct VirtualEditorTests {
    /// An editor whose document is open, and the time.
    private struct Scene {
        var editor: VirtualEditor
        var measures = LoadMeasures()

        init() throws {
            let settings = LoadSettings(
                server: ServerAddress(.tcp(host: "h", port: 1), transport: .lines))
            editor = VirtualEditor(document: "a/b", settings: settings, seed: 3)
            editor.connected()
            try hear(.welcome(.sample), at: 0)
            try hear(
                .opened(
                    .init(
                        document: "a/b", epoch: "e", revision: 0, sequence: 0, content: .text(""))),
                at: 0)
            _ = editor.takeOutgoing()
        }

        mutating func hear(_ body: ServerMessage.Body, at time: UInt64) throws {
            _ = try editor.receive(
                ServerMessage(body), now: Instant(nanoseconds: time), &measures)
        }

        mutating func type(at time: UInt64) {
            editor.act(.edit, due: Instant(nanoseconds: time), &measures)
        }

        mutating func ack(_ sequence: Int, _ revision: Int, at time: UInt64) throws {
            try hear(
                .ack(.init(document: "a/b", sequence: sequence, revision: revision)), at: time)
        }

        mutating func results(_ revision: Int, at time: UInt64) throws {
            let results = ServerMessage.Results(
                source: .init(document: "a/b", revision: revision), model: "m@1",
                kind: .intent, entries: [])
            var bytes: [UInt8] = []
            ServerMessage(.results(results)).encode(into: &bytes)
            let head = try #require(try ResultsHead(bytes.span))
            editor.receive(head, now: Instant(nanoseconds: time), &measures)
        }

        func latencies(_ kind: String) -> [UInt64] {
            guard let histogram = measures.latencies[kind] else { return [] }
            return [histogram.count, histogram.min ?? 0, histogram.max]
        }
    }

    @Test
    func
        `what is due while an edit is in flight goes with the next, and counts from when it was due`()
        throws
    {
        var scene = try Scene()
        scene.type(at: 100)
        scene.type(at: 110)
        scene.type(at: 120)
        #expect(scene.editor.takeOutgoing().count == 1)
        try scene.ack(1, 1, at: 130)
        #expect(scene.latencies("edit→ack") == [1, 30, 30])
        #expect(scene.editor.takeOutgoing().count == 1)
        try scene.ack(2, 2, at: 150)
        #expect(scene.latencies("edit→ack") == [3, 30, 40])
        #expect(scene.measures.editsDue == 3 && scene.measures.editsSent == 2)
    }

    @Test func `results count from when the edit was due, whether before or after its ack`() throws
    {
        var scene = try Scene()
        scene.type(at: 100)
        try scene.results(1, at: 105)
        #expect(scene.latencies("edit→results intent") == [])
        try scene.ack(1, 1, at: 130)
        #expect(scene.latencies("edit→results intent") == [1, 5, 5])
        scene.type(at: 200)
        try scene.ack(2, 2, at: 210)
        try scene.results(2, at: 220)
        #expect(scene.latencies("edit→results intent") == [2, 5, 20])
        #expect(scene.measures.faults.isEmpty)
        #expect(scene.editor.shortfalls(lastRevision: 2, models: ["m@1"]).isEmpty)
    }

    @Test func `what is missing at the end is named`() throws {
        var scene = try Scene()
        scene.type(at: 100)
        scene.editor.act(.classify, due: Instant(nanoseconds: 100), &scene.measures)
        #expect(
            scene.editor.shortfalls(lastRevision: 2, models: ["m@1"])
                == ["ack", "relay", "reply", "results of m@1"])
    }

    @Test func `results that come twice or go back are faults`() throws {
        var scene = try Scene()
        try scene.results(3, at: 1)
        try scene.results(3, at: 2)
        try scene.results(2, at: 3)
        #expect(scene.measures.faults["results repeated"]?.count == 1)
        #expect(scene.measures.faults["results out of order"]?.count == 1)
        #expect(scene.measures.faultCount == 2)
    }

    @Test func `a revision that is left out is found`() throws {
        var scene = try Scene()
        let relay = RelayedEdit(
            revision: 2, peer: PeerID(rawValue: 9), user: "", sequence: 1,
            operation: Operation(replacing: 0..<0, with: "x"))
        let gap = ClientError.replica(document: "a/b", .revisionGap(expected: 1, got: 2))
        #expect(throws: gap) { try scene.hear(.edit(.init(document: "a/b", edit: relay)), at: 1) }
    }

    @Test func `a reply must be of the type that was asked for`() throws {
        var scene = try Scene()
        scene.editor.act(.classify, due: Instant(nanoseconds: 10), &scene.measures)
        _ = try scene.editor.receive(
            ServerMessage(id: 1, .pong), now: Instant(nanoseconds: 30), &scene.measures)
        #expect(scene.measures.faults["wrong reply"]?.count == 1)
        _ = try scene.editor.receive(
            ServerMessage(id: 1, .pong), now: Instant(nanoseconds: 30), &scene.measures)
        #expect(scene.measures.faults["reply to nothing"]?.count == 1)
    }

    @Test func `merged measures are those of both`() throws {
        var (a, b) = (LoadMeasures(), LoadMeasures())
        a.record("x", 5)
        b.record("x", 7)
        b.record("y", 1)
        a.fault("f", "first")
        b.fault("f", "second")
        b.editsDue = 3
        a.merge(b)
        #expect(a.latencies["x"]?.count == 2 && a.latencies["y"]?.max == 1)
        #expect(a.faultCount == 2 && a.faults["f"]?.example == "first" && a.editsDue == 3)
    }
}
