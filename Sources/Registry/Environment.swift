// What an environment serves, to whom and how much of it.

package import JSON

/// The content of `environment.json`.
package struct Environment: Equatable, Sendable {
    package var models: [DeployedModel]
    /// Those that differ from the defaults of the service.
    package var limits: [EnvironmentLimit: Int]
    package var keys: [AccessKey]
    /// The origins of pages that may connect, beside the server's own; `*` is any.
    package var origins: [String]
    /// Which answers are kept for somebody to look at.
    package var review: Review
    /// Versions that are tried beside those in use; at most one of each model.
    package var rollouts: [Rollout] = []
    /// Whether only versions from a clean tree of `branch` come in, their tests passed.
    package var isProtected: Bool
    package var branch: String
    /// Where its server listens unless it is told otherwise; nil for the usual port.
    package var port: Int?
    /// When models are trained anew, by their names.
    package var schedules: [String: Schedule]
    /// Experiments on live traffic, as they stand in the file: the service defines what they mean.
    package var experiments: [JSONValue]

    /// The names of environments that are protected unless their file says otherwise.
    package static let protectedNames: Set = ["staging", "production"]

    /// Answers below a confidence, and how many of each model.
    package struct Review: Equatable, Sendable {
        package var confidence: Double
        package var kept: Int

        package init(confidence: Double = 0.5, kept: Int = 10_000) {
            self.confidence = confidence
            self.kept = kept
        }
    }

    package init(
        models: [DeployedModel] = [], limits: [EnvironmentLimit: Int] = [:],
        keys: [AccessKey] = [], origins: [String] = [], review: Review = Review(),
        isProtected: Bool = false, branch: String = "main", port: Int? = nil,
        schedules: [String: Schedule] = [:], experiments: [JSONValue] = []
    ) {
        self.schedules = schedules
        self.experiments = experiments
        self.isProtected = isProtected
        self.branch = branch
        self.port = port
        self.models = models
        self.limits = limits
        self.keys = keys
        self.origins = origins
        self.review = review
    }

    /// The models that read a document, in the order of the file.
    package func models(for document: String) -> [DeployedModel] {
        models.filter { $0.documents.matches(document) }
    }

    /// Puts a version in use, for those who ask for `branch` or, without one, for all others.
    ///
    /// With a pattern, for the documents of that pattern only; without one, wherever the model is
    /// deployed already, or for all documents if it is nowhere. The tags that are approved for the
    /// model stay as they are, unless a new list is given. What is new to a branch reads what the model
    /// without a branch reads, and has its tags. Without a branch it takes the place of an arm that an
    /// experiment shipped, and ends what is tried of the model.
    package mutating func deploy(
        _ reference: ModelReference, documents: DocumentPattern?, tags: [String]? = nil,
        branch: String? = nil
    ) {
        let line = DeployedModel.line(reference.name, branch)
        let own = models.filter { $0.line == line }
        let model = own.isEmpty ? models.filter { $0.line == reference.name } : own
        let tags = tags ?? model.first { $0.tags != nil }?.tags
        let use = { DeployedModel(reference: reference, documents: $0, tags: tags, branch: branch) }
        let places = models.indices.filter { index in
            models[index].line == line
                && (documents == nil || models[index].documents == documents)
        }
        for index in places { models[index] = use(models[index].documents) }
        if places.isEmpty {
            let usual = model.isEmpty ? [DocumentPattern("*")] : model.map(\.documents)
            models += (documents.map { [$0] } ?? usual).map(use)
        }
        for i in models.indices where models[i].line == line { models[i].tags = tags }
        guard branch == nil else { return }
        endShipping(of: [reference.name])
        rollouts.removeAll { $0.reference.name == reference.name }
    }
}

/// A version in use, and the documents it reads.
package struct DeployedModel: Hashable, Sendable {
    package let reference: ModelReference
    package let documents: DocumentPattern
    /// The tags that may be shown, whatever the model says; nil for those it was trained for.
    package var tags: [String]?
    /// The branch for whose askers it is live, beside what is for all others; nil for that.
    package let branch: String?

    package init(
        reference: ModelReference, documents: DocumentPattern, tags: [String]? = nil,
        branch: String? = nil
    ) {
        self.branch = branch
        self.tags = tags
        self.reference = reference
        self.documents = documents
    }

    /// What it is a version of, each with a history of its own: `name`, or `name@branch`.
    package var line: String { Self.line(reference.name, branch) }

    package static func line(_ name: String, _ branch: String?) -> String {
        branch.map { "\(name)@\($0)" } ?? name
    }
}

/// What an environment can bound otherwise than the service does by default.
package enum EnvironmentLimit: String, CaseIterable, Sendable {
    /// Open at one time.
    case connections
    /// The longest message of a client, in bytes.
    case messageBytes
    /// The longest text of a document, in UTF-16 code units.
    case documentLength
    /// Open at one time on one connection.
    case documentsPerConnection
    /// Revisions kept for sessions that resume and for late edits.
    case history
    /// Seconds after which a silent connection is closed.
    case idleSeconds
    /// Seconds that a document without readers stays in memory.
    case evictionSeconds
    /// Seconds for connections to end in when the server stops.
    case drainSeconds

    /// What it may be: a time is a day at most.
    var range: ClosedRange<Int> {
        switch self {
        case .idleSeconds, .evictionSeconds, .drainSeconds: 1...86_400
        case .connections, .messageBytes, .documentLength, .documentsPerConnection, .history:
            1 ... .max
        }
    }
}

/// Lets in whoever knows the token.
package struct AccessKey: Hashable, Sendable {
    package let token: String
    package let role: Role
    /// The user that the bearer is; nil if it may say so itself.
    package let user: String?
    /// The documents that an editor may read and edit; nil for all, as for an operator.
    package let documents: [DocumentPattern]?
    /// Groups that the bearer belongs to, for recommenders with a rule of access.
    package let groups: [String]

    package init(
        token: String, role: Role, user: String? = nil, documents: [DocumentPattern]? = nil,
        groups: [String] = []
    ) {
        self.groups = groups
        self.token = token
        self.role = role
        self.user = user
        self.documents = documents
    }

    package enum Role: String, CaseIterable, Sendable {
        /// Opens and edits documents.
        case editor
        /// Watches events and deploys, too.
        case `operator`
    }
}
