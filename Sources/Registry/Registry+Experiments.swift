// The experiments of an environment: letting them in, changing them, their history.

package import JSON

extension Registry {
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
        // One that is stopped makes nothing of its arms.
        for arm in experiment["state"] == "stopped" ? [] : experiment["arms"]?.array ?? [] {
            guard let model = arm["recommender"]?.string,
                let live = environment.models.first(where: { $0.line == model })
            else { continue }
            let kind = try manifest(of: live.reference).kind
            guard kind == "ranker" else { throw .noRecommender(model, kind: kind) }
        }
        return try naming(versionsOf: experiment) { manifest throws(RegistryError) in
            try admit(manifest, to: environment, named: name, force: force)
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

    /// Changes the experiments of an environment while nobody else changes it, and notes what is other then.
    ///
    /// `change` has the environment as it is and gives the experiments that it is to have; where it throws,
    /// nothing is written.
    package func changeExperiments(
        of name: String, by user: String, time: Int,
        _ change: (Environment) throws -> [JSONValue]
    ) throws {
        _ = try environment(name)
        try FileSystem.locked(environmentPath(name)) {
            Result {
                let before = try environment(name)
                var environment = before
                environment.experiments = try change(before)
                try write(environment, to: name)
                try noteExperiments(
                    from: before, to: environment, in: name, by: user, time: time)
            }
        }.get()
    }

    /// Deletes the definition of an experiment that was stopped, and notes it.
    ///
    /// What was logged of it stays, and counts for none that has its name later.
    ///
    /// - Throws: `.unknownExperiment`; `.runningExperiment` of one of which somebody may get an arm.
    package func deleteExperiment(
        _ experiment: String, from name: String, by user: String, time: Int
    ) throws {
        try changeExperiments(of: name, by: user, time: time) { environment in
            let known = environment.experiments.first { $0["name"]?.string == experiment }
            guard let known else {
                throw RegistryError.unknownExperiment(experiment, environment: name)
            }
            guard known.experimentState == "stopped" else {
                throw RegistryError.runningExperiment(experiment, environment: name)
            }
            return environment.experiments.filter { $0 != known }
        }
    }

    /// Notes in an environment's history that an experiment was begun, changed or ended.
    private func note(
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
                experiment: json["name"]?.string ?? "", json.experimentState,
                in: name, by: user, time: time)
        }
        for gone in names(current) where !names(wanted).contains(gone) {
            try note(experiment: gone, "removed", in: name, by: user, time: time)
        }
    }
}
