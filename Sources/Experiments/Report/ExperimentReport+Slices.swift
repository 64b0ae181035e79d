// The primary metric by slices.

extension ExperimentTotals {
    /// Each slice that units belong to, by each treatment.
    ///
    /// `test` is that of one treatment, the alpha of all by their number.
    func slices(_ experiment: Experiment, _ test: SequentialTest) -> [SliceResult] {
        let labels = Set(units.flatMap(\.slices)).sorted()
        let test = test.split(by: labels.count)
        return labels.flatMap { label in
            ExperimentTotals(events: events, units: units.filter { $0.slices.contains(label) })
                .slice(label, experiment, test, of: labels.count)
        }
    }

    /// What these units, all of one slice, show.
    private func slice(
        _ label: String, _ experiment: Experiment, _ test: SequentialTest, of count: Int
    ) -> [SliceResult] {
        let arms = experiment.arms.count
        let moments = moments(experiment.metrics.primary, arms)
        let ratio = SampleRatioTest(
            (0...experiment.period).map { period in
                (units(in: period, arms), experiment.shares(in: period))
            })
        let hypotheses = Double(count * (arms - 1))
        return (1..<arms).map { arm in
            var (comparison, gap): (Comparison?, SliceResult.Gap?) = (nil, .tooFewUnits)
            if ratio.pValue < SampleRatioTest.threshold / Double(count) {
                gap = .sampleRatio
            } else if let control = moments[0].estimate, let treatment = moments[arm].estimate,
                min(control.units, treatment.units) >= SequentialTest.minimumUnits
            {
                comparison = Comparison(control: control, treatment: treatment, test)
                gap = nil
            }
            return SliceResult(
                slice: label, arm: arm, units: moments[0].count + moments[arm].count,
                comparison: comparison,
                adjustedP: comparison.map { min(1, $0.pValue * hypotheses) }, gap: gap)
        }
    }
}
