// An experiment as flags say it.

import Experiments
import JSON

/// The flags of `hunch create experiment`: a whole definition, or what of one changes.
struct ExperimentFlags {
    let name: String
    /// Without their shares; nil where the arms stay as they are.
    private let arms: [JSONValue]?
    private let shares: [Double]?
    /// All other members that are given.
    private let rest: JSONValue

    init(_ arguments: inout Arguments) throws(UsageError) {
        name = try arguments.required("-n", "--name")
        arms = try Self.arms(&arguments)
        shares = try Self.shares(&arguments)
        if let arms, let shares, arms.count != shares.count {
            throw arguments.error("--shares takes as many as there are arms: \(arms.count)")
        }
        var members: [(key: String, value: JSONValue)] = []
        if let unit = try arguments.value("--unit") { members.append(("unit", .string(unit))) }
        for key in ["traffic", "holdout"] {
            if let text = try arguments.value("--" + key) {
                members.append((key, .number(try arguments.share(text))))
            }
        }
        if let layer = try arguments.layer() { members.append(("layer", layer)) }
        if let metrics = try Self.metrics(&arguments, isNew: arms != nil) {
            members.append(("metrics", metrics))
        }
        if let slices = try arguments.slices() {
            members.append(("slices", .array(slices.map { .string($0.rawValue) })))
        }
        rest = .object(members)
    }

    /// The definition, over that of the experiment of this name where there is one.
    func definition(over known: Experiment?) throws -> JSONValue {
        if let arms {
            if known?.state == .running {
                throw Failure(
                    "'\(name)' runs: change it without --arms, by --shares, --traffic, --metric and the like, "
                        + "or end it first: hunch stop experiment -n \(name)")
            }
            let shares = shares ?? Self.equalShares(arms.count)
            let whole: JSONValue = [
                "name": .string(name), "arms": .array(Self.arms(arms, with: shares)),
            ]
            return whole.merging(rest)
        }
        guard let known else {
            throw Failure("no experiment '\(name)' is there to change; --arms makes a new one")
        }
        if let unit = rest["unit"]?.string, unit != known.unit.rawValue {
            throw Failure(
                "'\(name)' counts by \(known.unit.rawValue): change it without --unit, or begin another"
            )
        }
        var changed = known.json.merging(rest)
        // Who takes part is said anew: it runs, where it had ended, too.
        if shares != nil || rest["traffic"] != nil {
            changed = changed.merging(["state": .null, "shipped": .null])
        }
        if let shares {
            let arms = known.json["arms"]?.array ?? []
            guard arms.count == shares.count else {
                throw Failure("--shares takes as many as '\(name)' has arms: \(arms.count)")
            }
            changed = changed.merging(["arms": .array(Self.arms(arms, with: shares))])
        }
        return changed
    }

    private static func arms(_ arms: [JSONValue], with shares: [Double]) -> [JSONValue] {
        zip(arms, shares).map { arm, share in
            arm.merging(["share": .number(share), "buckets": .null])
        }
    }

    private static func arms(_ arguments: inout Arguments) throws(UsageError) -> [JSONValue]? {
        guard let list = try arguments.value("--arms") else { return nil }
        let texts = list.split(separator: ",").map(String.init)
        guard (2...100).contains(texts.count) else {
            throw arguments.error("--arms takes at least two")
        }
        var arms: [JSONValue] = []
        for text in texts { arms.append(try arm(text, arguments)) }
        return arms
    }

    private static func shares(_ arguments: inout Arguments) throws(UsageError) -> [Double]? {
        guard let list = try arguments.value("--shares") else { return nil }
        var shares: [Double] = []
        for text in list.split(separator: ",") {
            shares.append(try arguments.share(String(text)))
        }
        return shares
    }

    /// Multiples of 0.0001: what is left over goes to the control.
    private static func equalShares(_ count: Int) -> [Double] {
        let share = 10_000 / count
        return (0..<count).map { Double($0 == 0 ? 10_000 - share * (count - 1) : share) / 10_000 }
    }

    private static func metrics(
        _ arguments: inout Arguments, isNew: Bool
    ) throws(UsageError) -> JSONValue? {
        var metrics: [(key: String, value: JSONValue)] = []
        if let text = try isNew ? arguments.required("--metric") : arguments.value("--metric") {
            let metric = metric(text)
            // Nothing is left of a ratio that was there before.
            let rest: [(key: String, value: JSONValue)] =
                metric["per"] == nil ? [("per", .null)] : []
            metrics.append(("primary", .object((metric.object ?? []) + rest)))
        }
        if let guardrails = try arguments.value("--guardrail") {
            let list = guardrails.split(separator: ",").map { text in
                JSONValue.object(
                    (metric(String(text)).object ?? []) + [(key: "margin", value: 0.05)])
            }
            metrics.append(("guardrails", .array(list)))
        }
        return metrics.isEmpty ? nil : .object(metrics)
    }

    /// "A", "B=articles@3f2a" or "C=articles:limit=8".
    private static func arm(
        _ text: String, _ arguments: Arguments
    ) throws(UsageError) -> JSONValue {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        let mistake = arguments.error(
            "'\(text)' is no arm: write B, B=MODEL@VERSION or B=MODEL:KEY=JSON")
        guard !halves[0].isEmpty else { throw mistake }
        var members: [(key: String, value: JSONValue)] = [("name", .string(halves[0]))]
        guard halves.count == 2 else { return .object(members) }
        if halves[1].contains("@") {
            members.append(("model", .string(halves[1])))
            return .object(members)
        }
        let parts = halves[1].split(separator: ":", maxSplits: 1).map(String.init)
        let setting = parts.last?.split(separator: "=", maxSplits: 1).map(String.init) ?? []
        guard parts.count == 2, setting.count == 2,
            let value = try? JSONValue(parsing: setting[1])
        else { throw mistake }
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
    /// The layer of `--layer`, "NAME:0%-50%"; nil where it is not given.
    mutating func layer() throws(UsageError) -> JSONValue? {
        guard let text = try value("--layer") else { return nil }
        let parts = text.split(separator: ":").map(String.init)
        let bounds = parts.last?.split(separator: "-").map(String.init) ?? []
        guard parts.count == 2, bounds.count == 2 else {
            throw error("'\(text)' is no layer: write NAME:0%-50%")
        }
        var slots: [JSONValue] = []
        for bound in bounds {
            let share = ["0", "0%"].contains(bound) ? 0 : try share(bound)
            slots.append(.number((share * 10_000).rounded()))
        }
        guard (slots[0].double ?? 0) < (slots[1].double ?? 0) else {
            throw error("--layer \(text): a part goes from a share to a greater one, as in 20%-50%")
        }
        return ["name": .string(parts[0]), "slots": .array(slots)]
    }

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
