import CAllocationCount
import JSON
import Numerics
import Testing

@testable import Drift

@Suite struct DriftMonitorTests {
    private static let day = 86_400

    /// Answers come evenly through a day that is looked at every ten minutes; gives what turned, and when.
    private func changes(
        _ monitor: inout DriftMonitor, _ samples: inout Samples, perHour: Int, hours: Int = 24,
        from start: Int = 1_000_000_800
    ) -> [(change: DriftMonitor.Change, hour: Double)] {
        var changes: [(DriftMonitor.Change, Double)] = []
        for look in 0..<hours * 6 {
            let time = start + look * 600
            for i in 0..<perHour / 6 {
                monitor.observe(samples.values().span, at: time + i * 600 / (perHour / 6))
            }
            let found = monitor.look(at: time + 599).changes
            changes += found.map { ($0, Double(look + 1) / 6) }
        }
        return changes
    }

    @Test(arguments: [30, 120, 600, 1800])
    func `days without a change are without an alarm, be the answers few or many`(perHour: Int) {
        for seed in 0..<UInt64(perHour > 200 ? 4 : 12) {
            var samples = Samples(seed: seed)
            var monitor = DriftMonitor(
                Samples.features, reference: samples.reference(seed.isMultiple(of: 2) ? 300 : 2000))
            #expect(changes(&monitor, &samples, perHour: perHour).isEmpty, "seed \(seed)")
        }
    }

    @Test(arguments: UInt64(0)..<8)
    func `intents that become others are found within the hour, and are over when they are`(
        seed: UInt64
    ) {
        var samples = Samples(seed: seed)
        var monitor = DriftMonitor(Samples.features, reference: samples.reference(2000))
        #expect(changes(&monitor, &samples, perHour: 600, hours: 3).isEmpty)
        samples.shift = 0.8
        let drifted = changes(
            &monitor, &samples, perHour: 600, hours: 3, from: 1_000_000_800 + 3 * 3600)
        #expect(drifted.allSatisfy { $0.change.feature == "intent" && $0.change.isDrift })
        #expect(drifted.first.map { $0.change.window == .hour && $0.hour <= 1 } == true)
        samples.shift = 0
        let over = changes(
            &monitor, &samples, perHour: 600, hours: 3, from: 1_000_000_800 + 6 * 3600)
        #expect(over.contains { $0.change.window == .hour && !$0.change.isDrift })
    }

    @Test func `a drift goes on through hours of few answers, and is over when it has faded`()
        throws
    {
        var builder = ReferenceBuilder([.name("x")])
        for i in 0..<1000 { builder.add([.name(i < 600 ? "a" : "b")].span) }
        let feature = try #require(builder.reference(.heldOut)?.features.first)
        func verdict(_ a: Int, _ b: Int, missing: Int = 0, isKnown: Bool) -> FeatureDrift.Verdict {
            var live = [Int](repeating: 0, count: feature.slotCount)
            live[feature.slot(of: .name("a"))] = a
            live[feature.slot(of: .name("b"))] = b
            live[feature.missingSlot] = missing
            return DriftCriteria().judge(feature, live: live, level: 1e-6, isKnown: isKnown).verdict
        }
        // Of a size that matters, and too few to be told from chance.
        #expect(verdict(50, 60, isKnown: true) == .drifted)
        #expect(verdict(50, 60, isKnown: false) == .steady)
        #expect(verdict(66, 41, missing: 3, isKnown: true) == .drifted)
        #expect(verdict(66, 41, missing: 3, isKnown: false) == .steady)
        #expect(verdict(62, 48, isKnown: true) == .steady)
        #expect(verdict(5, 6, isKnown: true) == .drifted)
        #expect(verdict(0, 0, isKnown: true) == .tooFew)
    }

    @Test func `where nobody asks any more nothing is said, and what was drift is known`() {
        var samples = Samples(seed: 2)
        var monitor = DriftMonitor(Samples.features, reference: samples.reference(2000))
        func ask(_ count: Int, at time: Int) {
            for _ in 0..<count { monitor.observe(samples.values().span, at: time) }
        }
        samples.shift = 0.8
        ask(600, at: 0)
        #expect(monitor.look(at: 0).changes.map(\.isDrift) == [true, true])
        let silent = monitor.look(at: 3 * Self.day)
        #expect(silent.report.parts.flatMap(\.features).allSatisfy { $0.verdict == .tooFew })
        #expect(silent.changes.isEmpty)
        ask(600, at: 3 * Self.day)
        let again = monitor.look(at: 3 * Self.day)
        #expect(again.report.parts.allSatisfy { $0.features[1].verdict == .drifted })
        #expect(again.changes.isEmpty)
        samples.shift = 0
        ask(1000, at: 6 * Self.day)
        #expect(monitor.look(at: 6 * Self.day).changes.map(\.isDrift) == [false, false])
    }

    @Test func `values that are missing or were never seen are told apart`() throws {
        var samples = Samples(seed: 1)
        var monitor = DriftMonitor(Samples.features, reference: samples.reference(2000))
        samples.missing = 0.2
        for i in 0..<300 {
            var values = samples.values()
            if i.isMultiple(of: 4) { values[1] = .name("news") }
            monitor.observe(values.span, at: 1_000_000_000)
        }
        let look = monitor.look(at: 1_000_000_000)
        let features = try #require(look.report.parts.first?.features)
        #expect(features.map(\.verdict) == [.drifted, .drifted, .steady])
        #expect(abs(features[0].missing.live - 0.2) < 0.08 && features[0].missing.reference == 0)
        #expect(features[1].unseen.live == 0.25 && features[1].missing.live == 0)
        #expect(look.changes.first { $0.feature == "intent" }?.reason.contains("unseen") == true)
        #expect(monitor.look(at: 1_000_000_060).changes.isEmpty)
    }

    @Test func `of few answers nothing is said`() {
        var samples = Samples(seed: 1)
        var monitor = DriftMonitor(Samples.features, reference: samples.reference(2000))
        samples.shift = 1
        for _ in 0..<99 { monitor.observe(samples.values().span, at: 5000) }
        let report = monitor.look(at: 5000).report
        #expect(report.parts.flatMap(\.features).allSatisfy { $0.verdict == .tooFew })
    }

    @Test func `a version without a reference is held against its first answers`() {
        var samples = Samples(seed: 9)
        var monitor = DriftMonitor(Samples.features, reference: nil)
        for _ in 0..<1999 { monitor.observe(samples.values().span, at: 5000) }
        #expect(monitor.look(at: 5000).report.source == nil)
        monitor.observe(samples.values().span, at: 5000)
        for _ in 0..<500 { monitor.observe(samples.values().span, at: 5000) }
        let report = monitor.look(at: 5000).report
        #expect(report.source == .firstAnswers && report.referenceAnswers == 2000)
        #expect(report.parts.map(\.answers) == [500, 500])
    }

    @Test func `windows forget what is older than they are`() {
        var counts = WindowedCounts(slots: 2, pieces: 12, of: 300)
        for minute in 0..<120 { counts.add(minute % 2, at: 100_000 * 300 + minute * 60) }
        let now = 100_000 * 300 + 119 * 60
        #expect(counts.sums(at: now) == [30, 30])
        #expect(counts.sums(at: now + 1800).reduce(0, +) == 30)
        // A clock that is set back adds to what is newest.
        counts.add(0, at: 5)
        #expect(counts.sums(at: now + 1800).reduce(0, +) == 31)
        #expect(counts.sums(at: now + 10 * 3600) == [0, 0])
    }

    @Test(arguments: UInt64(0)..<20)
    func `a reference that is written is read as it was`(seed: UInt64) throws {
        var samples = Samples(seed: seed)
        let reference = samples.reference(100 + 37 * Int(seed))
        let text = reference.json.serialized()
        #expect(DriftReference(try JSONValue(parsing: text)) == reference)
        for feature in reference.features {
            #expect(feature.total == 100 + 37 * Int(seed))
            #expect(Set(feature.counts.indices.map(feature.label)).count == feature.slotCount)
        }
        var edited = try JSONValue(parsing: text).object ?? []
        edited[1].value = [["name": "x", "edges": [2, 1], "counts": [1, 1, 1, 0]]]
        #expect(DriftReference(.object(edited)) == nil)
    }

    @Test func `names that a small reference lacks are no drift if they are known`() throws {
        var random = SplitMix64(seed: 4)
        func name() -> FeatureValue {
            .name("\(Int(60 * Double.pow(Double.random(in: 0..<1, using: &random), 3)))")
        }
        for _ in 0..<20 {
            var builder = ReferenceBuilder([.name("x", known: (0..<60).map { "\($0)" })])
            for _ in 0..<150 { builder.add([name()].span) }
            let feature = try #require(builder.reference(.heldOut)?.features.first)
            #expect(feature.counts[..<60].contains(0))
            var live = [Int](repeating: 0, count: feature.slotCount)
            for _ in 0..<3000 { live[feature.slot(of: name())] += 1 }
            let drift = DriftCriteria().judge(feature, live: live, level: 1e-6)
            #expect(drift.unseen.live == 0 && drift.verdict == .steady, "\(drift.summary)")
            // A name that nothing foretold is.
            live[feature.slot(of: .name("new"))] += 3000
            #expect(
                DriftCriteria().judge(feature, live: live, level: 1e-6).verdict == .drifted)
        }
    }

    @Test func `a constant is told from anything else`() {
        let constant = FeatureReference("x", of: Array(repeating: 0.5, count: 500))
        #expect(constant.counts(Array(repeating: 0.5, count: 9)) == [0, 9, 0, 0])
        let live = constant.counts(Array(repeating: 0.5000001, count: 400))
        let drift = DriftCriteria().judge(constant, live: live, level: 1e-6)
        #expect(drift.verdict == .drifted && drift.unseen.live == 1)
        let ties = FeatureReference(
            "x", of: Array(repeating: 0, count: 20) + Array(repeating: 1, count: 480))
        #expect(ties.counts == [20, 480, 0])
    }

    @Test func `an answer costs no allocation`() {
        var samples = Samples(seed: 1)
        var monitor = DriftMonitor(Samples.features, reference: samples.reference(2000))
        let values = (0..<100).map { _ in samples.values() }
        for one in values { monitor.observe(one.span, at: 5000) }
        let before = allocation_count()
        for one in values { monitor.observe(one.span, at: 5000) }
        #expect(before < 0 || allocation_count() - before <= Self.atCall * 100)
    }

    /// What an unoptimised build asks for at each call.
    private static let atCall: Int = {
        #if DEBUG
            12
        #else
            0
        #endif
    }()
}
