// The report as programs read it.

package import JSON

extension ExperimentReport {
    /// All figures; shares and lifts as such, not in percent; what there is not is null.
    package var json: JSONValue {
        [
            "experiment": .string(experiment.name), "unit": .string(experiment.unit.rawValue),
            "verdict": .string(verdict.code), "sentence": .string(sentence),
            "sampleRatio": [
                "chiSquare": .number(sampleRatio.chiSquare), "p": .number(sampleRatio.pValue),
                "alarm": .boolean(sampleRatio.isAlarm),
                "periods": .number(Double(experiment.period + 1)),
            ],
            "crossed": .number(Double(crossed)), "gone": .number(Double(gone)),
            "level": .number(1 - test.alpha), "violationLevel": .number(1 - violation.alpha),
            "arms": .array(arms.indices.map(arm)), "metrics": .array(metrics.map(result)),
            "slices": .array(slices.map(slice)),
        ]
    }

    private func name(_ arm: Int) -> JSONValue { .string(experiment.arms[arm].name) }

    private func arm(_ arm: Int) -> JSONValue {
        [
            "arm": name(arm), "units": .number(Double(arms[arm].units)),
            "expected": .number(sampleRatio.expected[arm]),
            "exposures": .number(Double(arms[arm].exposures)),
        ]
    }

    private func result(_ result: MetricResult) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("metric", .string(result.metric.name)), ("role", .string(result.role.name)),
            ("better", .string(result.metric.better.rawValue)),
            ("control", optional(result.control?.value)),
        ]
        if case .guardrail(let margin) = result.role { members.append(("margin", .number(margin))) }
        members.append(("varianceRatio", optional(result.varianceRatio)))
        members.append(("treatments", .array(result.treatments.map(treatment))))
        return .object(members)
    }

    private func treatment(_ treatment: MetricResult.Treatment) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [("arm", name(treatment.arm))]
        members += comparison(treatment.raw)
        members.append(("fixedHorizonP", .number(treatment.fixedHorizonP)))
        if let adjusted = treatment.adjusted {
            members.append(("adjusted", .object(comparison(adjusted))))
        }
        if let verdict = treatment.verdict {
            members.append(("guardrail", .string(verdict.rawValue)))
        }
        return .object(members)
    }

    private func comparison(_ comparison: Comparison) -> [(key: String, value: JSONValue)] {
        [
            ("value", .number(comparison.treatment.value)),
            ("difference", .number(comparison.difference.value)),
            ("differenceInterval", range(comparison.differenceInterval)),
            ("lift", optional(comparison.lift)),
            ("liftInterval", range(comparison.liftInterval)), ("p", .number(comparison.pValue)),
        ]
    }

    private func slice(_ slice: SliceResult) -> JSONValue {
        .object(
            [
                ("slice", .string(slice.slice)), ("arm", name(slice.arm)),
                ("units", .number(Double(slice.units))),
                ("gap", slice.gap.map { .string($0.rawValue) } ?? .null),
            ] + (slice.comparison.map(comparison) ?? [])
                + [("adjustedP", optional(slice.adjustedP))])
    }

    private func range(_ range: ClosedRange<Double>?) -> JSONValue {
        range.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null
    }

    private func optional(_ number: Double?) -> JSONValue { number.map(JSONValue.number) ?? .null }
}

extension ExperimentReport.Verdict {
    /// A word for programs.
    package var code: String {
        switch self {
        case .sampleRatioMismatch: "sampleRatio"
        case .guardrailViolated: "guardrail"
        case .better: "better"
        case .worse: "worse"
        case .undecided: "undecided"
        }
    }
}

extension MetricResult.Role {
    fileprivate var name: String {
        switch self {
        case .primary: "primary"
        case .secondary: "secondary"
        case .guardrail: "guardrail"
        }
    }
}
