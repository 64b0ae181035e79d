import Experiments
import JSON
import Numerics
import Testing

@Suite struct ExperimentReportTests {
    /// Users of both arms, who click at a rate of their own that the treatment multiplies; they were there
    /// before.
    private func log(
        _ counts: [Int], lift: Double = 1, dismissals: [Double] = [0.3, 0.3], seed: UInt64 = 1
    ) -> ExperimentTotals {
        var random = SplitMix64(seed: seed)
        var log = ExperimentLog(.halves())
        for (arm, count) in counts.enumerated() {
            for i in 0..<count {
                let unit = "\(arm) \(i)"
                let rate = Double.random(in: 0.05...0.5, using: &random)
                log.expose(unit, to: arm, at: 1000, slices: [i.isMultiple(of: 4) ? "de" : "en"])
                for (time, rate) in [(500.0, rate), (1500.0, arm == 0 ? rate : rate * lift)] {
                    for _ in 0..<10 {
                        log.record("impression", by: unit, at: time)
                        guard Double.random(in: 0..<1, using: &random) < rate else { continue }
                        log.record("click", by: unit, at: time)
                    }
                }
                if Double.random(in: 0..<1, using: &random) < dismissals[arm] {
                    log.record("dismiss", by: unit, at: 1500)
                }
            }
        }
        return log.totals()
    }

    private func report(_ totals: ExperimentTotals) -> ExperimentReport {
        ExperimentReport(.halves(), totals)
    }

    @Test func `a sample ratio that is off hides all metrics`() {
        let report = report(log([2000, 1700], lift: 1.4))
        #expect(report.verdict == .sampleRatioMismatch)
        #expect(report.metrics.isEmpty && report.slices.isEmpty)
        #expect(report.sentence.hasPrefix("stop: sample ratio"))
        #expect(report.json["sampleRatio"]?["alarm"]?.bool == true)
        #expect(report.json["metrics"]?.array?.isEmpty == true)
        #expect(!report.text.contains("ctr"))
    }

    @Test func `a better treatment is found, with the past taken out`() throws {
        let report = report(log([1000, 1000], lift: 1.25))
        guard case .better(1, _) = report.verdict else {
            Issue.record("\(report.text)")
            return
        }
        #expect(report.sentence.hasPrefix("B is better: ctr +"))
        let ctr = try #require(report.metrics.first?.treatments.first)
        let adjusted = try #require(ctr.adjusted)
        #expect(adjusted.difference.variance < 0.8 * ctr.raw.difference.variance)
        let interval = try #require(adjusted.liftInterval)
        #expect(interval.contains(0.25) && interval.lowerBound > 0)
        #expect(ctr.fixedHorizonP < adjusted.pValue || adjusted.pValue < 1e-6)
        #expect(report.metrics[1].treatments[0].raw.lift.map { $0 > 0 } == true)
    }

    @Test func `a worse treatment is told by what the control does better`() {
        let report = report(log([1000, 1000], lift: 0.7))
        #expect(report.verdict == .worse)
        #expect(report.sentence.hasPrefix("A is better: B has ctr -"))
    }

    @Test(arguments: UInt64(0)..<10)
    func `equal arms show no difference`(seed: UInt64) {
        let report = report(log([400, 400], seed: seed))
        #expect(report.verdict == .undecided)
        #expect(report.sentence == "no difference shown yet")
    }

    @Test func `few units show nothing, however great the difference`() {
        let report = report(log([60, 60], lift: 2))
        #expect(report.verdict == .undecided)
        #expect(report.metrics[0].treatments[0].raw.liftInterval == nil)
        #expect(report.slices.allSatisfy { $0.adjustedP == nil && $0.gap == .tooFewUnits })
        #expect(report.text.contains("too few units"))
    }

    @Test func `a broken guardrail weighs more than a better metric`() {
        let report = report(log([2000, 2000], lift: 1.25, dismissals: [0.2, 0.5]))
        #expect(report.verdict == .guardrailViolated(metric: 2, arm: 1))
        #expect(report.sentence.hasPrefix("stop: guardrail: B does harm: dismissals +"))
        #expect(report.metrics[2].treatments[0].verdict == .violated)
    }

    @Test func `a guardrail that is not settled is told beside the gain`() {
        let report = report(log([1000, 1000], lift: 1.25))
        #expect(report.verdict == .better(arm: 1, undecided: [2]))
        #expect(report.sentence.hasSuffix("; not yet shown to hold: dismissals"))
    }

    @Test func `slices have their own lifts, with p adjusted for all there may be`() {
        let report = report(log([2000, 2000], lift: 1.3))
        #expect(report.slices.map(\.slice) == ["de", "en"])
        #expect(report.slices.map(\.units) == [1000, 3000])
        for (slice, factor) in zip(report.slices, [2.0, 6]) {
            #expect(slice.gap == nil && slice.adjustedP.map { $0 < 0.05 } == true)
            #expect(slice.adjustedP == slice.comparison.map { min(1, factor * $0.pValue) })
        }
    }

    @Test func `several treatments share alpha, and the best is named`() {
        let experiment = Experiment(
            name: "three", arms: [Arm("A"), Arm("B"), Arm("C")],
            buckets: BucketTable(shares: [4000, 3000, 3000]),
            metrics: ExperimentMetrics(primary: .init("buying", .conversion(of: "buy"))))
        func units(_ arm: Int, _ count: Int, _ buyers: Int) -> [UnitTotals] {
            (0..<count).map { i in
                UnitTotals(
                    arm: arm, after: [.init(count: i < buyers ? 1 : 0, sum: 0)], before: [.init()])
            }
        }
        let totals = ExperimentTotals(
            events: ["buy"],
            units: units(0, 4000, 400) + units(1, 3000, 450) + units(2, 3000, 600))
        let report = ExperimentReport(experiment, totals)
        #expect(report.verdict == .better(arm: 2, undecided: []))
        #expect(report.test.alpha == 0.025)
        #expect(report.metrics[0].varianceRatio == nil)
        #expect(report.sentence == "C is better: buying +100.0 % (+64.8 to +145.1)")
    }

    /// One guardrail or several of the same event, of which the treatment has so many in 2000 units and the
    /// control 600, at a margin of 10 %.
    private func guarded(by count: Int, _ dismissals: Int) -> ExperimentReport {
        let guardrails = (0..<count).map { number in
            Guardrail(
                .init("g\(number)", .conversion(of: "dismiss"), better: .lower), margin: 0.1)
        }
        let metrics = ExperimentMetrics(
            primary: .init("ctr", .conversion(of: "click")), guardrails: guardrails)
        let units = [600, dismissals].enumerated().flatMap { arm, some in
            (0..<2000).map { i in
                UnitTotals(
                    arm: arm, after: [.init(), .init(count: i < some ? 1 : 0)],
                    before: [.init(), .init()])
            }
        }
        return ExperimentReport(
            .halves(metrics: metrics), ExperimentTotals(events: ["click", "dismiss"], units: units))
    }

    @Test func `several guardrails share the alpha of calling one violated, and each holds at all`()
    {
        let one = guarded(by: 1, 760)
        #expect(one.verdict == .guardrailViolated(metric: 1, arm: 1))
        #expect(!one.text.contains("violated at"))
        let four = guarded(by: 4, 760)
        #expect(four.verdict == .undecided)
        #expect(four.text.contains("each is violated at 98.8 %"), "\(four.text)")
        #expect(four.json["violationLevel"] == 0.9875)
        #expect(guarded(by: 4, 780).verdict == .guardrailViolated(metric: 1, arm: 1))
        // An arm is shipped where all of them hold: that needs no share of alpha.
        for count in [1, 4] {
            let verdicts = guarded(by: count, 560).metrics.dropFirst().map {
                $0.treatments[0].verdict
            }
            #expect(verdicts.allSatisfy { $0 == .holds })
        }
    }

    @Test func `the text shows arms, metrics and slices`() {
        let text = report(log([1000, 1000], lift: 1.25)).text
        for part in ["order: B is better", "sample ratio: p = ", "always valid", "B adjusted"] {
            #expect(text.contains(part))
        }
        #expect(text.hasSuffix("\n") && !text.contains(" \n"))
    }

    @Test func `the figures as JSON say the same`() throws {
        let report = report(log([1000, 1000], lift: 1.25))
        let json = try JSONValue(parsing: report.json.serialized())
        #expect(json["verdict"]?.string == "better")
        let metrics = try #require(json["metrics"]?.array)
        #expect(metrics.compactMap { $0["role"]?.string } == ["primary", "secondary", "guardrail"])
        let treatment = try #require(metrics[0]["treatments"]?.array?.first)
        #expect(treatment["p"]?.double == report.metrics[0].treatments[0].raw.pValue)
        #expect(treatment["adjusted"]?["liftInterval"]?.array?.count == 2)
        #expect(metrics[2]["treatments"]?.array?.first?["guardrail"]?.string == "undecided")
    }
}
