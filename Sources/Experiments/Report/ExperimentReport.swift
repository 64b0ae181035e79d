// What an experiment has shown so far.

/// A report that may be made and read at any time, as often as one likes.
///
/// The sample ratio comes first: at an alarm there are no metrics. Treatments are compared with the first arm,
/// each at alpha by the number of treatments; secondary metrics are not corrected for how many they are. One
/// violated guardrail stops a treatment, so several share its alpha for that; it is shipped where all hold, which
/// each shows at the whole of it (Berger, "Multiparameter hypothesis testing and acceptance sampling",
/// Technometrics 24, 1982). It is
/// made in one pass over the units for each metric, and holds nothing by unit itself; its input takes memory
/// by unit, whatever the number of events.
package struct ExperimentReport: Equatable, Sendable {
    package let experiment: Experiment
    package let arms: [ArmCount]
    /// Of the units that came in under each of the shares that the arms have had.
    package let sampleRatio: SampleRatioTest
    /// How many units were seen in a second arm.
    package let crossed: Int
    /// How many came in by an arm that is no more.
    package let gone: Int
    /// Of the intervals and verdicts, by treatment.
    package let test: SequentialTest
    /// By which a guardrail is found violated.
    package let violation: SequentialTest
    /// The primary, then secondary ones, then guardrails; none at a mismatch of the sample ratio.
    package let metrics: [MetricResult]
    /// In the order of their labels.
    package let slices: [SliceResult]
    package let verdict: Verdict

    package struct ArmCount: Equatable, Sendable {
        package let units: Int
        package let exposures: Int
    }

    /// The totals have every event that a metric of the experiment counts.
    package init(
        _ experiment: Experiment, _ totals: ExperimentTotals,
        test: SequentialTest = SequentialTest()
    ) {
        self.experiment = experiment
        self.test = test.split(by: experiment.arms.count - 1)
        violation = self.test.split(by: experiment.metrics.guardrails.count)
        (crossed, gone) = (totals.crossed, totals.gone)
        let strata = experiment.strata
        arms = totals.counts(by: experiment.arms.count)
        sampleRatio = totals.sampleRatio(strata)
        if sampleRatio.isAlarm {
            (metrics, slices, verdict) = ([], [], .sampleRatioMismatch)
            return
        }
        let results = Self.results(experiment, totals, strata, self.test, violation)
        metrics = results
        slices = totals.slices(experiment, strata, self.test)
        verdict = Verdict(results, treatments: experiment.arms.count - 1)
    }

    private static func results(
        _ experiment: Experiment, _ totals: ExperimentTotals, _ strata: Strata,
        _ test: SequentialTest, _ violation: SequentialTest
    ) -> [MetricResult] {
        let metrics = experiment.metrics
        let all: [(ExperimentMetric, MetricResult.Role)] =
            [(metrics.primary, .primary)] + metrics.secondary.map { ($0, .secondary) }
            + metrics.guardrails.map { ($0.metric, .guardrail(margin: $0.margin)) }
        return all.map { metric, role in
            MetricResult(
                metric, role, totals.moments(metric, strata), test, violation: violation)
        }
    }
}

extension ExperimentTotals {
    fileprivate func counts(by arms: Int) -> [ExperimentReport.ArmCount] {
        var (members, exposures) = (
            [Int](repeating: 0, count: arms), [Int](repeating: 0, count: arms)
        )
        for unit in units {
            members[unit.arm] += 1
            exposures[unit.arm] += unit.exposures
        }
        return zip(members, exposures).map(ExperimentReport.ArmCount.init)
    }

    func sampleRatio(_ strata: Strata) -> SampleRatioTest {
        var counts = strata.shares.map { $0.map { _ in 0 } }
        for unit in units { counts[unit.stratum][unit.arm] += 1 }
        return SampleRatioTest(Array(zip(counts, strata.shares)))
    }

    /// Shape (strata, arms).
    func moments(_ metric: ExperimentMetric, _ strata: Strata) -> [[UnitMoments]] {
        var moments = strata.shares.map { $0.map { _ in UnitMoments() } }
        let columns = columns(of: metric)
        for unit in units { moments[unit.stratum][unit.arm].add(unit, metric.kind, columns) }
        return moments
    }

    private func columns(of metric: ExperimentMetric) -> [Int] {
        metric.kind.events.map { event in
            guard let column = events.firstIndex(of: event) else {
                preconditionFailure("the totals lack \(event)")
            }
            return column
        }
    }
}

extension UnitMoments {
    fileprivate mutating func add(
        _ unit: UnitTotals, _ kind: ExperimentMetric.Kind, _ columns: [Int]
    ) {
        let (after, before) = (unit.after[columns[0]], unit.before[columns[0]])
        switch kind {
        case .conversion:
            add(after.count > 0 ? 1 : 0, before: before.count > 0 ? 1 : 0)
        case .mean: add(after.sum, before: before.sum)
        case .ratio:
            add(
                after.sum, per: unit.after[columns[1]].sum, before: before.sum,
                perBefore: unit.before[columns[1]].sum)
        }
    }
}
