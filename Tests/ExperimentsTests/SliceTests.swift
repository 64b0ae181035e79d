import Experiments
import JSON
import Numerics
import Testing

@Suite struct SliceTests {
    /// Units of two equal arms in slices, of which one buys as often as the other; `lost` are those of B that a
    /// slice lacks.
    private func totals(
        slices: Int, units: Int, seed: UInt64, lost: Double = 0
    ) -> ExperimentTotals {
        var random = SplitMix64(seed: seed)
        let all = (0..<units).compactMap { number -> UnitTotals? in
            let (slice, arm) = (number % slices, Int.random(in: 0...1, using: &random))
            if slice == 0, arm == 1, Double.random(in: 0..<1, using: &random) < lost { return nil }
            let count = Double.random(in: 0..<1, using: &random) < 0.2 ? 1 : 0
            return UnitTotals(
                arm: arm, after: [.init(count: count, sum: Double(count))], before: [.init()],
                slices: ["workspace=\(slice)"])
        }
        return ExperimentTotals(events: ["buy"], units: all)
    }

    private func report(_ totals: ExperimentTotals) -> ExperimentReport {
        let metrics = ExperimentMetrics(primary: .init("buying", .conversion(of: "buy")))
        return ExperimentReport(.halves(metrics: metrics), totals)
    }

    @Test func `among many slices of equal arms some difference is shown as rarely as in one`() {
        let found = (UInt64(0)..<100).count { seed in
            report(totals(slices: 10, units: 4000, seed: seed)).slices.contains { slice in
                slice.comparison.map { $0.sign != 0 } ?? false
            }
        }
        #expect(found <= 5)
    }

    @Test func `a slice that was seen as the k-th has its part of the level, whatever comes later`()
    {
        let few = report(totals(slices: 2, units: 4000, seed: 1)).slices
        let more = report(
            ExperimentTotals(
                events: ["buy"],
                units: totals(slices: 2, units: 4000, seed: 1).units
                    + totals(slices: 20, units: 4000, seed: 2).units.filter {
                        !["workspace=0", "workspace=1"].contains($0.slices[0])
                    })
        ).slices
        for slice in few {
            #expect(more.first { $0.slice == slice.slice } == slice)
        }
        for slice in few {
            let part = slice.slice == "workspace=0" ? 0.5 : 1.0 / 6
            let p = slice.comparison.map { min(1, $0.pValue / part) } ?? 0
            #expect(abs((slice.adjustedP ?? 0) - p) < 1e-12)
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `an interval leaves out zero exactly where p is below the level`(seed: UInt64) {
        for slice in report(totals(slices: 5, units: 3000, seed: seed)).slices {
            let isShown = slice.comparison.map { $0.sign != 0 } ?? false
            #expect(isShown == (slice.adjustedP.map { $0 < 0.05 } ?? false))
            #expect(slice.gap == nil)
        }
    }

    @Test func `a slice whose arms have not their shares tells nothing, the others do`() {
        let report = report(totals(slices: 20, units: 16_000, seed: 3, lost: 0.6))
        #expect(!report.sampleRatio.isAlarm)
        #expect(report.slices[0].gap == .sampleRatio && report.slices[0].comparison == nil)
        #expect(report.slices.dropFirst().allSatisfy { $0.gap == nil })
        #expect(report.text.contains("sample ratio"))
    }

    @Test func `labels tell what was known of a unit`() {
        let record: JSONValue = ["workspace": "support", "group": ["staff", "beta"]]
        let labels = SliceDimension.allCases.flatMap {
            $0.labels(of: record, at: 1_767_225_600 + 7 * 3600, seen: nil)
        }
        #expect(
            labels == [
                "workspace=support", "group=staff", "group=beta", "visit=new", "hour=07",
                "weekday=Thu",
            ])
        #expect(SliceDimension.visit.labels(of: [:], at: 9000, seen: 5000) == ["visit=returning"])
        #expect(SliceDimension.visit.labels(of: [:], at: 9000, seen: 8000) == ["visit=new"])
    }

    @Test func `slices of a definition are known ones, each once`() throws {
        let json = Experiment.halves().json
        let sliced = try Experiment(json.merging(["slices": ["visit", "hour"]]))
        #expect(sliced.slices == [.visit, .hour])
        #expect(try Experiment(sliced.json) == sliced)
        #expect(throws: FieldError(path: "slices[1]", reason: .repeatedName("hour"))) {
            try Experiment(json.merging(["slices": ["hour", "hour"]]))
        }
    }
}
