// An explanation for a terminal and as JSON.

package import JSON

extension Explanation {
    /// A table of the words, in the order of the text.
    package var lines: [String] {
        guard let runnerUp else {
            return columns([["", intent]] + words.map { [$0.text, decimal(Double($0.value), 2)] })
        }
        let rows = words.map { word in
            [
                word.text, decimal(Double(word.value), 2), decimal(Double(word.runnerUp), 2),
                decimal(Double(word.difference), 2), decimal(Double(word.share) * 100, 0) + " %",
            ]
        }
        let sum = [
            "together", decimal(Double(logit), 2), decimal(Double(runnerUpLogit), 2),
            decimal(Double(logit - runnerUpLogit), 2),
        ]
        return columns([["", intent, runnerUp, "difference", "share"]] + rows + [sum])
    }

    /// One object; without n-grams.
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("intent", .string(intent)), ("logit", .number(Double(logit))),
        ]
        if let runnerUp {
            members += [
                ("runnerUp", .string(runnerUp)),
                ("runnerUpLogit", .number(Double(runnerUpLogit))),
            ]
        }
        let words = words.map { word -> JSONValue in
            [
                "word": .string(word.text), "weight": .number(Double(word.value)),
                "runnerUp": .number(Double(word.runnerUp)), "share": .number(Double(word.share)),
            ]
        }
        return .object(members + [("words", .array(words))])
    }
}
