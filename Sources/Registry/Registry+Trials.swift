// What is tried in an environment: rollouts and experiments, and their history.

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

    /// The definition of an experiment whose arms name versions by their digests: a tag may move, and what is
    /// live must not.
    ///
    /// - Throws: as `deploy`, for each version that the environment does not take; `.noRecommender` where an
    ///   arm has settings of another kind of model.
    package func admit(
        experiment: JSONValue, to name: String
    ) throws(RegistryError) -> JSONValue {
        try admit(experiment: experiment, to: environment(name), named: name, force: nil)
    }

    /// The same for an environment as it is to be.
    func admit(
        experiment: JSONValue, to environment: Environment, named name: String, force: String?
    ) throws(RegistryError) -> JSONValue {
        for arm in experiment["arms"]?.array ?? [] {
            guard let model = arm["recommender"]?.string,
                let live = environment.models.first(where: { $0.line == model })
            else { continue }
            let kind = try manifest(of: live.reference).kind
            guard kind == "ranker" else { throw .noRecommender(model, kind: kind) }
        }
        return try naming(versionsOf: experiment) { manifest throws(RegistryError) in
            _ = try admit(manifest, to: environment, named: name, force: force)
        }
    }

    /// The definition of an experiment whose arms name versions by their digests.
    ///
    /// - Throws: `.unknownVersion` and the like, and what `check` throws; nothing of an experiment that is
    ///   stopped, whose versions may be gone.
    package func naming(
        versionsOf experiment: JSONValue,
        check: (Manifest) throws(RegistryError) -> Void = { _ in }
    ) throws(RegistryError) -> JSONValue {
        var arms: [JSONValue] = []
        for arm in experiment["arms"]?.array ?? [] {
            guard let text = arm["model"]?.string else {
                arms.append(arm)
                continue
            }
            do throws(RegistryError) {
                let manifest = try resolve(text)
                try check(manifest)
                arms.append(arm.merging(["model": .string(manifest.reference.description)]))
            } catch {
                guard experiment["state"] == "stopped" else { throw error }
                arms.append(arm)
            }
        }
        return experiment["arms"] == nil ? experiment : experiment.merging(["arms": .array(arms)])
    }

    /// Deletes the definition of an experiment that was stopped, and notes it.
    ///
    /// What was logged of it stays, and counts for none that has its name later.
    ///
    /// - Throws: `.unknownExperiment`; `.runningExperiment` of one of which somebody may get an arm.
    package func deleteExperiment(
        _ experiment: String, from name: String, by user: String, time: Int
    ) throws(RegistryError) {
        _ = try environment(name)
        try FileSystem.locked(environmentPath(name)) { () throws(RegistryError) in
            let before = try environment(name)
            var environment = before
            guard let known = before.experiments.first(where: { $0["name"]?.string == experiment })
            else { throw .unknownExperiment(experiment, environment: name) }
            guard known["state"] == "stopped" else {
                throw .runningExperiment(experiment, environment: name)
            }
            environment.experiments.removeAll { $0 == known }
            try write(environment, to: name)
            try noteExperiments(from: before, to: environment, in: name, by: user, time: time)
        }
    }

    /// Notes in an environment's history that an experiment was begun, changed or ended.
    package func note(
        experiment: String, _ state: String, in name: String, by user: String, time: Int
    ) throws(RegistryError) {
        let line: JSONValue = [
            "time": .number(Double(time)), "experiment": .string(experiment),
            "state": .string(state), "by": .string(user),
        ]
        try FileSystem.append(
            line: line.serialized(), to: environmentPath(name) + "/experiments.jsonl")
    }

    /// Notes the experiments that are new or others in an environment, and those that are gone.
    func noteExperiments(
        from current: Environment, to wanted: Environment, in name: String, by user: String,
        time: Int
    ) throws(RegistryError) {
        let names = { (environment: Environment) in
            environment.experiments.compactMap { $0["name"]?.string }
        }
        for json in wanted.experiments where !current.experiments.contains(json) {
            try note(
                experiment: json["name"]?.string ?? "", json["state"]?.string ?? "running",
                in: name, by: user, time: time)
        }
        for gone in names(current) where !names(wanted).contains(gone) {
            try note(experiment: gone, "removed", in: name, by: user, time: time)
        }
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
