// A version that is tried on part of the traffic.

package import JSON

/// A version beside the one that is live: as a shadow, whose answers nobody sees, or as a canary, which
/// answers a growing share of documents and users.
package struct Rollout: Equatable, Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        case shadow, canary
    }

    package let reference: ModelReference
    package let mode: Mode
    /// The shares of a canary in 0...1, ascending; the last is that with which it becomes what is live.
    package let steps: [Double]
    /// For how long a step is held at least, in seconds.
    package let hold: Int
    /// How many answers a step gives at least, before the next; below 20 it does not wait for what is live to
    /// have answered as much as its guards compare with.
    package let leastAnswers: Int
    package let guards: Guards
    /// The place in `steps`.
    package var step: Int
    /// Microseconds since 1970, when the step began.
    package var since: Int
    package let by: String

    /// What halts a canary, and has the version that is live answer all again.
    package struct Guards: Equatable, Sendable {
        /// So much more of the answers may be out of scope, as a share of all.
        package var outOfScope: Double
        /// So many times as long an answer may take, at the 99th percentile.
        package var latency: Double
        /// So much of the answers may fail more, as a share of all.
        package var failures: Double
        /// So much less often lists may be clicked, as a share of the rate of what is live.
        package var clicks: Double
        /// So far the shares of its intents may be from those of the version in use over the same time, as a
        /// population stability index; nil for as far as they like: new versions are to answer otherwise.
        package var drift: Double?

        package init(
            outOfScope: Double = 0.05, latency: Double = 3, failures: Double = 0.01,
            clicks: Double = 0.2, drift: Double? = nil
        ) {
            self.drift = drift
            self.outOfScope = outOfScope
            self.latency = latency
            self.failures = failures
            self.clicks = clicks
        }
    }

    package init(
        _ reference: ModelReference, _ mode: Mode, steps: [Double] = [], hold: Int = 600,
        leastAnswers: Int = 200, guards: Guards = Guards(), step: Int = 0, since: Int = 0,
        by: String = ""
    ) {
        precondition(mode == .shadow || steps.indices.contains(step))
        self.reference = reference
        self.mode = mode
        self.steps = steps
        self.hold = hold
        self.leastAnswers = leastAnswers
        self.guards = guards
        self.step = step
        self.since = since
        self.by = by
    }

    /// The share of the traffic that it answers.
    package var share: Double { mode == .shadow ? 0 : steps[step] }

    /// Why what is tried of a model ends when a version of it is deployed.
    package static func displacement(
        by version: ModelReference, isRollback: Bool, why: String?
    ) -> String {
        isRollback ? why ?? "rolled back" : "\(version) was deployed"
    }

    /// Why what was tried of the model before it ends.
    package var replacement: String { "\(reference) is tried as a \(mode.rawValue) instead" }
}

extension Rollout {
    init(_ node: JSONNode) throws(RegistryError) {
        try node.checkKeys([
            "name", "version", "mode", "steps", "holdSeconds", "leastAnswers", "guards", "step",
            "since", "by",
        ])
        let mode = try node.member("mode").choice(of: Mode.self)
        var steps: [Double] = []
        for step in try node["steps"]?.elements() ?? [] { steps.append(try step.share()) }
        let isRising = zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
        if mode == .canary, steps.isEmpty || !isRising || steps.contains(0) {
            throw try node.member("steps").failure(.wrongType(wanted: "rising shares above 0"))
        }
        let last = max(steps.count - 1, 0)
        self.init(
            try ModelReference(
                name: node.member("name").name(), version: node.member("version").name()),
            mode, steps: steps, hold: try node["holdSeconds"]?.integer(in: 0...31_536_000) ?? 600,
            leastAnswers: try node["leastAnswers"]?.integer(in: 0...1_000_000_000) ?? 200,
            guards: try node["guards"].map(Guards.init) ?? Guards(),
            step: try node["step"]?.integer(in: 0...last) ?? 0,
            since: try node["since"]?.integer(in: 0 ... .max) ?? 0,
            by: try node["by"]?.string() ?? "")
    }

    /// Reads a rollout as `json` writes it.
    package init(_ json: JSONValue) throws(RegistryError) {
        try self.init(JSONNode(parsing: json.serialized(), path: "rollout"))
    }

    /// Reads one that begins from its mode and, of a canary, its steps and guards.
    ///
    /// `time` is in microseconds since 1970.
    package init(
        _ json: JSONValue, of version: ModelReference, since time: Int, by user: String
    ) throws(RegistryError) {
        try self.init(
            json.merging([
                "name": .string(version.name), "version": .string(version.version),
                "since": .number(Double(time)), "by": .string(user),
            ]))
    }

    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("name", .string(reference.name)), ("version", .string(reference.version)),
            ("mode", .string(mode.rawValue)),
        ]
        if mode == .canary {
            members += [
                ("steps", .array(steps.map(JSONValue.number))),
                ("holdSeconds", .number(Double(hold))),
                ("leastAnswers", .number(Double(leastAnswers))), ("guards", guards.json),
                ("step", .number(Double(step))),
            ]
        }
        return .object(
            members + [
                (key: "since", value: .number(Double(since))), (key: "by", value: .string(by)),
            ])
    }
}

extension Rollout.Guards {
    init(_ node: JSONNode) throws(RegistryError) {
        try node.checkKeys(["outOfScope", "latency", "failures", "clicks", "drift"])
        self.init()
        outOfScope = try node["outOfScope"]?.share() ?? outOfScope
        failures = try node["failures"]?.share() ?? failures
        clicks = try node["clicks"]?.share() ?? clicks
        if let node = node["latency"] {
            guard let times = node.value.double, times >= 1 else {
                throw node.failure(.wrongType(wanted: "a number of at least 1"))
            }
            latency = times
        }
        if let node = node["drift"] {
            guard let index = node.value.double, index > 0 else {
                throw node.failure(.wrongType(wanted: "a number above 0"))
            }
            drift = index
        }
    }

    var json: JSONValue {
        let members: [(key: String, value: JSONValue)] = [
            ("outOfScope", .number(outOfScope)), ("latency", .number(latency)),
            ("failures", .number(failures)), ("clicks", .number(clicks)),
        ]
        return .object(members + (drift.map { [("drift", .number($0))] } ?? []))
    }
}

/// What becomes of a rollout.
package enum RolloutChange: String, Sendable {
    /// It is tried.
    case begun
    /// It answers a greater share.
    case grown
    /// It answers the share of the step before again, as nothing was left to compare it with.
    case reduced
    /// It did worse than its guards allow.
    case halted
    /// Somebody has ended it.
    case ended
    /// It is what is live.
    case promoted
}
