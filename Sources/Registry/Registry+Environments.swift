// The environments of a home, and what was deployed to them.

import JSON

extension Registry {
    /// The names of the environments.
    package func environments() throws(RegistryError) -> [String] {
        try names(in: "\(home)/environments")
    }

    /// The folder of an environment, whether it is there or not.
    package func environmentPath(_ name: String) throws(RegistryError) -> String {
        try checkName(name)
        return "\(home)/environments/\(name)"
    }

    /// The journal of an environment.
    package func journalPath(_ name: String) throws(RegistryError) -> String {
        try environmentPath(name) + "/journal.sqlite"
    }

    /// The socket through which a running server is controlled.
    package func controlPath(_ name: String) throws(RegistryError) -> String {
        try environmentPath(name) + "/control.sock"
    }

    /// Reads what an environment serves.
    ///
    /// - Throws: `.unknownEnvironment`, `.invalidFile`.
    package func environment(_ name: String) throws(RegistryError) -> Environment {
        let path = try environmentFile(name)
        guard FileSystem.exists(path) else { throw .unknownEnvironment(name) }
        return try Environment(parsing: try FileSystem.read(path), path: path)
    }

    /// Writes what an environment serves; creates the environment if there is none.
    ///
    /// Only the owner may read the file, as it holds tokens.
    package func write(_ environment: Environment, to name: String) throws(RegistryError) {
        try FileSystem.makeFolders(environmentPath(name))
        try FileSystem.writeAtomically(
            environment.serialized, to: environmentFile(name), mode: 0o600)
    }

    /// Puts a version in use on the files and notes it in the history.
    ///
    /// Only one process may do this at a time: the running server, or a command if there is none.
    ///
    /// What `documents` means says `Environment.deploy`; `time` is in microseconds since 1970.
    ///
    /// - Returns: the environment as it is then.
    /// - Throws: `.unknownVersion`, `.damaged`: what cannot be loaded is not deployed; `.belowGate`:
    ///   nor is what falls short, unless somebody gives the reason `force`, which the history keeps;
    ///   `.unknownTags`: a list of approved tags is of those that the version knows.
    @discardableResult
    package func deploy(
        _ reference: ModelReference, to name: String, documents: DocumentPattern? = nil,
        tags: [String]? = nil, force: String? = nil, by user: String, time: Int
    ) throws(RegistryError) -> Environment {
        let manifest = try manifest(of: reference)
        _ = try artifact(of: manifest)
        try check(manifest, tags: tags, force: force)
        var environment = try environment(name)
        environment.deploy(reference, documents: documents, tags: tags)
        try write(environment, to: name)
        let forced = manifest.gateFailures.isEmpty ? nil : force
        try note(
            Deployment(
                time: time, reference: reference, documents: documents, by: user, tags: tags,
                forced: forced), in: name)
        return environment
    }

    /// Refuses a version below its gate, unless a reason is given, and tags that it does not know.
    package func check(
        _ manifest: Manifest, tags: [String]?, force: String?
    ) throws(RegistryError) {
        if let tags, let known = manifest.tags {
            let unknown = tags.filter { !known.contains($0) }
            guard unknown.isEmpty else {
                throw .unknownTags(manifest.reference, unknown: unknown, known: known)
            }
        }
        let failures = manifest.gateFailures
        guard failures.isEmpty || force.map({ !$0.isEmpty }) ?? false else {
            throw .belowGate(manifest.reference, failures: failures)
        }
    }

    /// What was deployed to an environment, the oldest first.
    package func deployments(to name: String) throws(RegistryError) -> [Deployment] {
        let path = try deploymentsFile(name)
        guard FileSystem.exists(path) else { return [] }
        var deployments: [Deployment] = []
        let lines = try FileSystem.read(path).split(separator: UInt8(ascii: "\n"))
        for line in lines {
            deployments.append(try Deployment(parsing: Array(line), path: path))
        }
        return deployments
    }

    /// Writes the whole file anew: it is short, and a line half written would spoil it for good.
    private func note(_ deployment: Deployment, in name: String) throws(RegistryError) {
        let path = try deploymentsFile(name)
        let past = FileSystem.exists(path) ? try FileSystem.read(path) : []
        try FileSystem.writeAtomically(past + deployment.serialized, to: path)
    }

    private func environmentFile(_ name: String) throws(RegistryError) -> String {
        try environmentPath(name) + "/environment.json"
    }

    private func deploymentsFile(_ name: String) throws(RegistryError) -> String {
        try environmentPath(name) + "/deployments.jsonl"
    }
}

/// One line of an environment's history.
package struct Deployment: Equatable, Sendable {
    /// Microseconds since 1970.
    package let time: Int
    package let reference: ModelReference
    /// Nil if the version was meant for wherever the model was deployed already.
    package let documents: DocumentPattern?
    package let by: String
    /// The approved tags, where a new list was given.
    package let tags: [String]?
    /// Why a version that falls short was deployed all the same.
    package let forced: String?

    package init(
        time: Int, reference: ModelReference, documents: DocumentPattern?, by: String,
        tags: [String]? = nil, forced: String? = nil
    ) {
        self.tags = tags
        self.forced = forced
        self.time = time
        self.reference = reference
        self.documents = documents
        self.by = by
    }

    fileprivate init(parsing line: [UInt8], path: String) throws(RegistryError) {
        let node = try JSONNode(parsing: line, path: path)
        self.init(
            time: try node.member("time").integer(in: 0 ... .max),
            reference: try ModelReference(
                name: node.member("model").name(), version: node.member("version").name()),
            documents: try node["documents"].map { node throws(RegistryError) in
                DocumentPattern(try node.string())
            },
            by: try node.member("by").string(),
            tags: try node["tags"].map { node throws(RegistryError) in
                var tags: [String] = []
                for element in try node.elements() { tags.append(try element.string()) }
                return tags
            },
            forced: try node["forced"].map { node throws(RegistryError) in try node.string() })
    }

    fileprivate var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("time", time)
        writer.field("model", reference.name)
        writer.field("version", reference.version)
        if let documents { writer.field("documents", documents.text) }
        writer.field("by", by)
        if let tags { writer.field("tags", JSONValue.array(tags.map { .string($0) })) }
        writer.field("forced", forced)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
