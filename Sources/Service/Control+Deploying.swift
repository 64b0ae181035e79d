// Versions that are put in use on a running server.

internal import Reactor
internal import Registry
internal import Synchronization
internal import Wire

extension Control {
    /// Puts a version in use, here and in the environment's file, or does what else a deployment asks for.
    ///
    /// It blocks: call it on `queue`.
    func deploy(
        _ deploy: ClientMessage.Deploy, by user: String
    ) -> Result<ServerMessage.Deployed, WireError> {
        do {
            if let experiment = deploy.experiment {
                return .success(
                    try deploy.isRemoval
                        ? delete(experiment: experiment, by: user)
                        : begin(experiment: experiment, by: user))
            }
            if deploy.isRemoval { return .success(try withdraw(deploy, by: user)) }
            let text = deploy.version.map { "\(deploy.model)@\($0)" } ?? deploy.model
            let manifest = try registry.resolve(text)
            try registry.check(manifest, tags: deploy.tags, force: deploy.force)
            return .success(
                try deploy.rollout == nil
                    ? use(manifest.reference, as: deploy, by: user)
                    : begin(manifest.reference, as: deploy, by: user))
        } catch {
            return .failure(WireError(.deployFailed, "\(error)"))
        }
    }

    private func use(
        _ reference: ModelReference, as deploy: ClientMessage.Deploy, by user: String
    ) throws -> ServerMessage.Deployed {
        // Loaded before it is written down: what cannot be loaded is not deployed.
        let known = current.withLock { $0 }.ready(reference)
        let model = try known ?? loadAnswering(reference)
        let previous = live(reference.name, on: deploy.branch)?.reference
        let before = try registry.environment(environment)
        var written = before
        // What is done at one time is taken back at one time.
        let time = Int(wallClockMicroseconds())
        let patterns = (deploy.documents ?? []).map { DocumentPattern($0) }
        for pattern in patterns.isEmpty ? [nil] : patterns.map(Optional.some) {
            written = try registry.deploy(
                reference, to: environment, documents: pattern, branch: deploy.branch,
                tags: deploy.tags, force: deploy.force, why: deploy.why,
                isRollback: deploy.isRollback, isOpen: known == nil, by: user, time: time)
        }
        let deployments = swap([model], in: written, by: user)
        tellEnded(
            from: before, to: written,
            Rollout.displacement(by: reference, isRollback: deploy.isRollback, why: deploy.why))
        let live = deployments.places.first {
            $0.reference == model.reference && $0.branch == deploy.branch
        }
        return .init(deployment: (live ?? model).wire, previous: previous)
    }

    /// Makes the deployments what the environment says; `new` and `trials` are loaded already.
    @discardableResult
    func swap(
        _ new: [LiveModel] = [], trying trials: [Trial] = [], in written: Environment,
        by user: String
    ) -> Deployments {
        let old = current.withLock { $0.experiments }
        let deployments = deployments(new, trying: trials, in: written) { _ in }
        replace(by: deployments)
        watchRollouts(written.rollouts)
        tellChanges(from: old, to: deployments.experiments, by: user)
        return deployments
    }

    /// Has all use others; recommenders that are new learn what came meanwhile.
    func replace(by deployments: Deployments) {
        let old = current.withLock { $0 }
        use(deployments)
        catchUp(deployments, after: old)
    }

    /// What the environment says, as `swap` has it; `body` hears of experiments that cannot be run.
    ///
    /// A model that cannot be loaded is left out and reported: it is in the way of no other.
    func deployments(
        _ new: [LiveModel] = [], trying trials: [Trial] = [], in written: Environment,
        orElse body: (any Error) throws -> Void
    ) rethrows -> Deployments {
        let old = current.withLock { $0 }
        var deployments = Deployments()
        for reference in written.models.map(\.reference).uniqued() {
            let known =
                old.ready(reference) ?? new.first { $0.reference == reference.description }
            guard let model = known ?? loadIfPossible(reference) else { continue }
            deployments.add(model, in: written.models.filter { $0.reference == reference })
        }
        deployments.trials = written.rollouts.compactMap { rollout in
            (trials + old.trials).first { $0.model.reference == rollout.reference.description }
                .map { Trial(model: $0.model, rollout) }
        }
        deployments.experiments = old.experiments
        deployments.experiments = try liveExperiments(written, in: deployments, orElse: body)
        return deployments
    }

    private func loadIfPossible(_ reference: ModelReference) -> LiveModel? {
        do {
            return try load(reference)
        } catch {
            report.withLock { $0 }("\(reference) is not served: \(error)")
            return nil
        }
    }

    /// A version that is to be live: as it is loaded already, or else opened and asked once.
    ///
    /// It blocks, as long as a program takes to start.
    func answering(_ reference: ModelReference) throws -> LiveModel {
        try current.withLock { $0 }.ready(reference) ?? loadAnswering(reference)
    }
}

extension Deployments {
    /// A version as it can be live: one in use, or one that is tried.
    ///
    /// Not a recommender that is tried: its metrics are those of its arm, so it begins anew.
    func ready(_ reference: ModelReference) -> LiveModel? {
        let name = reference.description
        return inUse.first { $0.reference == name }
            ?? all.first { $0.reference == name && $0.worker == nil }
    }
}
