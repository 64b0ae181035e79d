// Messages for those who run the server: deploy and status.

package import JSON

extension ClientMessage {
    /// Brings a version of a model into service.
    package struct Deploy: Equatable, Sendable {
        package var model: String
        /// The newest where absent.
        package var version: String?
        /// Patterns of the documents that are to be read by it, such as `support/*`; where absent, those
        /// of the version before, or all.
        package var documents: [String]?
        /// The tags that may be shown from then on; where absent, the list stays as it is.
        package var tags: [String]?
        /// Why a version that falls short of its author's demands is to be deployed all the same.
        package var force: String?
        /// What it is for; the history keeps it.
        package var why: String?
        /// The branch for whose askers the version is to be live, beside what is for all others.
        package var branch: String?
        /// Whether the branch is rather taken out of use, or the experiment of that name deleted.
        package var isRemoval: Bool
        /// Whether the version was live before, and what came after it is not to be gone back to.
        package var isRollback: Bool
        /// How it is tried beside the version in use, rather than put in its place: mode, steps and guards.
        package var rollout: JSONValue?
        /// The definition of an experiment on the model, rather than a version.
        package var experiment: JSONValue?

        package init(
            model: String, version: String? = nil, documents: [String]? = nil,
            tags: [String]? = nil, force: String? = nil, why: String? = nil,
            branch: String? = nil, isRemoval: Bool = false, isRollback: Bool = false,
            rollout: JSONValue? = nil, experiment: JSONValue? = nil
        ) {
            self.why = why
            self.branch = branch
            self.isRemoval = isRemoval
            self.isRollback = isRollback
            self.experiment = experiment
            self.rollout = rollout
            self.tags = tags
            self.force = force
            self.model = model
            self.version = version
            self.documents = documents
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var model: String?
            (isRemoval, isRollback) = (false, false)
            while let key = try message.nextField() {
                switch key {
                case "model": model = try message.json.name()
                case "version": version = try message.json.name()
                case "documents": documents = try message.json.strings()
                case "tags": tags = try message.json.strings()
                case "force": force = try message.json.string()
                case "why": why = try message.json.string()
                case "branch": branch = try message.json.name()
                case "removed": isRemoval = try message.json.boolean()
                case "rollback": isRollback = try message.json.boolean()
                case "rollout": rollout = try message.json.objectValue()
                case "experiment": experiment = try message.json.objectValue()
                default: try message.json.skipValue()
                }
            }
            self.model = try message.require(model, "model")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("model", model)
            writer.field("version", version)
            writer.strings("documents", documents)
            writer.strings("tags", tags)
            writer.field("force", force)
            writer.field("why", why)
            writer.field("branch", branch)
            if isRemoval { writer.field("removed", true) }
            if isRollback { writer.field("rollback", true) }
            if let rollout { writer.field("rollout", rollout) }
            if let experiment { writer.field("experiment", experiment) }
        }
    }
}

/// A model in service and the documents that it reads.
package struct Deployment: Equatable, Sendable, MessagePart {
    /// "name@version".
    package var model: String
    package var kind: String
    package var documents: [String]
    /// What the model has said since the server started, where that is counted.
    package var answers: Int?
    /// How many of the answers were reported to be wrong.
    package var reportedWrong: Int?
    /// Of a version that is tried: the share that it answers, 0 of a shadow.
    package var share: Float?
    /// Of a version that is only an arm: the experiment.
    package var experiment: String?
    /// The branch for whose askers it is live; nil if for all others.
    package var branch: String?

    package init(
        model: String, kind: String, documents: [String], answers: Int? = nil,
        reportedWrong: Int? = nil, share: Float? = nil, experiment: String? = nil,
        branch: String? = nil
    ) {
        self.experiment = experiment
        self.branch = branch
        self.share = share
        self.model = model
        self.kind = kind
        self.documents = documents
        self.answers = answers
        self.reportedWrong = reportedWrong
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var fields = Fields()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try !fields.read(key, from: &reader) { try reader.skipValue() }
        }
        self = try fields.deployment(at: reader)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeFields(to: &writer)
        writer.endObject()
    }

    fileprivate func writeFields(to writer: inout JSONWriter) {
        writer.field("model", model)
        writer.field("kind", kind)
        writer.strings("documents", documents)
        writer.field("answers", answers)
        writer.field("reportedWrong", reportedWrong)
        writer.field("share", share)
        writer.field("experiment", experiment)
        writer.field("branch", branch)
    }

    fileprivate struct Fields {
        private var model: String?
        private var kind: String?
        private var documents: [String]?
        private var answers: Int?
        private var reportedWrong: Int?
        private var share: Float?
        private var experiment: String?
        private var branch: String?

        mutating func read(
            _ key: borrowing JSONKey, from reader: inout JSONReader
        ) throws(JSONError) -> Bool {
            switch key {
            case "model": model = try reader.string()
            case "kind": kind = try reader.string()
            case "documents": documents = try reader.strings()
            case "answers": answers = try reader.count()
            case "reportedWrong": reportedWrong = try reader.count()
            case "share": share = try reader.float()
            case "experiment": experiment = try reader.string()
            case "branch": branch = try reader.string()
            default: return false
            }
            return true
        }

        func deployment(at reader: borrowing JSONReader) throws(JSONError) -> Deployment {
            Deployment(
                model: try reader.require(model, "model"), kind: try reader.require(kind, "kind"),
                documents: try reader.require(documents, "documents"), answers: answers,
                reportedWrong: reportedWrong, share: share, experiment: experiment,
                branch: branch)
        }
    }
}

extension ServerMessage {
    /// The answer to `deploy`: from now on every batch is the new version's.
    package struct Deployed: Equatable, Sendable {
        package var deployment: Deployment
        /// The version that served before.
        package var previous: String?

        package init(deployment: Deployment, previous: String? = nil) {
            self.deployment = deployment
            self.previous = previous
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var fields = Deployment.Fields()
            while let key = try message.nextField() {
                if "previous" ~= key {
                    previous = try message.json.string()
                } else if try !fields.read(key, from: &message.json) {
                    try message.json.skipValue()
                }
            }
            deployment = try fields.deployment(at: message.json)
        }

        func write(to writer: inout JSONWriter) {
            deployment.writeFields(to: &writer)
            writer.field("previous", previous)
        }
    }

    /// The answer to `status`.
    package struct Status: Equatable, Sendable {
        package var server: String
        package var environment: String
        /// Where it listens; nil where that is no port of TCP.
        package var port: Int?
        package var uptimeSeconds: Int
        package var connections: Int
        package var sessions: Int
        /// In memory.
        package var documents: Int
        package var isDraining: Bool
        /// What of the environment's settings it runs with, each by a digest.
        package var settings: JSONValue?
        package var deployments: [Deployment]

        package init(
            server: String, environment: String, port: Int? = nil, uptimeSeconds: Int,
            connections: Int, sessions: Int, documents: Int, isDraining: Bool,
            settings: JSONValue? = nil, deployments: [Deployment]
        ) {
            self.server = server
            self.port = port
            self.environment = environment
            self.uptimeSeconds = uptimeSeconds
            self.connections = connections
            self.sessions = sessions
            self.documents = documents
            self.isDraining = isDraining
            self.settings = settings
            self.deployments = deployments
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var server: String?
            var environment: String?
            var uptime: Int?
            var connections: Int?
            var sessions: Int?
            var documents: Int?
            var isDraining: Bool?
            var deployments: [Deployment]?
            while let key = try message.nextField() {
                switch key {
                case "server": server = try message.json.string()
                case "environment": environment = try message.json.string()
                case "port": port = try message.json.count()
                case "uptimeSeconds": uptime = try message.json.count()
                case "connections": connections = try message.json.count()
                case "sessions": sessions = try message.json.count()
                case "documents": documents = try message.json.count()
                case "draining": isDraining = try message.json.boolean()
                case "settings": settings = try message.json.objectValue()
                case "deployments": deployments = try message.json.array(of: Deployment.self)
                default: try message.json.skipValue()
                }
            }
            self.server = try message.require(server, "server")
            self.environment = try message.require(environment, "environment")
            self.uptimeSeconds = try message.require(uptime, "uptimeSeconds")
            self.connections = try message.require(connections, "connections")
            self.sessions = try message.require(sessions, "sessions")
            self.documents = try message.require(documents, "documents")
            self.isDraining = try message.require(isDraining, "draining")
            self.deployments = try message.require(deployments, "deployments")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("server", server)
            writer.field("environment", environment)
            writer.field("port", port)
            writer.field("uptimeSeconds", uptimeSeconds)
            writer.field("connections", connections)
            writer.field("sessions", sessions)
            writer.field("documents", documents)
            writer.field("draining", isDraining)
            if let settings { writer.field("settings", settings) }
            writer.array("deployments", deployments)
        }
    }
}
