// What was live when, and what was live before it.

/// The deployments of one environment, followed from the first.
///
/// Each place, a model or a branch of it and a pattern of documents, has a stack of versions. A deployment
/// puts its version on top, one that was live earlier too; a deployment of what is live changes nothing. A
/// rollback takes off what lies above the version it goes to. So that version was live right before, and a
/// second rollback goes one further.
package struct DeploymentHistory: Sendable {
    /// The oldest first.
    package let deployments: [Deployment]

    package init(_ deployments: [Deployment]) { self.deployments = deployments }

    /// What was live at a time, in microseconds since 1970, as far as the history tells.
    package func models(at time: Int) -> [DeployedModel] {
        var environment = Environment()
        for deployment in deployments where deployment.time <= time {
            environment.follow(deployment)
        }
        return environment.models
    }

    /// What a place is rolled back to.
    package struct Return {
        package let documents: DocumentPattern
        /// Nil where nothing was live before that is still there.
        package let version: ModelReference?
        /// What was live in between and is no more there, the latest first.
        package let missing: [ModelReference]
        /// The list of approved tags before the deployment that is taken back, where that came with another.
        ///
        /// What was approved since, or by itself, stays.
        package let approved: Approved?

        /// A list of approved tags; nil for those that the version was trained for.
        package struct Approved: Hashable, Sendable {
            package let tags: [String]?
        }
    }

    /// The versions to roll a model back to, by the documents that its last change concerned: what was
    /// changed at one time, on several patterns, goes back together.
    ///
    /// `line` is its name, or `name@branch` for what is live on a branch. A version for which `exists`
    /// says no is passed over. `live` is what is in use now; it may have been put there by hand.
    package func previous(
        of line: String, live: [DeployedModel], where exists: (ModelReference) -> Bool
    ) -> [Return] {
        let name = modelName(of: line)
        var stacks = Stacks()
        var last: [Deployment] = []
        for deployment in deployments where deployment.reference.name == name {
            guard stacks.follow(deployment), deployment.line == line else { continue }
            if last.first?.time != deployment.time { last = [] }
            last.append(deployment)
        }
        return live.filter { model in
            model.line == line
                && (last.isEmpty
                    || last.contains { $0.documents == nil || $0.documents == model.documents })
        }.map { stacks.previous(of: $0, where: exists) }
    }
}

/// The stacks of all places.
private struct Stacks {
    private struct Place: Hashable {
        let line: String
        let documents: DocumentPattern
    }

    private var environment = Environment()
    private var stacks: [Place: [Entry]] = [:]

    struct Entry {
        let reference: ModelReference
        /// The list of tags that another one took the place of when the version came.
        var approvedBefore: DeploymentHistory.Return.Approved?
    }

    /// Goes on by one; gives whether another version is live somewhere by that.
    mutating func follow(_ deployment: Deployment) -> Bool {
        let tags = environment.models.first { $0.line == deployment.line }?.tags
        environment.follow(deployment)
        if deployment.isRemoval {
            stacks = stacks.filter {
                $0.key.line != deployment.line || $0.key.documents != deployment.documents
            }
            return false
        }
        var isChange = false
        for model in environment.models
        where model.reference == deployment.reference && model.line == deployment.line {
            guard deployment.documents == nil || deployment.documents == model.documents else {
                continue
            }
            let place = Place(line: model.line, documents: model.documents)
            var entry = Entry(reference: deployment.reference)
            if let new = deployment.tags, new != tags { entry.approvedBefore = .init(tags: tags) }
            if stacks[place, default: []].follow(entry, deployment) { isChange = true }
        }
        return isChange
    }

    /// What a place is rolled back to.
    func previous(
        of place: DeployedModel, where exists: (ModelReference) -> Bool
    ) -> DeploymentHistory.Return {
        let stack = stacks[Place(line: place.line, documents: place.documents)] ?? []
        let isKnown = stack.last?.reference == place.reference
        // Where what lay between two uses of a version is gone, it is not its own predecessor.
        let below = (isKnown ? stack.dropLast() : stack[...]).map(\.reference)
            .filter { $0 != place.reference }
        var missing: [ModelReference] = []
        for gone in below.reversed().prefix(while: { !exists($0) }) where !missing.contains(gone) {
            missing.append(gone)
        }
        return DeploymentHistory.Return(
            documents: place.documents, version: below.last(where: exists), missing: missing,
            approved: isKnown ? stack.last?.approvedBefore : nil)
    }
}

extension Environment {
    fileprivate mutating func follow(_ deployment: Deployment) {
        let reference = deployment.reference
        guard deployment.isRemoval else {
            return deploy(
                reference, documents: deployment.documents, tags: deployment.tags,
                branch: deployment.branch)
        }
        models.removeAll {
            $0.reference == reference && $0.documents == deployment.documents
                && $0.branch == deployment.branch
        }
    }
}

extension [Stacks.Entry] {
    /// Goes on to a version, or back to it; gives whether it was not there already.
    fileprivate mutating func follow(_ entry: Element, _ deployment: Deployment) -> Bool {
        if last?.reference == entry.reference {
            if deployment.tags != nil { self[count - 1].approvedBefore = nil }
            return false
        }
        if deployment.isRollback,
            let place = lastIndex(where: { $0.reference == entry.reference })
        {
            removeSubrange((place + 1)...)
        } else {
            append(entry)
        }
        return true
    }
}
