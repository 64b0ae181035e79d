// What was live when, and what was live before it.

/// The deployments of one environment, followed from the first.
///
/// Each place, a model and a pattern of documents, has a trail of versions. A version that is new to
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
            environment.deploy(
                deployment.reference, documents: deployment.documents, tags: deployment.tags)
        }
        return environment.models
    }

    /// The versions of a model by the documents they read, the one that is live at the end.
    package func trails(of name: String) -> [DocumentPattern: [ModelReference]] {
        var environment = Environment()
        var trails: [DocumentPattern: [ModelReference]] = [:]
        for deployment in deployments where deployment.reference.name == name {
            environment.deploy(deployment.reference, documents: deployment.documents)
            for model in environment.models {
                trails[model.documents, default: []].follow(model.reference)
            }
        }
        return trails
    }

    /// Whether each deployment was a return to a version that was live before.
    package var returns: [Bool] {
        deployments.indices.map { index in
            let before = DeploymentHistory(Array(deployments[..<index]))
            let (reference, documents) = (
                deployments[index].reference, deployments[index].documents
            )
            let trails = before.trails(of: reference.name).filter {
                documents == nil || documents == $0.key
            }
            return !trails.isEmpty && trails.values.allSatisfy { $0.dropLast().contains(reference) }
        }
    }

    /// The versions to roll a model back to, by the documents that its last deployment concerned.
    ///
    /// A version for which `exists` says no is passed over. Nil stands where nothing was live before.
    /// `live` is what is in use now; it may have been put there by hand.
    package func previous(
        of name: String, live: [DeployedModel], where exists: (ModelReference) -> Bool
    ) -> [(documents: DocumentPattern, version: ModelReference?)] {
        let last = deployments.last { $0.reference.name == name }
        let trails = trails(of: name)
        let places = live.filter { model in
            model.reference.name == name
                && (last?.documents == nil || last?.documents == model.documents)
        }
        return places.map { place in
            var trail = trails[place.documents] ?? []
            trail.follow(place.reference)
            return (place.documents, trail.dropLast().last(where: exists))
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
