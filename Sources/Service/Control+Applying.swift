// Making the environment of a running server what a file declares.

internal import JSON
internal import Reactor
internal import Registry
internal import Synchronization
internal import Wire

extension Control {
    /// Changes the environment's file and swaps the models; gives the changes, a line each.
    ///
    /// All versions are loaded before anything is written: what cannot be loaded changes nothing. What
    /// only a start takes up is written all the same. It blocks: call it on `queue`.
    func apply(_ apply: ClientMessage.Apply, by user: String) -> Result<[String], WireError> {
        do {
            let wanted = try Environment(
                parsing: apply.environment.serialized(), path: "environment.json")
            let known = current.withLock { Set($0.models.map(\.reference)) }
            let new = Set(wanted.models.map(\.reference)).filter {
                !known.contains($0.description)
            }
            let models = try new.map { reference in try loadAnswering(reference) }
            let tried = try registry.environment(environment).rollouts
            let plan = try registry.apply(
                wanted, to: environment, force: apply.force, by: user,
                time: Int(wallClockMicroseconds()))
            let written = try registry.environment(environment)
            for rollout in tried where !written.rollouts.contains(rollout) {
                note(rollout, .ended, user)
            }
            try swap(models, in: written, isFresh: true)
            watchRollouts(written.rollouts)
            return .success(plan.changes.map(\.description))
        } catch {
            return .failure(WireError(.deployFailed, "\(error)"))
        }
    }
}
