// Making the environment of a running server what a file declares.

internal import Experiments
internal import JSON
internal import Reactor
internal import Registry
internal import Synchronization
internal import Wire

extension Control {
    /// Changes the environment's file and swaps the models; gives the changes, a line each.
    ///
    /// All versions that are new are loaded before anything is written: what cannot be loaded changes nothing. Keys
    /// and origins hold for whoever comes from now on, and sessions of keys that are no more end; what only a
    /// start takes up is written all the same. It blocks: call it on `queue`.
    func apply(_ apply: ClientMessage.Apply, by user: String) -> Result<[String], WireError> {
        do {
            var wanted = try Environment(
                parsing: apply.environment.serialized(), path: "environment.json")
            let time = Int(wallClockMicroseconds())
            let before = try registry.environment(environment)
            // No matter of a declaration: what is tried may have been begun since it was made.
            wanted.rollouts = before.rollouts
            wanted.experiments = try ExperimentSet(.array(wanted.experiments)).replacing(
                ExperimentSet(.array(before.experiments)), at: Double(time) / 1e6
            ).experiments.map(\.json)
            wanted.endShipping(since: before)
            let known = Set(before.models.map(\.reference))
            let new = Set(wanted.models.map(\.reference)).subtracting(known)
            let models = try new.map { reference in try answering(reference) }
            var deployments = try deployments(models, in: wanted) { throw $0 }
            let plan = try registry.apply(
                wanted, to: environment, force: apply.force, by: user, time: time)
            let written = try registry.environment(environment)
            access.take(written)
            for inbox in inboxes.withLock({ $0 }) { inbox.post(.run { $0.endRevoked() }) }
            tellEnded(from: before, to: written, "a declaration was applied")
            deployments.trials.removeAll { trial in
                !written.rollouts.contains { $0.reference.description == trial.model.reference }
            }
            replace(by: deployments)
            watchRollouts(written.rollouts)
            let changed = Set(plan.changes.filter { $0.setting == .experiments }.map(\.name))
            for live in deployments.experiments where changed.contains(live.experiment.name) {
                tell(live.experiment, by: user)
            }
            return .success(plan.changes.map(\.description))
        } catch {
            return .failure(WireError(.deployFailed, "\(error)"))
        }
    }
}
