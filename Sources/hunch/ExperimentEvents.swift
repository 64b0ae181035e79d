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

    /// Refuses metrics of events that nothing here logs; what was counted before may go on.
    ///
    /// Beside the usual ones these are the actions that recommenders count, deployed ones and arms.
    func checkEvents(of experiment: Experiment, since before: Experiment?) throws {
        let usual = Self.usualEvents.union(before?.metrics.events ?? [])
        guard !usual.isSuperset(of: experiment.metrics.events) else { return }
        let known = try usual.union(actions(of: experiment))
        guard let event = experiment.metrics.events.first(where: { !known.contains($0) }) else {
            return
        }
        throw UsageError(
            "there is no event '\(event)' for metrics; there are "
                + known.sorted().joined(separator: ", "), command: "create experiment")
    }

    private func actions(of experiment: Experiment) throws -> Set<String> {
        let deployed = try registry.environment(environment).models.map(\.reference)
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
