// Experiments of a running server: begun, changed, stopped, shipped.

internal import Dispatch
internal import Experiments
internal import JSON
internal import Ranking
internal import Reactor
internal import Registry
internal import Synchronization
internal import Telemetry
internal import Wire

extension Control {
    /// Begins an experiment, or takes the new form of one that is there: an arm whose share grows keeps its
    /// units.
    ///
    /// It blocks: call it on `queue`.
    func begin(
        experiment json: JSONValue, by user: String
    ) throws -> ServerMessage.Deployed {
        var deployments = current.withLock { $0 }
        var live: LiveExperiment?
        let (set, experiment) = try registry.begin(
            experiment: json, in: environment, by: user, time: Int(wallClockMicroseconds())
        ) { experiment in
            guard experiment.state != .stopped else { return }
            live = try liveExperiment(experiment, in: deployments)
        }
        let others = deployments.experiments.filter { $0.experiment.name != experiment.name }
        let all = others + [live].compactMap(\.self)
        deployments.experiments = set.experiments.compactMap { next in
            all.first { $0.experiment.name == next.name }
        }
        replace(by: deployments)
        tell(experiment, by: user)
        let model = experiment.models.first.flatMap { deployments.model($0) }
        return .init(
            deployment: model?.wire
                ?? .init(model: experiment.name, kind: "experiment", documents: []))
    }

    /// Deletes an experiment that was stopped: nobody is in an arm of it, so all goes on.
    ///
    /// It blocks: call it on `queue`.
    func delete(experiment json: JSONValue, by user: String) throws -> ServerMessage.Deployed {
        let name = json["name"]?.string ?? ""
        try registry.deleteExperiment(
            name, from: environment, by: user, time: Int(wallClockMicroseconds()))
        var deployments = current.withLock { $0 }
        deployments.experiments.removeAll { $0.experiment.name == name }
        replace(by: deployments)
        tell(name, "removed", by: user)
        return .init(deployment: .init(model: name, kind: "experiment", documents: []))
    }

    /// Has shards choose versions anew when the next experiment begins or ends by its definition.
    func awaitBoundary(of deployments: Deployments) {
        let now = Double(wallClockMicroseconds()) / 1e6
        let times = deployments.experiments.filter { $0.experiment.state == .running }
            .flatMap { [$0.experiment.start, $0.experiment.stop] }
        let next = times.compactMap(\.self).filter { $0 > now }.min()
        boundary.withLock { boundary in
            guard boundary?.time != next else { return }
            boundary?.timer.cancel()
            boundary = next.map { time in
                let timer = DispatchSource.makeTimerSource(queue: queue)
                timer.setEventHandler { [weak self] in self?.passBoundary() }
                let boundary = ExperimentBoundary(time: time, timer: timer)
                boundary.wait(from: now)
                timer.resume()
                return boundary
            }
        }
    }

    private func passBoundary() {
        let now = Double(wallClockMicroseconds()) / 1e6
        let hasPassed = boundary.withLock { boundary in
            guard let known = boundary, known.time <= now else {
                boundary?.wait(from: now)
                return false
            }
            known.timer.cancel()
            boundary = nil
            return true
        }
        guard hasPassed else { return }
        let deployments = current.withLock { $0 }
        for inbox in inboxes.withLock({ $0 }) { inbox.post(.deployed(deployments)) }
        awaitBoundary(of: deployments)
    }

    /// Has recommenders that are new take in what was logged while they were loaded.
    func catchUp(_ deployments: Deployments, after old: Deployments) {
        for model in deployments.all {
            guard let worker = model.worker, !old.all.contains(where: { $0.worker === worker })
            else { continue }
            catchUp(
                worker, after: old.all.filter { $0.name == model.name }.compactMap(\.worker))
        }
    }

    /// The experiments of a file, on the models of `deployments`.
    ///
    /// One that goes on as it was keeps the arms that cannot be made of what is deployed now. Another that
    /// cannot be run is left out, as is one whose model is deployed no more, unless `body` throws; it does not
    /// hear of those that are stopped.
    func liveExperiments(
        _ written: Environment, in deployments: Deployments, orElse body: (any Error) throws -> Void
    ) rethrows -> [LiveExperiment] {
        try written.experiments.compactMap { json in
            do {
                return try liveExperiment(Experiment(json), in: deployments)
            } catch {
                let known = deployments.experiments.first { live in
                    live.experiment.json == json
                        && deployments.models.contains { $0.name == live.model }
                }
                if known == nil, json["state"] != "stopped" { try body(error) }
                return known
            }
        }
    }

    /// Tells of those that are in another state now.
    func tellChanges(from old: [LiveExperiment], to new: [LiveExperiment], by user: String) {
        for experiment in new.map(\.experiment)
        where old.contains(where: {
            $0.experiment.name == experiment.name && $0.experiment.state != experiment.state
        }) {
            tell(experiment, by: user)
        }
    }

    func tell(_ experiment: Experiment, by user: String) {
        tell(experiment.name, experiment.state.name, by: user)
    }

    private func tell(_ name: String, _ state: String, by user: String) {
        let fields: [EventField] = [
            EventField("name", .string(name)),
            EventField("state", .string(state)),
            EventField("by", .string(user)),
        ]
        inboxes.withLock { $0.first }?.post(
            .run { $0.note(.experiment, document: nil, fields: fields) })
    }

    /// An experiment with the versions of its arms, loaded where they are not in use by the experiments of
    /// `deployments`.
    func liveExperiment(
        _ experiment: Experiment, in deployments: Deployments
    ) throws -> LiveExperiment {
        let name = try experiment.model(among: deployments.models.map(\.name))
        guard let live = deployments.model(name) else {
            throw ExperimentError.models([name], of: experiment.name)
        }
        let known = deployments.experiments.first { $0.experiment.name == experiment.name }
        var arms: [LiveModel?] = []
        for (number, arm) in experiment.arms.enumerated() {
            guard experiment.needs(arm: number) else {
                arms.append(nil)
                continue
            }
            arms.append(
                try model(of: arm, of: experiment, beside: live) { name in
                    known?.arms.lazy.compactMap(\.self).first { $0.reference == name }
                })
        }
        return LiveExperiment(experiment: experiment, model: name, arms: arms)
    }

    private func model(
        of arm: Arm, of experiment: Experiment, beside live: LiveModel,
        known: (String) -> LiveModel?
    ) throws -> LiveModel? {
        let model: LiveModel
        switch arm.treatment {
        case .deployed: return nil
        case .model(let text):
            let reference = try registry.resolve(text).reference
            // The version that is live is no other arm than what is deployed.
            guard reference.description != live.reference else { return nil }
            model = try known(reference.description) ?? load(reference, as: arm.name)
        case .settings(_, let patch):
            // Another recommender than the one of that version: its lists have names of their own.
            let digest = Digest(of: patch.serialized()).hexadecimal.prefix(8)
            let name = "\(live.reference)~\(experiment.name).\(arm.name).\(digest)"
            model = try known(name) ?? recommender(of: live, patch, called: name, as: arm.name)
        }
        return model.live(on: live.documents, approved: live.approved)
    }
}

extension Experiment {
    /// Whether somebody may get an arm.
    fileprivate func needs(arm: Int) -> Bool {
        switch state {
        case .running: true
        case .stopped: false
        case .shipped(let shipped): shipped == arm
        }
    }
}

/// When the next experiment begins or ends by its definition.
struct ExperimentBoundary {
    /// In seconds since 1970.
    let time: Double
    let timer: any DispatchSourceTimer

    /// In seconds; a clock may be set meanwhile, so then it is looked at again.
    private static let longestWait = 3600.0

    func wait(from now: Double) {
        timer.schedule(wallDeadline: .now() + min(time - now, Self.longestWait))
    }
}
