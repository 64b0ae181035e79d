// Metrics of an experiment as a file has them.

package import JSON

extension JSONPlace {
    func experimentMetrics() throws(FieldError) -> ExperimentMetrics {
        try check(keys: ["primary", "secondary", "guardrails"])
        var names: Set<String> = []
        let primary = try required("primary").metric(&names)
        var secondary: [ExperimentMetric] = []
        for place in try member("secondary")?.elements() ?? [] {
            secondary.append(try place.metric(&names))
        }
        var guardrails: [Guardrail] = []
        for place in try member("guardrails")?.elements() ?? [] {
            let metric = try place.metric(&names, ["margin"])
            guardrails.append(
                Guardrail(metric, margin: try place.required("margin").number(in: 0...10)))
        }
        return ExperimentMetrics(
            primary: primary, secondary: secondary, guardrails: guardrails)
    }

    private enum KindName: String, CaseIterable { case conversion, mean, ratio }

    /// Reads a metric whose name is none of `names`, and adds it.
    private func metric(
        _ names: inout Set<String>, _ further: [String] = []
    ) throws(FieldError) -> ExperimentMetric {
        let kind: KindName = try required("kind").choice()
        try check(
            keys: ["name", "kind", "of", "better"] + (kind == .ratio ? ["per"] : []) + further)
        let name = try required("name").string()
        guard names.insert(name).inserted else {
            throw try required("name").error(.repeatedName(name))
        }
        let event = try required("of").string()
        let definition: ExperimentMetric.Kind =
            switch kind {
            case .conversion: .conversion(of: event)
            case .mean: .mean(of: event)
            case .ratio: .ratio(of: event, per: try required("per").string())
            }
        return ExperimentMetric(name, definition, better: try member("better")?.choice() ?? .higher)
    }
}

extension ExperimentMetrics {
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [("primary", primary.json)]
        if !secondary.isEmpty { members.append(("secondary", .array(secondary.map(\.json)))) }
        if !guardrails.isEmpty { members.append(("guardrails", .array(guardrails.map(\.json)))) }
        return .object(members)
    }
}

extension ExperimentMetric {
    fileprivate var members: [(key: String, value: JSONValue)] {
        let kind: [(key: String, value: JSONValue)] =
            switch kind {
            case .conversion(let event): [("kind", "conversion"), ("of", .string(event))]
            case .mean(let event): [("kind", "mean"), ("of", .string(event))]
            case .ratio(let event, let per):
                [("kind", "ratio"), ("of", .string(event)), ("per", .string(per))]
            }
        return [("name", .string(name))] + kind + [("better", .string(better.rawValue))]
    }

    fileprivate var json: JSONValue { .object(members) }
}

extension Guardrail {
    fileprivate var json: JSONValue { .object(metric.members + [("margin", .number(margin))]) }
}
