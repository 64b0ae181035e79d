// Versions that are tried: begun, judged by what they answer, grown, halted, put in the place of what is live.

internal import Dispatch
internal import JSON
internal import Reactor
internal import Registry
internal import Synchronization
internal import Telemetry
internal import Wire

/// What is remembered of rollouts while they go on.
struct RolloutWatch {
    /// By the version tried: how it and the live one did when the step began.
    var starts: [String: (trial: VersionHealth, live: VersionHealth)] = [:]
    var timer: (any DispatchSourceTimer)?
}

extension Control {
    /// Seconds between two looks at a canary.
    private static var interval: Double { 0.5 }

    // MARK: Beginning and ending

    /// Tries a version beside the one in use.
    func begin(
        _ json: JSONValue, _ reference: ModelReference, force: String?, why: String?,
        by user: String
    ) throws -> ServerMessage.Deployed {
        let members: [(key: String, value: JSONValue)] = [
            ("name", .string(reference.name)), ("version", .string(reference.version)),
            ("since", .number(Double(wallClockMicroseconds()))), ("by", .string(user)),
        ]
        let rollout = try Rollout(.object((json.object ?? []) + members))
        let old = current.withLock { $0 }
        // Loaded before it is written down, as what is deployed.
        guard let trial = try trial(rollout, in: old) else {
            throw RegistryError.notDeployed(reference.name, environment: environment)
        }
        let replaced = try registry.environment(environment).rollouts.filter {
            $0.reference.name == reference.name
        }
        let written = try registry.begin(rollout, in: environment, force: force, why: why)
        show([trial], with: written)
        for old in replaced { note(old, .ended, rollout.replacement) }
        note(rollout, .begun, nil)
        let live = old.model(reference.name)
        return .init(deployment: trial.model.wire, previous: live?.reference)
    }

    /// The version of a rollout, loaded; nil where no version of the model is in use.
    func trial(_ rollout: Rollout, in deployments: Deployments) throws -> Trial? {
        guard let live = deployments.models.first(where: { $0.name == rollout.reference.name }),
            live.reference != rollout.reference.description
        else { return nil }
        let isShadow = rollout.mode == .shadow
        var model = try loadAnswering(rollout.reference, as: isShadow ? "shadow" : Trial.arm)
        (model.documents, model.approved) = (live.documents, live.approved)
        return Trial(model: model, isShadow: isShadow, share: rollout.share)
    }

    /// The environment without what was tried of a model: another version takes all.
    func endingTrial(
        of name: String, in written: Environment, by user: String, reason: String
    ) throws -> Environment {
        guard let rollout = written.rollouts.first(where: { $0.reference.name == name }) else {
            return written
        }
        note(rollout, .ended, reason)
        return try registry.change(
            rollout, .ended, in: environment, by: user, reason: reason,
            time: Int(wallClockMicroseconds()))
    }

    /// Has the shards use what an environment says is tried; `loaded` are those that are new.
    private func show(_ loaded: [Trial], with written: Environment) {
        let old = current.withLock { $0 }
        var deployments = old
        deployments.trials = written.rollouts.compactMap { rollout in
            let name = rollout.reference.description
            let known = (loaded + old.trials).first { $0.model.reference == name }
            return known.map {
                Trial(
                    model: $0.model, isShadow: rollout.mode == .shadow, share: rollout.share)
            }
        }
        use(deployments)
        for trial in loaded {
            guard case .recommender(let worker, _) = trial.model.kind,
                case .recommender(let live, _) = old.model(trial.model.name)?.kind
            else { continue }
            catchUp(worker, after: [live])
        }
        watchRollouts(written.rollouts)
    }

    // MARK: Judging

    /// Looks at canaries from now on, as long as there are any.
    func watchRollouts(_ rollouts: [Rollout]) {
        watch.withLock { watch in
            let names = rollouts.map(\.reference.description)
            watch.starts = watch.starts.filter { names.contains($0.key) }
            let isNeeded = rollouts.contains { $0.mode == .canary }
            if isNeeded, watch.timer == nil {
                let timer = DispatchSource.makeTimerSource(queue: queue)
                timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
                timer.setEventHandler { [weak self] in self?.judgeRollouts() }
                timer.resume()
                watch.timer = timer
            } else if !isNeeded {
                watch.timer?.cancel()
                watch.timer = nil
            }
        }
    }

    private func judgeRollouts() {
        guard let written = try? registry.environment(environment) else { return }
        for rollout in written.rollouts where rollout.mode == .canary {
            let (trial, live) = health(of: rollout)
            let now = Int(wallClockMicroseconds())
            let verdict = rollout.verdict(
                of: trial, beside: live, latencyBounds: ServiceMetrics.versionBounds, now: now)
            do {
                switch verdict {
                case .hold: break
                case .halt(let reason): try end(rollout, .halted, reason, now)
                case .grow: try grow(rollout, now)
                case .promote: try promote(rollout, now)
                }
            } catch {
                note(rollout, .halted, "\(error)")
            }
        }
    }

    /// How a canary and what is live did since the step began.
    private func health(of rollout: Rollout) -> (trial: VersionHealth, live: VersionHealth) {
        let name = rollout.reference.description
        let live = current.withLock { $0.model(rollout.reference.name)?.reference } ?? ""
        let now = (trial: health(of: name), live: health(of: live))
        let start = watch.withLock { watch in
            if watch.starts[name] == nil { watch.starts[name] = now }
            return watch.starts[name] ?? now
        }
        return (now.trial.since(start.trial), now.live.since(start.live))
    }

    private func health(of version: String) -> VersionHealth {
        var health = metrics.health(of: version)
        health.intents = current.withLock { $0.model(version)?.drift }?.intents ?? [:]
        return health
    }

    private func grow(_ rollout: Rollout, _ now: Int) throws {
        var next = rollout
        (next.step, next.since) = (rollout.step + 1, now)
        let written = try registry.change(
            next, .grown, in: environment, by: nil, reason: nil, time: now)
        watch.withLock { $0.starts[rollout.reference.description] = nil }
        show([], with: written)
        note(next, .grown, nil)
    }

    private func end(
        _ rollout: Rollout, _ change: RolloutChange, _ reason: String, _ now: Int
    ) throws {
        let written = try registry.change(
            rollout, change, in: environment, by: nil, reason: reason, time: now)
        show([], with: written)
        note(rollout, change, reason)
    }

    private func promote(_ rollout: Rollout, _ now: Int) throws {
        // What it fell short of was forgiven, and written down, when it was begun.
        try registry.deploy(
            rollout.reference, to: environment, force: "it was tried as a canary",
            why: "its canary went through all steps", by: rollout.by, time: now)
        let written = try registry.change(
            rollout, .promoted, in: environment, by: nil, reason: nil, time: now)
        // Anew, as what is live: that it was a canary stands in what it logs.
        try swap([loadAnswering(rollout.reference)], in: written, isFresh: true, by: rollout.by)
        watchRollouts(written.rollouts)
        note(rollout, .promoted, nil)
    }

    func note(_ rollout: Rollout, _ change: RolloutChange, _ reason: String?) {
        let fields: [EventField] = [
            EventField("model", .string(rollout.reference.description)),
            EventField("mode", .string(rollout.mode.rawValue)),
            EventField("change", .string(change.rawValue)),
            EventField("share", .number(rollout.share)),
            EventField("reason", .string(reason ?? "")),
        ]
        inboxes.withLock { $0.first }?.post(
            .run { $0.note(.rollout, document: nil, fields: fields) })
    }
}
