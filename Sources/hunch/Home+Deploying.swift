// Putting versions into use, on the running server or on the files.

import JSON
import Reactor
import Registry
import Wire

extension Home {
    /// What came of a deployment.
    struct Deployed {
        let reference: ModelReference
        /// Whether it is only tried, and how.
        let tried: Rollout.Mode?
        /// Where it was put into use for those who ask for a branch.
        let branch: String?
        /// What was in use before on the same documents, or beside it if it is only tried; nil for nothing.
        let previous: String?
        /// The other versions of the model, which stay in use on other documents.
        let beside: [DeployedModel]
        /// Whether a running server has switched, rather than the files been changed.
        fileprivate(set) var isLive = false
        /// Experiments whose shipped arm all got until now in its place.
        let ended: [String]
        /// Experiments that run and have another control by it.
        let compared: [String]

        /// What it has versions of, as `rollback` takes it.
        var line: String { DeployedModel.line(reference.name, branch) }

        /// Where it was done, for people.
        var place: String {
            (isLive ? "on the running server" : "in the files; no server runs")
                + ended.map { "; it takes the place of what experiment '\($0)' shipped" }.joined()
                + compared.map { "; experiment '\($0)' compares with it from now on" }.joined()
        }
    }

    /// Puts a version into use in the environment, tested unless it is a rollback.
    ///
    /// `documents` nil is wherever the model is in use, `branch` nil for all who ask for no other. The registry
    /// refuses what falls short.
    func deploy(
        _ reference: ModelReference, branch: String? = nil, documents: [String]? = nil,
        tags: [String]? = nil, force: String? = nil, why: String? = nil, isRollback: Bool = false,
        rollout: JSONValue? = nil
    ) throws -> Deployed {
        if !isRollback {
            try BehaviouralTests(of: reference.name, in: registry)?.run(on: reference, in: registry)
        }
        let deploy = ClientMessage.Deploy(
            model: reference.name, version: reference.version, documents: documents, tags: tags,
            force: force, why: why, branch: branch, isRollback: isRollback, rollout: rollout)
        var deployed = try outcome(of: deploy, reference)
        deployed.isLive = try askServer(.deploy(deploy)) != nil
        if !deployed.isLive { try write(deploy, reference) }
        return deployed
    }

    /// What a deployment comes to, by what is in use before it.
    private func outcome(
        of deploy: ClientMessage.Deploy, _ reference: ModelReference
    ) throws -> Deployed {
        let known = try registry.environment(environment)
        let isTried = deploy.rollout != nil
        let own = known.models.filter {
            $0.line == DeployedModel.line(reference.name, deploy.branch)
        }
        let isReplaced = { (model: DeployedModel) in
            isTried || deploy.documents?.contains(model.documents.text) ?? true
        }
        let isForAll = deploy.branch == nil && !isTried
        let isOther = own.isEmpty || own.contains { isReplaced($0) && $0.reference != reference }
        return Deployed(
            reference: reference,
            tried: deploy.rollout?["mode"]?.string.flatMap(Rollout.Mode.init(rawValue:)),
            branch: deploy.branch, previous: own.first(where: isReplaced)?.reference.description,
            beside: own.filter { !isReplaced($0) && $0.reference != reference },
            ended: isForAll ? known.shipped(insteadOf: reference.name) : [],
            compared: isForAll && isOther ? known.comparing(with: reference.name) : [])
    }

    /// Deploys on the files: no server runs.
    private func write(_ deploy: ClientMessage.Deploy, _ reference: ModelReference) throws {
        if let rollout = deploy.rollout {
            let rollout = try Rollout(
                rollout, of: reference, since: Int(wallClockMicroseconds()), by: Self.user)
            _ = try registry.begin(
                rollout, in: environment, force: deploy.force, why: deploy.why)
            return
        }
        // What is done at one time is taken back at one time.
        let time = Int(wallClockMicroseconds())
        for pattern in deploy.documents.map({ $0.map(DocumentPattern.init) }) ?? [nil] {
            try registry.deploy(
                reference, to: environment, documents: pattern, branch: deploy.branch,
                tags: deploy.tags, force: deploy.force, why: deploy.why,
                isRollback: deploy.isRollback, by: Self.user, time: time)
        }
    }

    /// Takes a branch of a model out of use; gives whether a running server did it.
    func withdraw(_ name: String, _ branch: String, why: String?) throws -> Bool {
        let request = ClientMessage.Body.deploy(
            .init(model: name, why: why, branch: branch, isRemoval: true))
        if try askServer(request) != nil { return true }
        _ = try registry.withdraw(
            DeployedModel.line(name, branch), from: environment, why: why, by: Self.user,
            time: Int(wallClockMicroseconds()))
        return false
    }
}
