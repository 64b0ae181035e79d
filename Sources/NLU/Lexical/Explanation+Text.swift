// An explanation for a terminal and as JSON.

import Numerics
package import JSON

extension Explanation {
    /// A table of the words, in the order of the text.
    package var lines: [String] {
        guard let runnerUp else { return shareLines }
        let rows = words.map { word in
            [
                word.text, decimal(Double(word.value), 2), decimal(Double(word.runnerUp), 2),
                decimal(Double(word.difference), 2), decimal(Double(word.share) * 100, 0) + " %",
            ]
        }
        let sum = [
            last, decimal(Double(logit), 2), decimal(Double(runnerUpLogit), 2),
            decimal(Double(logit - runnerUpLogit), 2),
        ]
        return columns([["", label, runnerUp, "difference", "share"]] + rows + [sum])
    }

    /// What the last row is called.
    private var last: String { measure == .logit ? "together" : "confidence" }

    /// The table where nothing was weighed against the label.
    private var shareLines: [String] {
        let rows = words.map { word in
            [
                word.text, decimal(Double(word.value), 2),
                decimal(Double(word.share) * 100, 0) + " %",
            ]
        }
        let rest = bias == 0 ? [] : [["without any", decimal(Double(bias), 2)]]
        return columns(
            [["", label, "share"]] + rows + rest + [[last, decimal(Double(logit), 2)]])
    }

    /// One object, without n-grams, in which the label is the member `kind`.
    package func json(as kind: String) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            (kind, .string(label)), (measure.rawValue, .number(Double(logit))),
        ]
        if bias != 0 { members.append(("bias", .number(Double(bias)))) }
        if let runnerUp {
            members += [
                ("runnerUp", .string(runnerUp)),
                (
                    measure == .logit ? "runnerUpLogit" : "runnerUpConfidence",
                    .number(Double(runnerUpLogit))
                ),
            ]
        }
        return .object(members + [("words", .array(words.map(\.json)))])
    }
}

extension Explanation.Word {
    fileprivate var json: JSONValue {
        [
            "word": .string(text),
            "range": [.number(Double(range.lowerBound)), .number(Double(range.upperBound))],
            "weight": .number(Double(value)), "runnerUp": .number(Double(runnerUp)),
            "share": .number(Double(share)),
        ]
    }
}
