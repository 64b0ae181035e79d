// What is tried in an environment beside what is in use, and the history of that.

package import JSON

extension Registry {
    /// Tries a version beside the one in use, in place of the one that was tried before; notes it in the
    /// history of rollouts.
    ///
    /// - Throws: as `deploy`; `.notDeployed` where no version of the model is in use; `.liveAlready`.
    package func begin(
        _ rollout: Rollout, in name: String, force: String?, why: String? = nil
    ) throws(RegistryError) -> Environment {
        let manifest = try manifest(of: rollout.reference)
        _ = try artifact(of: manifest)
        let reasons = [why, force].compactMap(\.self)
        let reason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        _ = try environment(name)
        return try FileSystem.locked(environmentPath(name)) { () throws(RegistryError) in
            let before = try environment(name)
            let environment = try before.trying(rollout, named: name)
            try admit(manifest, to: before, named: name, force: force)
            try write(environment, to: name)
            try noteRollouts(
                from: before, to: environment, .ended, rollout.since, by: rollout.by,
                rollout.replacement, in: name)
            try note(rollout, .begun, rollout.since, by: rollout.by, reason, in: name)
            return environment
        }
    }

    /// Goes on with a rollout, or ends it; notes why.
    ///
    /// `user` is nil where it came about by itself. Nothing happens where it has been ended meanwhile.
    package func change(
        _ rollout: Rollout, _ change: RolloutChange, in name: String, by user: String?,
        reason: String?, time: Int
    ) throws(RegistryError) -> Environment {
        _ = try environment(name)
        return try FileSystem.locked(environmentPath(name)) { () throws(RegistryError) in
            var environment = try environment(name)
            let place = environment.rollouts.firstIndex { $0.reference == rollout.reference }
            guard let place else { return environment }
            if [.grown, .reduced].contains(change) {
                environment.rollouts[place] = rollout
            } else {
                environment.rollouts.remove(at: place)
            }
            try write(environment, to: name)
            try note(rollout, change, time, by: user, reason, in: name)
            return environment
        }
    }

    /// Puts a canary that went through all its steps in the place of what is live; notes both.
    ///
    /// What it fell short of was forgiven, and written down, when it was begun. `time` is in microseconds
    /// since 1970.
    ///
    /// - Throws: as `deploy`.
    package func promote(
        _ canary: Rollout, in name: String, time: Int
    ) throws(RegistryError) -> Environment {
        _ = try artifact(of: manifest(of: canary.reference))
        return try FileSystem.locked(environmentPath(name)) { () throws(RegistryError) in
            let before = try environment(name)
            let written = try deployAlone(
                Deployment(
                    time: time, reference: canary.reference, documents: nil, by: canary.by,
                    forced: "it was tried as a canary",
                    why: "its canary went through all steps"), to: name)
            try noteRollouts(
                from: before, to: written, .promoted, time, by: nil, nil, in: name)
            return written
        }
    }

    /// What became of rollouts in an environment, the oldest first: one object each.
    package func rollouts(of name: String) throws(RegistryError) -> [JSONValue] {
        try FileSystem.lines(of: environmentPath(name) + "/rollouts.jsonl") { $0.value }
    }

    /// Notes what became of the rollouts that are gone from an environment.
    func noteRollouts(
        from before: Environment, to written: Environment, _ change: RolloutChange, _ time: Int,
        by user: String?, _ reason: String?, in name: String
    ) throws(RegistryError) {
        for rollout in before.rollouts where !written.rollouts.contains(rollout) {
            try note(rollout, change, time, by: user, reason, in: name)
        }
    }

    private func note(
        _ rollout: Rollout, _ change: RolloutChange, _ time: Int, by user: String?,
        _ reason: String?, in name: String
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

extension Environment {
    /// The environment with a version tried beside the one in use, in place of the one that was before.
    fileprivate func trying(
        _ rollout: Rollout, named name: String
    ) throws(RegistryError) -> Environment {
        let model = rollout.reference.name
        guard let live = models.first(where: { $0.line == model }) else {
            throw .notDeployed(model, environment: name)
        }
        guard live.reference != rollout.reference else {
            throw .liveAlready(rollout.reference, environment: name)
        }
        var environment = self
        environment.rollouts.removeAll { $0.reference.name == model }
        environment.rollouts.append(rollout)
        return environment
    }
}
