// An evaluation as one JSON object.

package import JSON
import Learning

extension EvaluationReport {
    /// One object; at most `points` points of each curve.
    package func json(points: Int = 100) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("model", .string(model)), ("data", .string(data)),
            ("examples", .number(Double(measures.examples))),
        ]
        members += figures.map { ($0.name, .number($0.value)) }
        if measures.outOfScope > 0 {
            members.append(("outOfScope", .number(Double(measures.outOfScope))))
        }
        if let threshold { members.append(("threshold", .number(Double(threshold)))) }
        members += [
            ("unknownIntentExamples", .number(Double(evaluation.unknownIntentCount))),
            ("intervals", .object(figures.map { ($0.name, Self.interval($0.interval)) })),
            ("bootstrap", Self.json(bootstrap)), ("intents", .array(intents.map(Self.json))),
            ("confused", .array(confused.map(Self.json))),
            ("reliability", .array(evaluation.reliability.bins.map(Self.json))),
            ("curves", curves(points)),
        ]
        if !slices.isEmpty { members.append(("slices", .array(slices.map(json)))) }
        if let typing { members.append(("typing", typing.json)) }
        if let entities { members.append(("entities", Self.json(entities))) }
        if let against { members.append(("against", json(against))) }
        return .object(members)
    }

    private static func interval(_ interval: ClosedRange<Double>) -> JSONValue {
        [.number(interval.lowerBound), .number(interval.upperBound)]
    }

    private static func json(_ bootstrap: Bootstrap) -> JSONValue {
        [
            "resamples": .number(Double(bootstrap.resamples)),
            "seed": .number(Double(bootstrap.seed)), "level": .number(bootstrap.level),
        ]
    }

    private static func json(_ row: IntentRow) -> JSONValue {
        [
            "intent": .string(row.intent), "examples": .number(Double(row.score.support)),
            "predicted": .number(Double(row.predicted)), "precision": .number(row.score.precision),
            "recall": .number(row.score.recall), "f1": .number(row.score.f1),
        ]
    }

    private static func json(_ confusion: Confusion) -> JSONValue {
        [
            "intent": .string(confusion.actual), "predicted": .string(confusion.predicted),
            "times": .number(Double(confusion.times)),
        ]
    }

    private static func json(_ bin: ReliabilityTable.Bin) -> JSONValue {
        [
            "answers": .number(Double(bin.count)), "confidence": .number(bin.confidence),
            "accuracy": .number(bin.accuracy),
        ]
    }

    private func json(_ slice: Slice) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("slice", .string(slice.name)), ("examples", .number(Double(slice.measures.examples))),
            ("outOfScope", .number(Double(slice.measures.outOfScope))),
        ]
        for (name, path) in IntentMeasures.named {
            let isMeasured =
                IntentMeasures.needsOutOfScope(name)
                ? slice.measures.outOfScope > 0 : slice.measures.examples > 0
            if isMeasured { members.append((name, .number(slice.measures[keyPath: path]))) }
        }
        return .object(members)
    }

    private static func json(_ entities: EntityEvaluation) -> JSONValue {
        func json(_ score: SpanScore) -> JSONValue {
            [
                "precision": .number(score.precision), "recall": .number(score.recall),
                "f1": .number(score.f1), "marked": .number(Double(score.marked)),
                "found": .number(Double(score.found)),
            ]
        }
        let types = JSONValue.object(entities.types.map { ($0.type, json($0.score)) })
        return ["total": json(entities.total), "types": types]
    }

    /// The curves of one threshold on the certainty, from the highest down.
    private func curves(_ count: Int) -> JSONValue {
        let answers = evaluation.answerCurve
        var curves: [(key: String, value: JSONValue)] = [
            (
                "answers",
                .array(
                    answers.sample(count).dropFirst().map {
                        [
                            "threshold": .number(Double($0.threshold)),
                            "precision": .number(answers.precision($0)),
                            "recall": .number(answers.recall($0)),
                            "fallout": .number(answers.fallout($0)),
                        ]
                    })
            )
        ]
        guard measures.outOfScope > 0 else { return .object(curves) }
        let strangers = evaluation.outOfScopeCurve
        curves.append(
            (
                "outOfScope",
                .array(
                    strangers.sample(count).dropFirst().map {
                        [
                            "threshold": .number(Double(-$0.threshold)),
                            "recall": .number(strangers.recall($0)),
                            "precision": .number(strangers.precision($0)),
                            "fallout": .number(strangers.fallout($0)),
                        ]
                    })
            ))
        curves.append(("outOfScopeAveragePrecision", .number(strangers.averagePrecision)))
        return .object(curves)
    }

    private func json(_ other: Other) -> JSONValue {
        let comparison = other.comparison
        var measures: [(key: String, value: JSONValue)] = []
        for (i, (name, path)) in IntentMeasures.named.enumerated() where isMeasured(name) {
            measures.append(
                (
                    name,
                    [
                        "first": .number(comparison.first[keyPath: path]),
                        "second": .number(comparison.second[keyPath: path]),
                        "difference": Self.interval(comparison.differences[i]),
                    ]
                ))
        }
        return [
            "model": .string(other.model), "test": "McNemar, exact, two-sided",
            "onlyFirstRight": .number(Double(comparison.test.onlyFirst)),
            "onlySecondRight": .number(Double(comparison.test.onlySecond)),
            "p": .number(comparison.test.pValue), "measures": .object(measures),
        ]
    }
}

extension TypingEvaluation {
    /// One object.
    package var json: JSONValue {
        [
            "examples": .number(Double(examples)),
            "cuts": .array(
                cuts.map {
                    [
                        "share": .number($0.share), "accuracy": .number($0.accuracy),
                        "accuracyAtWord": .number($0.accuracyAtWord), "ece": .number($0.ece),
                        "eceAtWord": .number($0.eceAtWord), "coverage": .number($0.coverage),
                        "precision": .number($0.precision),
                    ]
                }),
            "noise": .array(
                noise.map { ["rate": .number($0.rate), "accuracy": .number($0.accuracy)] }),
            "earliness": .number(earliness), "rawChanges": .number(rawChanges),
            "shownChanges": .number(shownChanges), "shownFrom": .number(shownFrom),
        ]
    }
}
