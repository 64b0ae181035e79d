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
    /// By the version tried.
    var starts: [String: Start] = [:]

    /// How the version tried and the live one did when the step began, and the live one when the trial did.
    struct Start {
        var trial: VersionHealth
        var live: VersionHealth
        let begun: VersionHealth
    }
    var timer: (any DispatchSourceTimer)?
}

extension Control {
    /// Seconds between two looks at a canary.
    private static var interval: Double { 0.5 }

    // MARK: Beginning and ending

    /// Tries a version beside the one in use.
    func begin(
        _ reference: ModelReference, as deploy: ClientMessage.Deploy, by user: String
    ) throws -> ServerMessage.Deployed {
        let rollout = try Rollout(
            deploy.rollout ?? [:], of: reference, since: Int(wallClockMicroseconds()), by: user)
        let old = current.withLock { $0 }
        guard old.model(reference.name)?.reference != reference.description else {
            throw RegistryError.liveAlready(reference, environment: environment)
        }
        // Loaded before it is written down, as what is deployed.
        guard let trial = try trial(rollout, in: old) else {
            throw RegistryError.notDeployed(reference.name, environment: environment)
        }
        let before = try registry.environment(environment)
        let written = try registry.begin(
            rollout, in: environment, force: deploy.force, why: deploy.why)
        // What it has answered so far, it has answered as another canary.
        watch.withLock { $0.starts[reference.description] = nil }
        swap(trying: [trial], in: written, by: user)
        tellEnded(from: before, to: written, rollout.replacement)
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
        let model = try loadAnswering(rollout.reference, as: isShadow ? "shadow" : Trial.arm)
        return Trial(model: model.live(on: live.documents, approved: live.approved), rollout)
    }

    /// Tells of what is tried no more, as another version takes all, or another is tried.
    func tellEnded(from before: Environment, to written: Environment, _ reason: String) {
        for rollout in before.rollouts where !written.rollouts.contains(rollout) {
            note(rollout, .ended, reason)
        }
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
        let tried = current.withLock { $0.trials.map(\.model.reference) }
        for rollout in written.rollouts
        where rollout.mode == .canary && tried.contains(rollout.reference.description) {
            judge(rollout, at: Int(wallClockMicroseconds()))
        }
    }

    private func judge(_ rollout: Rollout, at now: Int) {
        let (trial, live) = health(of: rollout)
        let verdict = rollout.verdict(
            of: trial, beside: live, latencyBounds: ServiceMetrics.versionBounds, now: now)
        do {
            switch verdict {
            case .hold: break
            case .halt(let reason): try halt(rollout, reason, now)
            case .grow: try change(rollout, by: 1, .grown, now)
            case .reduce: try change(rollout, by: -1, .reduced, now)
            case .promote: try promote(rollout, now)
            }
        } catch {
            abandon(rollout, "\(error)", now)
        }
    }

    /// How a canary did since the step began, and what it is compared with: what was live meanwhile; where that
    /// was asked too little, as where the canary answers all, what it did since the canary began, or ever did here.
    private func health(of rollout: Rollout) -> (trial: VersionHealth, live: VersionHealth) {
        let now = totals(of: rollout)
        let start = watch.withLock { watch in
            let name = rollout.reference.description
            if watch.starts[name] == nil {
                watch.starts[name] = .init(trial: now.trial, live: now.live, begun: now.live)
            }
            return watch.starts[name]
        }
        guard let start else { return now }
        let references = [now.live.since(start.live), now.live.since(start.begun), now.live]
        return (now.trial.since(start.trial), VersionHealth.reference(references))
    }

    private func totals(of rollout: Rollout) -> (trial: VersionHealth, live: VersionHealth) {
        let live = current.withLock { $0.model(rollout.reference.name)?.reference } ?? ""
        return (health(of: rollout.reference.description), health(of: live))
    }

    private func health(of version: String) -> VersionHealth {
        var health = metrics.health(of: version)
        health.intents = current.withLock { $0.model(version)?.drift }?.intents ?? [:]
        return health
    }

    private func change(
        _ rollout: Rollout, by steps: Int, _ change: RolloutChange, _ now: Int
    ) throws {
        var next = rollout
        (next.step, next.since) = (rollout.step + steps, now)
        let written = try registry.change(
            next, change, in: environment, by: nil, reason: nil, time: now)
        let (trial, live) = totals(of: rollout)
        watch.withLock { watch in
            watch.starts[rollout.reference.description]?.trial = trial
            watch.starts[rollout.reference.description]?.live = live
        }
        swap(in: written, by: rollout.by)
        note(next, change, nil)
    }

    private func halt(_ rollout: Rollout, _ reason: String, _ now: Int) throws {
        let written = try registry.change(
            rollout, .halted, in: environment, by: nil, reason: reason, time: now)
        swap(in: written, by: rollout.by)
        note(rollout, .halted, reason)
    }

    /// Has what is live answer all again, also where that cannot be written down.
    private func abandon(_ rollout: Rollout, _ reason: String, _ now: Int) {
        do {
            try halt(rollout, reason, now)
        } catch {
            var deployments = current.withLock { $0 }
            deployments.trials.removeAll {
                $0.model.reference == rollout.reference.description
            }
            use(deployments)
            note(rollout, .halted, reason)
        }
    }

    private func promote(_ rollout: Rollout, _ now: Int) throws {
        // Loaded before it is written down, as what is deployed.
        let model = try answering(rollout.reference)
        let written = try registry.promote(rollout, in: environment, time: now)
        swap([model], in: written, by: rollout.by)
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
