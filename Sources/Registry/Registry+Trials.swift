// What is tried in an environment beside what is in use, and the history of that.

package import JSON

extension Registry {
    /// Tries a version beside the one in use, in place of the one that was tried before; notes it in the
    /// history of rollouts.
    ///
    /// - Throws: as `deploy`; `.notDeployed` where no version of the model is in use.
    package func begin(
        _ rollout: Rollout, in name: String, force: String?, why: String? = nil
    ) throws(RegistryError) -> Environment {
        let manifest = try manifest(of: rollout.reference)
        _ = try artifact(of: manifest)
        var environment = try environment(name)
        let model = rollout.reference.name
        guard environment.models.contains(where: { $0.line == model }) else {
            throw .notDeployed(model, environment: name)
        }
        _ = try admit(manifest, to: environment, named: name, force: force)
        let replaced = environment.rollouts.filter { $0.reference.name == model }
        environment.rollouts.removeAll { $0.reference.name == model }
        environment.rollouts.append(rollout)
        try write(environment, to: name)
        for old in replaced {
            try note(old, .ended, rollout.since, by: rollout.by, rollout.replacement, in: name)
        }
        let reasons = [why, force].compactMap(\.self)
        let reason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        try note(rollout, .begun, rollout.since, by: rollout.by, reason, in: name)
        return environment
    }

    /// Goes on with a rollout, or ends it; notes why.
    ///
    /// `user` is nil where it came about by itself. Nothing happens where it has been ended meanwhile.
    package func change(
        _ rollout: Rollout, _ change: RolloutChange, in name: String, by user: String?,
        reason: String?,
        time: Int
    ) throws(RegistryError) -> Environment {
        var environment = try environment(name)
        let place = environment.rollouts.firstIndex { $0.reference == rollout.reference }
        guard let place else { return environment }
        if change == .grown {
            environment.rollouts[place] = rollout
        } else {
            environment.rollouts.remove(at: place)
        }
        try write(environment, to: name)
        try note(rollout, change, time, by: user, reason, in: name)
        return environment
    }

    /// What became of rollouts in an environment, the oldest first: one object each.
    package func rollouts(of name: String) throws(RegistryError) -> [JSONValue] {
        try FileSystem.lines(of: environmentPath(name) + "/rollouts.jsonl") { $0.value }
    }

    func note(
        _ rollout: Rollout, _ change: RolloutChange, _ time: Int, by user: String?,
        _ reason: String?,
        in name: String
    ) throws(RegistryError) {
        var line: [(key: String, value: JSONValue)] = [
            ("time", .number(Double(time))), ("model", .string(rollout.reference.name)),
            ("version", .string(rollout.reference.version)),
            ("mode", .string(rollout.mode.rawValue)), ("change", .string(change.rawValue)),
            ("share", .number(rollout.share)),
        ]
        if let user { line.append(("by", .string(user))) }
        if let reason { line.append(("reason", .string(reason))) }
        try FileSystem.append(
            line: JSONValue.object(line).serialized(),
            to: environmentPath(name) + "/rollouts.jsonl")
    }
}
