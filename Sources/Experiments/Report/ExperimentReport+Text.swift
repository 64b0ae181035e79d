// The report as people read it.

import Numerics

extension ExperimentReport {
    /// The verdict as a sentence.
    package var sentence: String {
        switch verdict {
        case .sampleRatioMismatch:
            "stop: sample ratio: the arms have not the shares they should (p = \(chance(sampleRatio.pValue)))"
        case .guardrailViolated(let metric, let arm):
            "stop: guardrail: \(name(arm)) does harm: \(effect(metrics[metric], arm))"
        case .better(let arm, let undecided):
            "\(name(arm)) is better: \(effect(metrics[0], arm))" + reservation(undecided)
        case .worse:
            "\(name(0)) is better: "
                + metrics[0].treatments.map { "\(name($0.arm)) has \(effect(metrics[0], $0.arm))" }
                .joined(separator: "; ")
        case .undecided: "no difference shown yet"
        }
    }

    /// Some lines: the verdict, the arms, the metrics, the slices; each ends with a line end.
    package var text: String {
        var lines = ["\(experiment.name): \(sentence)\(ending)", ""]
        lines += columns([["arm", "units", "expected", "exposures", "share", "is"]] + armRows)
        let periods =
            experiment.period == 0 ? "" : ", over \(experiment.period + 1) times of other shares"
        lines.append("  sample ratio: p = \(chance(sampleRatio.pValue))\(periods)")
        if experiment.period > 0 {
            lines.append("  arms are compared within the units that came under the same shares")
        }
        if crossed > 0 { lines.append("  units seen in a second arm: \(crossed)") }
        if gone > 0 { lines.append("  units that came in by an arm that is no more: \(gone)") }
        if !metrics.isEmpty {
            let level = "\(percent(1 - test.alpha)) % always valid"
            lines += [""]
            lines += columns(
                [["metric", "arm", "value", "lift %", level, "p", ""]] + metrics.flatMap(rows))
            if experiment.metrics.guardrails.count > 1 {
                let level = percent(1 - violation.alpha)
                lines.append(
                    "  one violated guardrail stops an arm: each is violated at \(level) %")
            }
        }
        if !slices.isEmpty {
            lines += [
                "",
                "  \(metrics[0].metric.name) by slice; intervals and p hold for all \(slices.count) together",
            ]
            lines += columns([["slice", "arm", "units", "lift %", "interval", "p"]] + sliceRows)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var ending: String {
        switch experiment.state {
        case .running: ""
        case .stopped: " (stopped)"
        case .shipped(let arm): " (shipped \(name(arm)))"
        }
    }

    private func name(_ arm: Int) -> String { experiment.arms[arm].name }

    private func reservation(_ undecided: [Int]) -> String {
        guard !undecided.isEmpty else { return "" }
        let names = undecided.map { metrics[$0].metric.name }.joined(separator: ", ")
        return "; not yet shown to hold: \(names)"
    }

    private func effect(_ result: MetricResult, _ arm: Int) -> String {
        guard let comparison = result.treatments.first(where: { $0.arm == arm })?.decisive else {
            return result.metric.name
        }
        guard let lift = comparison.lift, let interval = comparison.liftInterval else {
            return "\(result.metric.name) \(signed(comparison.difference.value, 4))"
        }
        return "\(result.metric.name) \(signed(lift * 100)) % (\(between(interval)))"
    }

    private var armRows: [[String]] {
        arms.indices.map { arm in
            [
                name(arm), "\(arms[arm].units)", decimal(sampleRatio.expected[arm], 0),
                "\(arms[arm].exposures)",
                "\(percent(Double(experiment.buckets.shares[arm]) / Double(BucketTable.count))) %",
                experiment.arms[arm].treatment.text,
            ]
        }
    }

    private func rows(_ result: MetricResult) -> [[String]] {
        let control = result.control.map { decimal($0.value, 4) } ?? "-"
        var rows = [[result.metric.name, name(0), control]]
        for treatment in result.treatments {
            rows.append(
                row(name(treatment.arm), treatment.raw)
                    + [treatment.adjusted == nil ? remark(result, treatment) : ""])
            guard let adjusted = treatment.adjusted, let ratio = result.varianceRatio else {
                continue
            }
            let remark = "variance × \(decimal(ratio, 2)) \(remark(result, treatment))"
            rows.append(row("\(name(treatment.arm)) adjusted", adjusted) + [remark])
        }
        return rows
    }

    private func row(_ arm: String, _ comparison: Comparison) -> [String] {
        [
            "", arm, decimal(comparison.treatment.value, 4), lift(comparison),
            comparison.liftInterval.map(between) ?? "-", chance(comparison.pValue),
        ]
    }

    private func remark(_ result: MetricResult, _ treatment: MetricResult.Treatment) -> String {
        if let verdict = treatment.verdict { return verdict.rawValue }
        switch result.metric.gain(treatment.decisive) {
        case 1: return "better"
        case -1: return "worse"
        default: return ""
        }
    }

    private var sliceRows: [[String]] {
        slices.map { slice in
            let start = [slice.slice, name(slice.arm), "\(slice.units)"]
            switch slice.gap {
            case .tooFewUnits: return start + ["-", "too few units"]
            case .sampleRatio: return start + ["-", "sample ratio"]
            case nil:
                return start + [
                    slice.comparison.map(lift) ?? "-",
                    slice.comparison?.liftInterval.map(between) ?? "-",
                    slice.adjustedP.map(chance) ?? "-",
                ]
            }
        }
    }

    private func lift(_ comparison: Comparison) -> String {
        comparison.lift.map { signed($0 * 100) } ?? "-"
    }

    /// An interval of shares in percent.
    private func between(_ interval: ClosedRange<Double>) -> String {
        "\(signed(interval.lowerBound * 100)) to \(signed(interval.upperBound * 100))"
    }

    private func signed(_ value: Double, _ places: Int = 1) -> String {
        (value > 0 ? "+" : "") + decimal(value, places)
    }
}

extension Arm.Treatment {
    /// In a few words.
    fileprivate var text: String {
        switch self {
        case .deployed: "what is deployed"
        case .model(let reference): reference
        case .settings(let recommender, let patch): "\(recommender) with \(patch)"
        }
    }
}
