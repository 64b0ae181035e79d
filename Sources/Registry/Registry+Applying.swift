// Making an environment what a file declares.

package import JSON

/// Settings of an environment that were changed together.
package struct EnvironmentEdit: Equatable, Sendable {
    /// Microseconds since 1970.
    package let time: Int
    package let by: String
    /// A line each, as `EnvironmentChange` describes itself.
    package let changes: [String]

    package init(time: Int, by: String, changes: [String]) {
        self.time = time
        self.by = by
        self.changes = changes
    }

    init(_ node: JSONNode) throws(RegistryError) {
        var changes: [String] = []
        for change in try node.member("changes").elements() {
            changes.append(try change.string())
        }
        self.init(
            time: try node.member("time").integer(in: 0 ... .max),
            by: try node.member("by").string(), changes: changes)
    }

    package var json: JSONValue {
        [
            "time": .number(Double(time)), "by": .string(by),
            "changes": .array(changes.map { .string($0) }),
        ]
    }
}

extension Registry {
    /// Makes an environment what it should be, all of it or nothing; gives what was changed.
    ///
    /// Every version that is new to a place goes through the gates, of the environment as it is and as it
    /// is to be; all do where it becomes protected. What was deployed and removed is noted in the history, and every change in that of the
    /// settings; where nothing differs, nothing is written. What is tried goes on beside a model that stays
    /// as it is, and ends where it changes, as does what was shipped. An environment that is not there is created.
    ///
    /// - Throws: as `deploy`.
    @discardableResult
    package func apply(
        _ wanted: Environment, to name: String, force: String? = nil, by user: String, time: Int
    ) throws(RegistryError) -> EnvironmentPlan {
        if try !environments().contains(name) {
            try create(emptyEnvironment(name), as: name, by: user, time: time)
        }
        return try FileSystem.locked(environmentPath(name)) { () throws(RegistryError) in
            let current = try environment(name)
            var wanted = wanted
            wanted.endShipping(since: current)
            wanted.takeRollouts(of: current)
            if wanted.isProtected, let model = wanted.models.first(where: { $0.branch != nil }) {
                throw .branchRefused(model.line, environment: name, branch: wanted.branch)
            }
            let plan = EnvironmentPlan(from: current, to: wanted)
            guard !plan.isEmpty else { return plan }
            if wanted.isProtected, !current.isProtected {
                for model in wanted.models {
                    try admit(
                        manifest(of: model.reference), to: wanted, named: name, force: force,
                        history: false)
                }
            }
            let deployments = try deployments(
                from: current, to: wanted, named: name, force: force, by: user, time: time)
            for experiment in wanted.experiments where !current.experiments.contains(experiment) {
                _ = try admit(
                    experiment: experiment, to: gate(wanted, over: current), named: name,
                    force: force)
            }
            try write(wanted, to: name)
            try noteExperiments(from: current, to: wanted, in: name, by: user, time: time)
            for deployment in deployments { try note(deployment, in: name) }
            try noteRollouts(
                from: current, to: wanted, .ended, time, by: user, "a declaration was applied",
                in: name)
            let edit = EnvironmentEdit(
                time: time, by: user, changes: plan.changes.map(\.description))
            try FileSystem.append(line: edit.json.serialized(), to: editsFile(name))
            return plan
        }
    }

    /// An environment of that name as it begins: it serves nothing.
    package func emptyEnvironment(_ name: String) -> Environment {
        Environment(isProtected: Environment.protectedNames.contains(name))
    }

    /// When the settings of an environment were changed, and by whom; the oldest first.
    package func edits(of name: String) throws(RegistryError) -> [EnvironmentEdit] {
        try FileSystem.lines(of: editsFile(name), EnvironmentEdit.init)
    }

    private func editsFile(_ name: String) throws(RegistryError) -> String {
        try environmentPath(name) + "/edits.jsonl"
    }

    /// An environment as it is to be, as far as versions have to pass it: as strict as it is.
    private func gate(_ wanted: Environment, over current: Environment) -> Environment {
        var gate = wanted
        if current.isProtected { (gate.isProtected, gate.branch) = (true, current.branch) }
        return gate
    }

    /// What the history is to say: removals, then what is let in.
    private func deployments(
        from current: Environment, to wanted: Environment, named name: String, force: String?,
        by user: String, time: Int
    ) throws(RegistryError) -> [Deployment] {
        let gate = gate(wanted, over: current)
        var deployments: [Deployment] = []
        for model in current.models where !wanted.models.contains(where: model.isInPlace) {
            deployments.append(
                Deployment(
                    time: time, reference: model.reference, documents: model.documents, by: user,
                    branch: model.branch, isRemoval: true))
        }
        for model in wanted.models where !current.models.contains(model) {
            let deployment = Deployment(
                time: time, reference: model.reference, documents: model.documents, by: user,
                tags: model.tags, forced: force, branch: model.branch)
            _ = try artifact(of: manifest(of: model.reference))
            deployments.append(try admit(deployment, to: gate, named: name))
        }
        return deployments
    }
}

extension Environment {
    /// Goes on with what is tried beside models that stay as they are.
    fileprivate mutating func takeRollouts(of current: Environment) {
        rollouts = current.rollouts.filter { rollout in
            let own = { (models: [DeployedModel]) in
                models.filter { $0.line == rollout.reference.name }
            }
            return own(models) == own(current.models)
        }
    }
}

extension DeployedModel {
    /// Whether another version of the model, or this one, reads the same documents, for the same people.
    fileprivate func isInPlace(of other: DeployedModel) -> Bool {
        line == other.line && documents == other.documents
    }
}
