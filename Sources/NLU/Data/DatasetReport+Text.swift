// The report on examples as lines for people and as JSON.

package import JSON

extension DatasetReport {
    /// Lines that name what was found in the files of these names; at most `limit` of each kind.
    package func lines(of path: String, validation: String = "", limit: Int = 5) -> [String] {
        var lines = [
            "\(path): \(exampleCount) examples of \(intents.count) intents, "
                + "\(outOfScopeCount) out of scope; \(spread.least) to \(spread.greatest) an intent, "
                + "median \(Self.decimal(spread.median))"
        ]
        add(
            rareIntents.map { "“\($0.intent)” has \($0.count)" }, limit, to: &lines,
            "\(path): intents with fewer than \(Self.rare) examples")
        add(
            conflicts.map {
                "“\($0.text)” is \(Self.list($0.intents)) in \(Self.places($0.lines))"
            },
            limit, to: &lines, "\(path): texts with several intents")
        add(
            duplicates.map { "“\($0.text)” in \(Self.places($0.lines))" }, limit, to: &lines,
            "\(path): texts that are repeated")
        add(
            leaks.map {
                "“\($0.text)” in \(Self.places($0.lines)), there in \(Self.places($0.validationLines))"
            }, limit, to: &lines, "\(path): texts that \(validation) has too")
        return lines
    }

    private func add(
        _ findings: [String], _ limit: Int, to lines: inout [String], _ title: String
    ) {
        guard !findings.isEmpty else { return }
        lines.append("\(title): \(findings.count)")
        lines += findings.prefix(limit).map { "  " + $0 }
        if findings.count > limit { lines.append("  and \(findings.count - limit) more") }
    }

    private static func places(_ lines: [Int]) -> String {
        (lines.count > 1 ? "lines " : "line ") + list(lines.map(String.init))
    }

    private static func list(_ words: [String]) -> String {
        guard words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + words[words.count - 1]
    }

    private static func decimal(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }

    /// One object; of each kind at most `limit` findings beside their number.
    package func json(limit: Int = 20) -> JSONValue {
        let (least, median, greatest) = spread
        return [
            "examples": .number(Double(exampleCount)),
            "outOfScope": .number(Double(outOfScopeCount)),
            "intents": .number(Double(intents.count)),
            "perIntent": [
                "min": .number(Double(least)), "median": .number(median),
                "max": .number(Double(greatest)),
            ],
            "rareIntents": .array(
                rareIntents.prefix(limit).map {
                    ["intent": .string($0.intent), "examples": .number(Double($0.count))]
                }),
            "duplicates": .number(Double(duplicates.count)),
            "duplicateLines": .array(duplicates.prefix(limit).map { Self.numbers($0.lines) }),
            "conflicts": .number(Double(conflicts.count)),
            "conflictLines": .array(
                conflicts.prefix(limit).map {
                    [
                        "text": .string($0.text), "intents": .array($0.intents.map { .string($0) }),
                        "lines": Self.numbers($0.lines),
                    ]
                }),
            "leaks": .number(Double(leaks.count)),
            "leakLines": .array(
                leaks.prefix(limit).map {
                    [
                        "text": .string($0.text), "lines": Self.numbers($0.lines),
                        "validationLines": Self.numbers($0.validationLines),
                    ]
                }),
        ]
    }

    private static func numbers(_ lines: [Int]) -> JSONValue {
        .array(lines.map { .number(Double($0)) })
    }
}
