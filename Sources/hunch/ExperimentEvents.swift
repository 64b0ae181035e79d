// The events that metrics of experiments can count.

import Experiments
import JSON
import Ranking
import Registry

extension Home {
    /// Those that are logged of everybody, and of answers, whatever is deployed.
    private static let usualEvents: Set = [
        "list", "impression", "answer", "outOfScope", "failure", "latency", "feedback", "wrong",
        "click", "accept", "dismiss", "undo",
    ]

    /// What is wrong with metrics of events that nothing here logs; what was counted before may go on.
    ///
    /// Beside the usual ones these are the actions that recommenders count, deployed ones and arms.
    func unknownEvent(
        of experiment: Experiment, since before: Experiment?, deployed: [DeployedModel]
    ) throws -> String? {
        let usual = Self.usualEvents.union(before?.metrics.events ?? [])
        guard !usual.isSuperset(of: experiment.metrics.events) else { return nil }
        let known = try usual.union(actions(of: experiment, deployed.map(\.reference)))
        return experiment.metrics.events.first { !known.contains($0) }.map { event in
            "there is no event '\(event)' for metrics; there are "
                + known.sorted().joined(separator: ", ")
        }
    }

    private func actions(
        of experiment: Experiment, _ deployed: [ModelReference]
    ) throws -> Set<String> {
        let arms = try experiment.arms.compactMap { arm in
            guard case .model(let text) = arm.treatment else { return nil as ModelReference? }
            return try registry.resolve(text).reference
        }
        var actions: Set<String> = []
        for reference in Set(deployed + arms) {
            let manifest = try registry.manifest(of: reference)
            guard manifest.kind == "ranker" else { continue }
            let file = try registry.artifact(of: manifest)
            let artifact = try RecommenderArtifact(Array(file.unsafeBytes), isForServing: true)
            let definition = try RecommenderDefinition(artifact.definition)
            actions.formUnion(definition.actions.map(\.rawValue))
        }
        return actions
    }
}

extension ExperimentSet {
    /// Tells of those that take units from an experiment which comes after them.
    func warnOfOverlaps(with experiment: Experiment) {
        let models = experiment.models.joined(separator: ", ")
        for other in overlapping(experiment) {
            Output.error(
                "hunch: warning: experiment '\(other.name)' runs on \(models) too and comes first: whoever "
                    + "is in it is not in '\(experiment.name)'; to part them give each a part of one layer, "
                    + "such as --layer parts:0%-50% and parts:50%-100%")
        }
    }
}
