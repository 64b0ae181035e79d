import Experiments
import JSON
import Numerics
import Testing

@Suite struct ExperimentSetTests {
    @Test func `one that is defined anew after its end is another of that name`() throws {
        let first = try ExperimentSet([]).taking(.halves(), at: 1)
        #expect(first.experiment.created == 1)
        // The same, changed, however it is declared.
        let same = try first.set.taking(.halves(traffic: 5000), at: 2)
        #expect(same.experiment.created == 1)
        let ended = try same.set.taking(same.experiment.with(state: .stopped), at: 3)
        #expect(ended.experiment.created == 1)
        let again = try ended.set.taking(same.experiment, at: 4)
        #expect(again.experiment.created == 1)
        let anew = try ended.set.taking(.halves(), at: 5)
        #expect(anew.experiment.created == 5 && anew.experiment.earlier.isEmpty)
        // A declaration says it once more to the server, which keeps its time.
        let declared = try ExperimentSet([.halves()]).replacing(ended.set, at: 6)
        #expect(try declared.replacing(ended.set, at: 7) == declared)
        #expect(try ExperimentSet([.halves()]).replacing(declared, at: 8) == declared)
    }

    /// The declaration, of a user's or a document's B of some version.
    private func declared(_ version: Int, by unit: AssignmentUnit = .user) -> Experiment {
        Experiment(
            name: "order", unit: unit, arms: [Arm("A"), Arm("B", .model("m@\(version)"))],
            buckets: BucketTable(shares: [5000, 5000]), metrics: .ctr)
    }

    @Test func `one that is to compare another thing, or by another unit, begins anew`() throws {
        let first = try ExperimentSet([]).taking(declared(1), at: 1)
        let same = try first.set.taking(declared(1), at: 2)
        #expect(same.experiment.created == 1)
        for other in [declared(2), declared(1, by: .document)] {
            let anew = try same.set.taking(other, at: 3)
            #expect(anew.experiment.created == 3 && anew.experiment.earlier.isEmpty)
            #expect(anew.experiment.arms == other.arms && anew.experiment.unit == other.unit)
            // Told with the time of the one before, as a command that changes a known one does.
            let known = other.json.merging(["created": 1])
            #expect(try same.set.taking(Experiment(known), at: 4).experiment.created == 4)
            // Told once more to the server, which keeps its time, and declared again.
            #expect(try anew.set.replacing(same.set, at: 5) == anew.set)
            #expect(try ExperimentSet([other]).replacing(anew.set, at: 6) == anew.set)
            // What has been compared does not change with what an end declares.
            let ended = try same.set.taking(other.with(state: .stopped), at: 7)
            #expect(ended.experiment.created == 1 && ended.experiment.arms == declared(1).arms)
            #expect(ended.experiment.unit == .user)
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `what is declared twice is as declared once, whatever was there before`(seed: UInt64)
        throws
    {
        var random = SplitMix64(seed: seed)
        var set = try ExperimentSet([])
        for time in 1...8 {
            let share = [2000, 5000].randomElement(using: &random) ?? 0
            let states: [Experiment.State] = [.running, .running, .stopped, .shipped(1)]
            let wanted = Experiment(
                name: "order", unit: Int.random(in: 0..<4, using: &random) == 0 ? .document : .user,
                arms: [
                    Arm("A"), Arm("B", .model("m@\(Int.random(in: 0..<4, using: &random) / 3)")),
                ], buckets: BucketTable(shares: [5000, share]), metrics: .ctr,
                state: states.randomElement(using: &random) ?? .running)
            let declared = try ExperimentSet([wanted])
            set = try declared.replacing(set, at: Double(time))
            #expect(try declared.replacing(set, at: Double(time) + 0.5) == set)
            #expect(try ExperimentSet(set.json) == set)
        }
    }

    private func layered(_ name: String, _ slots: Range<Int>, holdout: Int = 0) -> Experiment {
        .halves(name, holdout: holdout, layer: .init(name: "layer", slots: slots))
    }

    @Test func `experiments side by side read back as written`() throws {
        let set = try ExperimentSet([
            layered("a", 0..<5000), layered("b", 5000..<10_000), .halves("c"),
        ])
        #expect(try ExperimentSet(set.json) == set)
    }

    @Test func `those that disturb each other are refused with the place`() {
        func refuse(_ second: Experiment, _ path: String, _ reason: FieldError.Reason) {
            #expect(throws: FieldError(path: path, reason: reason)) {
                try ExperimentSet([layered("a", 0..<5000), second])
            }
        }
        refuse(.halves("a"), "[1].name", .repeatedName("a"))
        refuse(
            .halves("b", salt: "a"), "[1].salt",
            .unsuitable("is that of 'a', whose arms would go with these"))
        refuse(
            layered("b", 4999..<6000), "[1].layer.slots", .unsuitable("overlap with those of 'a'"))
        refuse(
            layered("b", 5000..<6000, holdout: 1), "[1].holdout",
            .unsuitable("must be that of 'a', of the same layer"))
    }

    @Test func `one that has stopped leaves its slots to others`() throws {
        let stopped = layered("a", 0..<5000).with(state: .stopped)
        #expect(throws: Never.self) { try ExperimentSet([stopped, layered("b", 0..<10_000)]) }
    }

    private func on(_ model: String, _ name: String, _ layer: Experiment.Layer? = nil) -> Experiment
    {
        Experiment(
            name: name, arms: [Arm("A"), Arm("B", .model("\(model)@1"))],
            buckets: BucketTable(shares: [5000, 5000]), layer: layer, metrics: .ctr)
    }

    @Test func `one overlaps with those before it that run on its model in no layer of its`() throws
    {
        let layer = { Experiment.Layer(name: "parts", slots: $0) }
        let last = on("m", "last", layer(0..<5000))
        let set = try ExperimentSet([
            on("m", "first"), on("n", "other"), on("m", "ended").with(state: .stopped),
            on("m", "parted", layer(5000..<10_000)), last, on("m", "later"),
        ])
        #expect(set.overlapping(last).map(\.name) == ["first"])
        #expect(set.overlapping(set.experiments[0]).isEmpty)
        #expect(set.overlapping(last.with(state: .stopped)).isEmpty)
    }

    @Test func `one that goes on keeps its place before others, one that begins is the last`()
        throws
    {
        let set = try ExperimentSet([.halves("a"), .halves("b")])
        let changed = try set.taking(.halves("a", traffic: 5000), at: 1)
        #expect(changed.set.experiments.map(\.name) == ["a", "b"])
        #expect(changed.set.experiments[0].traffic == 5000)
        let ended = try set.taking(Experiment.halves("a").with(state: .stopped), at: 1)
        #expect(ended.set.experiments.map(\.name) == ["b", "a"])
    }

    @Test func `a mistake within one is named with its number`() {
        #expect(throws: FieldError(path: "[1].name", reason: .missing)) {
            try ExperimentSet([Experiment.halves().json, [:]] as JSONValue)
        }
    }
}
