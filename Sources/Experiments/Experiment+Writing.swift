// The definition of an experiment as it is written.

package import JSON

extension Experiment {
    /// The definition as `init(_:)` reads it; reading it back gives an equal one.
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("name", .string(name)), ("unit", .string(unit.rawValue)), ("salt", .string(salt)),
            ("traffic", Self.share(traffic)),
        ]
        if holdout > 0 { members.append(("holdout", Self.share(holdout))) }
        if let layer {
            let slots = Self.range(layer.slots)
            members.append(("layer", ["name": .string(layer.name), "slots": slots]))
        }
        if let start { members.append(("start", .number(start))) }
        if let stop { members.append(("stop", .number(stop))) }
        members += stateMembers
        members.append(("arms", .array(arms.indices.map(arm))))
        members.append(("metrics", metrics.json))
        if !slices.isEmpty {
            members.append(("slices", .array(slices.map { .string($0.rawValue) })))
        }
        if !earlier.isEmpty { members.append(("earlier", .array(earlier.map(Self.period)))) }
        if let created { members.append(("created", .number(created))) }
        if let ended { members.append(("ended", .number(ended))) }
        if !pauses.isEmpty {
            let pauses = pauses.map {
                JSONValue.array([.number($0.lowerBound), .number($0.upperBound)])
            }
            members.append(("pauses", .array(pauses)))
        }
        return .object(members)
    }

    private var stateMembers: [(key: String, value: JSONValue)] {
        let member = (key: "state", value: JSONValue.string(state.name))
        guard case .shipped(let arm) = state else { return [member] }
        return [member, ("shipped", .string(arms[arm].name))]
    }

    private func arm(_ number: Int) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("name", .string(arms[number].name)), ("share", Self.share(buckets.shares[number])),
        ]
        switch arms[number].treatment {
        case .deployed: break
        case .model(let version): members.append(("model", .string(version)))
        case .settings(let recommender, let patch):
            members += [("recommender", .string(recommender)), ("settings", patch)]
        }
        if buckets != BucketTable(shares: buckets.shares) {
            members.append(("buckets", .array(buckets.ranges(of: number).map(Self.range))))
        }
        return .object(members)
    }

    private static func period(_ period: Period) -> JSONValue {
        let shares = period.shares.sorted { $0.key < $1.key }
        let members: [(key: String, value: JSONValue)] = [
            ("until", .number(period.until)),
            ("shares", .object(shares.map { (key: $0.key, value: share($0.value)) })),
        ]
        return .object(members + (period.salt.map { [("salt", .string($0))] } ?? []))
    }

    private static func share(_ buckets: Int) -> JSONValue {
        .number(Double(buckets) / Double(BucketTable.count))
    }

    private static func range(_ range: Range<Int>) -> JSONValue {
        [.number(Double(range.lowerBound)), .number(Double(range.upperBound))]
    }
}

extension Experiment.State {
    /// As a definition has it.
    package var name: String {
        switch self {
        case .running: "running"
        case .stopped: "stopped"
        case .shipped: "shipped"
        }
    }
}
