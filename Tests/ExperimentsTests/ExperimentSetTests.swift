import Experiments
import JSON
import Testing

@Suite struct ExperimentSetTests {
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

    @Test func `a mistake within one is named with its number`() {
        #expect(throws: FieldError(path: "[1].name", reason: .missing)) {
            try ExperimentSet([Experiment.halves().json, [:]] as JSONValue)
        }
    }
}
