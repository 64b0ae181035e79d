// Versions in their places: live for all, or for those who ask for a branch.

internal import NLU
internal import Reactor
internal import Registry
internal import Synchronization
internal import Wire

extension Control {
    /// What is live of a model on a branch, or without one.
    func live(_ name: String, on branch: String?) -> LiveModel? {
        current.withLock { $0.places.first { $0.name == name && $0.branch == branch } }
    }

    /// Takes a branch of a model out of use: who asks for it is answered as all others are.
    func withdraw(
        _ deploy: ClientMessage.Deploy, by user: String
    ) throws -> ServerMessage.Deployed {
        let line = DeployedModel.line(deploy.model, deploy.branch)
        let old = live(deploy.model, on: deploy.branch)
        let written = try registry.withdraw(
            line, from: environment, why: deploy.why, by: user,
            time: Int(wallClockMicroseconds()))
        swap(in: written, by: user)
        // What could not be loaded goes, too.
        let gone = Wire.Deployment(
            model: old?.reference ?? line, kind: old?.kindName ?? "none", documents: [],
            branch: deploy.branch)
        return .init(deployment: gone, previous: old?.reference)
    }
}

extension Deployments {
    /// Adds a version in the places where an environment has it.
    ///
    /// Where several lists of tags are given for it, only what stands on all of them is approved;
    /// where none is, what it was trained for.
    mutating func add(_ model: LiveModel, in uses: [DeployedModel]) {
        for branch in uses.map(\.branch).uniqued() {
            let model = model.live(
                on: uses.filter { $0.branch == branch }.map(\.documents), branch: branch,
                approved: model.approved(in: uses))
            if branch == nil { models.append(model) } else { branches.append(model) }
        }
    }

    /// As `all`, with a version in each of its places.
    var everywhere: [LiveModel] { places + all.dropFirst(inUse.count) }
}

extension LiveModel {
    fileprivate func approved(in uses: [DeployedModel]) -> ApprovedTags {
        ApprovedTags(tags.filter { tag in uses.allSatisfy { $0.tags?.contains(tag) ?? true } })
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, where it stood first.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
