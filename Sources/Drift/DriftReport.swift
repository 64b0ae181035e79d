// How the live answers of a version stand against its reference.

package import JSON

/// What is known at one look.
package struct DriftReport: Equatable, Sendable {
    /// One window.
    package struct Part: Equatable, Sendable {
        package let window: DriftMonitor.Window
        package let features: [FeatureDrift]

        package var answers: Int { features.first?.answers ?? 0 }
    }

    /// Nil while the first answers make the reference.
    package let source: DriftReference.Source?
    /// How many answers the reference is made of, so far.
    package let referenceAnswers: Int
    package let parts: [Part]

    /// As programs read it.
    package var json: JSONValue {
        [
            "reference": [
                "source": .string(source?.rawValue ?? "none yet"),
                "answers": .number(Double(referenceAnswers)),
            ],
            "windows": .array(
                parts.map { part in
                    [
                        "window": .string(part.window.rawValue),
                        "answers": .number(Double(part.answers)),
                        "features": .array(part.features.map(\.json)),
                    ]
                }),
        ]
    }
}

extension FeatureDrift {
    fileprivate var json: JSONValue {
        let totals = (Double(max(reference.reduce(0, +), 1)), Double(max(answers, 1)))
        return [
            "name": .string(name), "verdict": .string(verdict.rawValue),
            "psi": .number(stabilityIndex), "psiByChance": .number(expectedIndex),
            "jensenShannon": .number(divergence),
            "ks": distance.map { .number($0) } ?? .null, "p": .number(chance),
            "missing": missing.json, "unseen": unseen.json, "summary": .string(summary),
            "slots": .array(
                labels.indices.map { i in
                    [
                        "slot": .string(labels[i]),
                        "reference": .number(Double(reference[i]) / totals.0),
                        "live": .number(Double(live[i]) / totals.1),
                    ]
                }),
        ]
    }
}

extension Excess {
    fileprivate var json: JSONValue {
        [
            "reference": .number(reference), "live": .number(live), "p": .number(chance),
        ]
    }
}
