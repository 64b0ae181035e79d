// What was live when, and what was live before it.

/// The deployments of one environment, followed from the first.
///
/// Each place, a model or a branch of it and a pattern of documents, has a trail of versions. A version that is new to
/// the trail goes on top; one that is in it is a return to it, and what lay above is forgotten. So
/// the version below the top is the one to roll back to, a second rollback goes one further, and
/// what was rolled back is never come back to.
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

    /// Whether each deployment was a return to a version that was live before.
    package var returns: [Bool] {
        var trails = Trails()
        return deployments.map { trails.follow($0) }
    }

    /// The versions to roll a model back to, by the documents that its last deployment concerned.
    ///
    /// `line` is its name, or `name@branch` for what is live on a branch. A version for which `exists`
    /// says no is passed over. Nil stands where nothing was live before. `live` is what is in use now; it
    /// may have been put there by hand.
    package func previous(
        of line: String, live: [DeployedModel], where exists: (ModelReference) -> Bool
    ) -> [(documents: DocumentPattern, version: ModelReference?)] {
        let name = line.prefix { $0 != "@" }
        var trails = Trails()
        for deployment in deployments where deployment.reference.name == name {
            trails.follow(deployment)
        }
        let documents = deployments.last { $0.line == line && !$0.isRemoval }?.documents
        let places = live.filter { model in
            model.line == line && (documents == nil || documents == model.documents)
        }
        return places.map { place in
            let trail = trails.trail(to: place)
            return (place.documents, trail.dropLast().last(where: exists))
        }
    }
}

/// The trails of all places.
private struct Trails {
    private struct Place: Hashable {
        let line: String
        let documents: DocumentPattern
    }

    private var environment = Environment()
    private var trails: [Place: [ModelReference]] = [:]

    /// Goes on by a deployment; gives whether it was a return, everywhere it concerned.
    @discardableResult
    mutating func follow(_ deployment: Deployment) -> Bool {
        let reference = deployment.reference
        environment.follow(deployment)
        if deployment.isRemoval {
            trails = trails.filter {
                $0.key.line != deployment.line || $0.key.documents != deployment.documents
            }
            return false
        }
        var isReturn = true
        for model in environment.models
        where model.reference == reference && model.line == deployment.line {
            guard deployment.documents == nil || deployment.documents == model.documents else {
                continue
            }
            let place = Place(line: model.line, documents: model.documents)
            isReturn = isReturn && trails[place, default: []].dropLast().contains(reference)
            trails[place, default: []].follow(reference)
        }
        return isReturn
    }

    /// The trail of a place, with what is in use there at its end.
    func trail(to model: DeployedModel) -> [ModelReference] {
        let place = Place(line: model.line, documents: model.documents)
        var trail = trails[place] ?? []
        trail.follow(model.reference)
        return trail
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

extension [ModelReference] {
    /// Goes on to a version, or back to it.
    fileprivate mutating func follow(_ reference: ModelReference) {
        if let place = firstIndex(of: reference) {
            removeSubrange((place + 1)...)
        } else {
            append(reference)
        }
    }
}
