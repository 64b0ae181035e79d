// The measures of a recommender as JSON.

import JSON
import Learning
import Ranking

extension RankerReport {
    var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("model", .string(model.version.name)), ("scorer", .string(model.version.form)),
            ("examples", .number(Double(model.data.groups.count))),
            ("known", .number(Double(lists.known))), ("learnedFrom", .boolean(lists.isKnown)),
        ]
        if let heldOut = model.version.heldOut { members.append(("heldOut", heldOut)) }
        members += model.json
        members.append(("againstFormula", model.difference(formula).json))
        members.append(("formula", .object(formula.json)))
        members.append(
            (
                "against",
                .array(
                    others.map { other in
                        .object(
                            [("model", .string(other.version.name))] + other.json
                                + [("difference", model.difference(other).json)])
                    })
            ))
        members.append(
            (
                "slices",
                .array(
                    sliceFigures.map {
                        [
                            "slice": .string($0.name), "examples": .number(Double($0.count)),
                            "ndcg@10": .number($0.ndcg), "againstFormula": $0.difference.json,
                        ]
                    })
            ))
        members.append(("features", .array(model.featureUse.map(\.json))))
        return .object(members)
    }
}

extension RankerMeasures {
    func hasSameLists(as other: RankerMeasures) -> Bool {
        data.groups.map(\.impression.request) == other.data.groups.map(\.impression.request)
    }

    fileprivate var json: [(key: String, value: JSONValue)] {
        var members = measures.map { (key: $0.name, value: JSONValue.number($0.value)) }
        members.append(
            (
                "calibration",
                [
                    "fittedTo": .string(isCalibratedBefore ? "earlier lists" : "other fifths"),
                    "bins": .array(
                        calibration.bins.map {
                            [
                                "above": .number($0.above), "rows": .number(Double($0.rows)),
                                "expected": .number($0.meanChance), "taken": .number($0.share),
                            ]
                        }),
                ]
            ))
        if let counterfactual { members.append(("counterfactual", counterfactual.json)) }
        return members
    }
}

extension CounterfactualEstimates {
    fileprivate var json: JSONValue {
        [
            "decisions": .number(Double(decisions)),
            "effectiveDecisions": .number(effectiveDecisions), "logged": logged.json,
            "ips": ips.json, "snips": snips?.json ?? .null, "doublyRobust": doublyRobust.json,
        ]
    }
}

extension CounterfactualEstimates.Estimate {
    fileprivate var json: JSONValue {
        guard standardError.isFinite else { return ["value": .number(value)] }
        return [
            "value": .number(value), "low": .number(interval.lowerBound),
            "high": .number(interval.upperBound),
        ]
    }
}

extension FeatureUse {
    var json: JSONValue {
        [
            "name": .string(name), "meanContribution": .number(meanContribution),
            "gain": gain.map { .number($0) } ?? .null,
        ]
    }
}

extension PairedDifference {
    var json: JSONValue {
        [
            "mean": .number(mean), "standardError": .number(standardError),
            "low": .number(interval.lowerBound), "high": .number(interval.upperBound),
        ]
    }
}
