import Experiments
import Numerics
import Testing

@Suite struct ExperimentLogTests {
    private typealias Tally = UnitTotals.Tally

    @Test func `events count from the first exposure on, earlier ones are the covariate`() {
        var log = ExperimentLog(.halves(stop: 1000), lookback: 100)
        for time in [99.0, 100, 199, 200, 300, 999, 1000] {
            log.record("click", by: "anna", at: time)
        }
        log.record("dismiss", by: "anna", value: 2.5, at: 500)
        log.record("unknown", by: "anna", at: 500)
        log.record("click", by: "nobody", at: 500)
        log.expose("anna", to: 1, at: 250)
        log.expose("anna", to: 1, at: 200, slices: ["de"])
        log.expose("late", to: 0, at: 1000)
        let totals = log.totals()
        #expect(totals.events == ["click", "impression", "dismiss"])
        let none = Tally()
        #expect(
            totals.units == [
                UnitTotals(
                    arm: 1, exposures: 2,
                    after: [Tally(count: 3, sum: 3), none, Tally(count: 1, sum: 2.5)],
                    before: [Tally(count: 2, sum: 2), none, none], slices: ["de"])
            ])
        #expect(totals.crossed == 0)
    }

    @Test func `a unit seen in two arms counts in its first, and is told`() {
        var log = ExperimentLog(.halves())
        log.expose("anna", to: 1, at: 20)
        log.expose("anna", to: 0, at: 10)
        log.expose("bert", to: 1, at: 10)
        log.expose("bert", to: 0, at: 10)
        let totals = log.totals()
        #expect(totals.units.map(\.arm) == [0, 0] && totals.crossed == 2)
    }

    @Test func `a unit that came in by an arm that is gone does not count, whatever it sees later`()
    {
        var log = ExperimentLog(.halves())
        log.expose("anna", to: nil, at: 10)
        log.expose("anna", to: 0, at: 20)
        log.expose("bert", to: 1, at: 10)
        log.expose("bert", to: nil, at: 20)
        let totals = log.totals()
        #expect(totals.units.map(\.arm) == [1] && totals.gone == 1 && totals.crossed == 2)
    }

    @Test func `after its end nothing counts, nor in a pause; what was before is the covariate`()
        throws
    {
        let begun = try ExperimentSet([]).taking(.halves(), at: 0)
        let ended = try begun.set.taking(begun.experiment.with(state: .shipped(1)), at: 100)
        let stopped = try ended.set.taking(ended.experiment.with(state: .stopped), at: 150)
        let again = try stopped.set.taking(stopped.experiment.with(state: .running), at: 200)
        let over = try again.set.taking(again.experiment.with(state: .stopped), at: 300)
        func clicks(_ experiment: Experiment) -> [[Int]] {
            var log = ExperimentLog(experiment)
            for (unit, time) in [("anna", 50.0), ("bert", 100), ("carl", 250), ("dora", 350)] {
                log.expose(unit, to: 0, at: time)
                for time in [60.0, 99, 100, 199, 200, 260, 300, 360] {
                    log.record("click", by: unit, at: time)
                }
            }
            return log.totals().units.map { [$0.before[0].count, $0.after[0].count] }
        }
        #expect(clicks(begun.experiment) == [[0, 8], [2, 6], [5, 3], [7, 1]])
        #expect(clicks(ended.experiment) == [[0, 2]])
        #expect(clicks(stopped.experiment) == [[0, 2]])
        #expect(clicks(again.experiment) == [[0, 6], [5, 3], [7, 1]])
        #expect(clicks(over.experiment) == [[0, 4], [5, 1]])
        #expect(try Experiment(over.experiment.json) == over.experiment)
    }

    private enum Entry {
        case exposure(String, Int, Double, [String])
        case event(String, String, Double, Double)
    }

    @Test(arguments: UInt64(0)..<30)
    func `the totals do not depend on the order of the log, to the last bit`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var entries: [Entry] = []
        for _ in 0..<400 {
            let unit = "u\(Int.random(in: 0..<20, using: &random))"
            let time = Double(Int.random(in: 0..<50, using: &random))
            if Int.random(in: 0..<5, using: &random) == 0 {
                let arm = Int.random(in: 0...1, using: &random)
                let slice = Bool.random(using: &random) ? "de" : "fr"
                entries.append(.exposure(unit, arm, time, [slice]))
            } else {
                let name = Bool.random(using: &random) ? "click" : "impression"
                let value = Double.random(in: -1e3...1e-3, using: &random)
                entries.append(.event(unit, name, value, time))
            }
        }
        let first = totals(entries)
        #expect(!first.units.isEmpty)
        for _ in 0..<3 { #expect(totals(entries.shuffled(using: &random)) == first) }
    }

    private func totals(_ entries: [Entry]) -> ExperimentTotals {
        var log = ExperimentLog(.halves(), lookback: 20)
        for entry in entries {
            switch entry {
            case .exposure(let unit, let arm, let time, let slices):
                log.expose(unit, to: arm, at: time, slices: slices)
            case .event(let unit, let name, let value, let time):
                log.record(name, by: unit, value: value, at: time)
            }
        }
        return log.totals()
    }
}
