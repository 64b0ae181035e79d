// One of the ways to do a thing that an experiment compares.

package import JSON

/// A name and what those see who are in it.
///
/// The first arm of an experiment is the control: the others are compared with it.
package struct Arm: Equatable, Sendable {
    package let name: String
    package let treatment: Treatment

    package init(_ name: String, _ treatment: Treatment = .deployed) {
        self.name = name
        self.treatment = treatment
    }

    package enum Treatment: Equatable, Sendable {
        /// What is deployed, unchanged.
        case deployed
        /// A version of a model, `name@version`.
        case model(String)
        /// A merge patch (RFC 7396) over the definition of the recommender of that name.
        case settings(recommender: String, patch: JSONValue)
    }

    /// Whether it becomes another when another version is deployed.
    package var followsDeployed: Bool {
        if case .model = treatment { false } else { true }
    }

    /// The model that it is a form of, without a version; nil for what is deployed.
    package var model: String? {
        switch treatment {
        case .deployed: nil
        case .model(let reference): String(reference.prefix { $0 != "@" })
        case .settings(let recommender, _): recommender
        }
    }
}
