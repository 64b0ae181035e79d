// An experiment as flags say it.

import Experiments
import JSON

/// The flags of `hunch create experiment`.
enum ExperimentFlags {
    static func definition(_ arguments: inout Arguments) throws(UsageError) -> JSONValue {
        let name = try arguments.required("-n", "--name")
        let arms = try arguments.required("--arms").split(separator: ",").map(String.init)
        guard (2...100).contains(arms.count) else {
            throw arguments.error("--arms takes at least two")
        }
        let shares = try shares(of: arms.count, &arguments)
        var written: [JSONValue] = []
        for (text, share) in zip(arms, shares) {
            written.append(try arm(text, share: share, arguments))
        }
        var members: [(key: String, value: JSONValue)] = [
            ("name", .string(name)), ("arms", .array(written)),
        ]
        if let unit = try arguments.value("--unit") { members.append(("unit", .string(unit))) }
        for key in ["traffic", "holdout"] {
            if let text = try arguments.value("--" + key) {
                members.append((key, .number(try arguments.share(text))))
            }
        }
        var metrics: [(key: String, value: JSONValue)] = [
            ("primary", metric(try arguments.required("--metric")))
        ]
        if let guardrails = try arguments.value("--guardrail") {
            let list = guardrails.split(separator: ",").map { text in
                JSONValue.object(
                    (metric(String(text)).object ?? []) + [(key: "margin", value: 0.05)])
            }
            metrics.append(("guardrails", .array(list)))
        }
        members.append(("metrics", .object(metrics)))
        if let slices = try arguments.slices() {
            members.append(("slices", .array(slices.map { .string($0.rawValue) })))
        }
        return .object(members)
    }

    /// As many as there are arms: those that are given, or equal ones.
    private static func shares(
        of count: Int, _ arguments: inout Arguments
    ) throws(UsageError) -> [Double] {
        guard let list = try arguments.value("--shares") else {
            // Shares are multiples of 0.0001: what is left over goes to the control.
            let share = 10_000 / count
            return (0..<count).map {
                Double($0 == 0 ? 10_000 - share * (count - 1) : share) / 10_000
            }
        }
        var shares: [Double] = []
        for text in list.split(separator: ",") {
            shares.append(try arguments.share(String(text)))
        }
        guard shares.count == count else {
            throw arguments.error("--shares takes as many as there are arms: \(count)")
        }
        return shares
    }

    /// "A", "B=articles@3f2a" or "C=articles:limit=8".
    private static func arm(
        _ text: String, share: Double, _ arguments: Arguments
    ) throws(UsageError) -> JSONValue {
        let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
        var members: [(key: String, value: JSONValue)] = [
            ("name", .string(halves[0])), ("share", .number(share)),
        ]
        guard halves.count == 2 else { return .object(members) }
        if halves[1].contains("@") {
            members.append(("model", .string(halves[1])))
            return .object(members)
        }
        let parts = halves[1].split(separator: ":", maxSplits: 1).map(String.init)
        let setting = parts.last?.split(separator: "=", maxSplits: 1).map(String.init) ?? []
        guard parts.count == 2, setting.count == 2,
            let value = try? JSONValue(parsing: setting[1])
        else {
            throw arguments.error("'\(text)' is no arm: write B=MODEL@VERSION or B=MODEL:KEY=JSON")
        }
        return .object(
            members + [
                (key: "recommender", value: .string(parts[0])),
                (key: "settings", value: .object([(key: setting[0], value: value)])),
            ])
    }

    /// "click/impression", "conversion of accept", "mean of dismiss"; an event alone is a conversion.
    ///
    /// Less is better of what nobody wants.
    private static func metric(_ text: String) -> JSONValue {
        let kind = kind(of: text)
        let isUnwanted = unwanted.contains(kind["of"]?.string ?? "")
        return kind.merging(["name": .string(text), "better": isUnwanted ? "lower" : "higher"])
    }

    private static let unwanted: Set = [
        "dismiss", "failure", "latency", "outOfScope", "undo", "wrong",
    ]

    static let events = """
        Events that metrics count, of users, sessions and documents alike: list, impression (items seen)
        and every action, such as click or accept; answer, outOfScope, failure and latency (milliseconds,
        as latency/answer) from the exposure on; feedback and wrong, what users say of answers.
        """

    static var slices: String {
        SliceDimension.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func kind(of text: String) -> JSONValue {
        let ratio = text.split(separator: "/").map { $0.filter { $0 != " " } }
        if ratio.count == 2 {
            return ["kind": "ratio", "of": .string(ratio[0]), "per": .string(ratio[1])]
        }
        let words = text.split(separator: " ").map(String.init)
        if words.count == 3, words[1] == "of", ["conversion", "mean"].contains(words[0]) {
            return ["kind": .string(words[0]), "of": .string(words[2])]
        }
        return ["kind": "conversion", "of": .string(text)]
    }
}

extension Arguments {
    /// The slices of `--slice`; nil where it is not given.
    mutating func slices() throws(UsageError) -> [SliceDimension]? {
        guard let list = try value("--slice") else { return nil }
        var slices: [SliceDimension] = []
        for text in list.split(separator: ",") {
            guard let slice = SliceDimension(rawValue: String(text)) else {
                throw error("'\(text)' is no slice: \(ExperimentFlags.slices)")
            }
            if !slices.contains(slice) { slices.append(slice) }
        }
        return slices
    }

    /// Reads "5%" or "0.05": above 0 and at most 1.
    func share(_ text: String) throws(UsageError) -> Double {
        let isPercent = text.hasSuffix("%")
        let number = Double(isPercent ? String(text.dropLast()) : text)
        guard let share = number.map({ isPercent ? $0 / 100 : $0 }), share > 0, share <= 1 else {
            throw error("'\(text)' is no share: write 5% or 0.05")
        }
        return share
    }
}
