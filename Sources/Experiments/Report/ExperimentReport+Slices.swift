// The primary metric by slices.

extension ExperimentTotals {
    /// Each slice that units belong to, by each treatment.
    ///
    /// `test` is that of one treatment, the alpha of all by their number. The slice that was seen as the k-th has
    /// 1 / (k (k + 1)) of it, which adds up to 1 however many there will be: whoever looks while there are few
    /// does not know.
    func slices(
        _ experiment: Experiment, _ strata: Strata, _ test: SequentialTest
    ) -> [SliceResult] {
        let results = slices.enumerated().map { place, label in
            ExperimentTotals(events: events, units: units.filter { $0.slices.contains(label) })
                .slice(label, experiment, strata, test, sharing: (place + 1) * (place + 2))
        }
        return results.sorted { ($0.first?.slice ?? "") < ($1.first?.slice ?? "") }.flatMap(\.self)
    }

    /// What these units, all of one slice, show.
    private func slice(
        _ label: String, _ experiment: Experiment, _ strata: Strata, _ test: SequentialTest,
        sharing count: Int
    ) -> [SliceResult] {
        let arms = experiment.arms.count
        let moments = moments(experiment.metrics.primary, strata)
        let ratio = sampleRatio(strata)
        let hypotheses = Double(count * (arms - 1))
        let test = test.split(by: count)
        return (1..<arms).map { arm in
            var (comparison, gap): (Comparison?, SliceResult.Gap?) = (nil, .tooFewUnits)
            if ratio.pValue < SampleRatioTest.threshold / Double(count) {
                gap = .sampleRatio
            } else if let pair = StratifiedPair(moments, arm),
                min(pair.control.units, pair.treatment.units) >= SequentialTest.minimumUnits
            {
                comparison = Comparison(control: pair.control, treatment: pair.treatment, test)
                gap = nil
            }
            return SliceResult(
                slice: label, arm: arm,
                units: moments.reduce(0) { $0 + $1[0].count + $1[arm].count },
                comparison: comparison,
                adjustedP: comparison.map { min(1, $0.pValue * hypotheses) }, gap: gap)
        }
    }
}
