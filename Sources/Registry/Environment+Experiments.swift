// The experiments of an environment, as far as what is deployed concerns them.

import JSON

extension Environment {
    /// Whether a version is in use, or tried.
    package func uses(_ reference: ModelReference) -> Bool {
        models.contains { $0.reference == reference } || tried.contains(reference)
    }

    /// The versions that rollouts and arms of experiments try; nobody gets an arm of one that was stopped.
    package var tried: [ModelReference] {
        let arms = experiments.filter { $0["state"] != "stopped" }.flatMap {
            $0["arms"]?.array ?? []
        }
        return rollouts.map(\.reference)
            + arms.compactMap { $0["model"]?.string.flatMap { try? ModelReference(parsing: $0) } }
    }

    /// The names of the experiments with a shipped arm that all get in place of what is deployed of a model.
    package func shipped(insteadOf model: String) -> [String] {
        experiments.filter { $0.isShipped(insteadOf: [model]) }.compactMap { $0["name"]?.string }
    }

    /// The names of the experiments that run on a model with an arm that is what is deployed of it, changed or
    /// not.
    package func comparing(with model: String) -> [String] {
        experiments.filter { json in
            json.experimentState == "running" && json.armModels.contains(model)
                && json["arms"]?.array?.contains { $0["model"] == nil } ?? false
        }.compactMap { $0["name"]?.string }
    }

    /// Stops what was shipped before in place of models that are not deployed as they were.
    package mutating func endShipping(since before: Environment) {
        let own = { (environment: Environment, name: String) in
            environment.models.filter { $0.line == name }
                .map { [$0.reference.description, $0.documents.text] }.sorted { $0[1] < $1[1] }
        }
        let names = Set((models + before.models).map(\.line))
        let changed = names.filter { own(self, $0) != own(before, $0) }
        endShipping(of: changed) { [before] json in
            before.experiments.contains { $0["name"] == json["name"] && $0["state"] == "shipped" }
        }
    }

    /// Stops what was shipped in place of models.
    mutating func endShipping(
        of models: Set<String>, where isMeant: (JSONValue) -> Bool = { _ in true }
    ) {
        let ending = experiments.indices.filter { place in
            experiments[place].isShipped(insteadOf: models) && isMeant(experiments[place])
        }
        for place in ending {
            experiments[place] = experiments[place].merging(["state": "stopped", "shipped": .null])
        }
    }
}

extension JSONValue {
    /// Of an experiment.
    var experimentState: String { self["state"]?.string ?? "running" }

    /// Of an experiment: whether all get one of its arms in place of what is deployed of one of the models.
    fileprivate func isShipped(insteadOf models: Set<String>) -> Bool {
        self["state"] == "shipped" && armModels.contains(where: models.contains)
    }

    /// The models that the arms of an experiment are of.
    fileprivate var armModels: [String] {
        (self["arms"]?.array ?? []).compactMap { arm in
            (arm["recommender"] ?? arm["model"])?.string.map { modelName(of: $0) }
        }
    }
}
