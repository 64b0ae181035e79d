// An experiment on live traffic.

internal import Documents
internal import Experiments
internal import JSON
internal import Ranking
internal import Wire

/// An experiment with the versions that its arms are.
struct LiveExperiment: Sendable {
    let experiment: Experiment
    /// The model that it concerns, without a version.
    let model: String
    /// By arm; nil for what is deployed.
    let arms: [LiveModel?]

    /// The version that an arm gives, and what using it is called.
    fileprivate func arm(_ number: Int, of unit: String, instead model: LiveModel) -> ChosenModel {
        let name = experiment.arms[number].name
        let exposure = Exposure(
            experiment: experiment.name, unit: unit, arm: name, period: experiment.period,
            created: experiment.created)
        return ChosenModel(model: arms[number] ?? model, arm: name, exposure: exposure)
    }
}

/// Who or what asks, by the units that experiments assign.
struct Units: Sendable {
    /// Nil for somebody who gave no name.
    var user: String?
    var session: PeerID?
    var document: String?
    /// The branch whose models it asks for; no unit of experiments.
    var branch: String?

    fileprivate func id(of unit: AssignmentUnit) -> String? {
        switch unit {
        case .user: user
        case .session: session?.description
        case .document: document
        }
    }

    /// What a canary's share is counted by: the document, else the user, else the session.
    fileprivate var canaryUnit: String { document ?? user ?? session?.description ?? "" }
}

extension Session {
    /// What a request of the session is assigned by.
    func units(in document: String? = nil) -> Units {
        Units(user: person, session: peer, document: document, branch: branch)
    }
}

/// That a unit is in an arm, to be logged when the arm is used.
struct Exposure: Hashable, Sendable {
    let experiment: String
    let unit: String
    let arm: String
    /// The number of the shares by which it was assigned.
    let period: Int
    /// When the experiment was defined.
    let created: Double?

    var json: JSONValue {
        let own: JSONValue = [
            "experiment": .string(experiment), "unit": .string(unit), "arm": .string(arm),
            "period": .number(Double(period)),
        ]
        return created.map { own.merging(["created": .number($0)]) } ?? own
    }
}

/// What was known of a unit before an arm could make a difference, for reports by slices.
struct Occasion {
    let session: Session
    var document: String?
    /// Of a list that was asked for.
    var source: String?
    /// What a classifier took the text to mean that a list was asked for.
    var intent: String?
    /// In microseconds since 1970, nil for now: what comes of an exposure is not before it.
    var time: Int?

    var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        if let workspace = document?.prefix(while: { $0 != "/" }) {
            members.append(("workspace", .string(String(workspace))))
        }
        if let groups = session.rights.viewer?.groups, !groups.isEmpty {
            members.append(("group", .array(groups.map { .string($0) })))
        }
        if let source { members.append(("source", .string(source))) }
        if let intent { members.append(("intent", .string(intent))) }
        return .object(members)
    }
}

extension Deployments {
    /// The experiment that a version is an arm of, if it is nothing else.
    func experiment(of reference: String) -> String? {
        guard !(models + trials.map(\.model)).contains(where: { $0.reference == reference }) else {
            return nil
        }
        return experiments.first { live in
            live.arms.contains { $0?.reference == reference }
        }?.experiment.name
    }

    /// The version of a model that answers somebody: a canary, if the share that it has includes them; else
    /// that of an experiment's arm.
    ///
    /// A greater share includes all that a lesser one does. What is live on a branch is neither tried nor an arm.
    /// An arm that was shipped, the last one of several, goes to those who are in none of one that runs.
    /// `now` is in seconds since 1970.
    func chosen(_ model: LiveModel, for units: Units, at now: Double) -> ChosenModel {
        guard model.branch == nil else { return ChosenModel(model: model) }
        let trial = trials.first { $0.model.name == model.name && !$0.isShadow }
        if let trial, trial.includes(units.canaryUnit) {
            return ChosenModel(model: trial.model, arm: Trial.arm)
        }
        var answering = model
        for live in experiments where live.model == model.name {
            guard let unit = units.id(of: live.experiment.unit) else { continue }
            switch live.experiment.assignment(of: unit, at: now) {
            case .arm(let number):
                return live.arm(number, of: unit, instead: model)
            case .shipped(let number):
                answering = live.arms[number] ?? model
            case .holdout, .outside: continue
            }
        }
        return ChosenModel(model: answering)
    }
}
