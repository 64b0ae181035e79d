// What a published version says about itself.

package import JSON

/// Describes one version of a model; its content and the artifact's give the version its name.
package struct Manifest: Equatable, Sendable {
    package static let format = 1

    package let reference: ModelReference
    /// What the model is, such as `intents`.
    package let kind: String
    /// When it was published first, in microseconds since 1970; no part of the version's name, so
    /// that training again with equal results gives the same version.
    package let time: Int
    /// The SHA-256 of the artifact, in hexadecimal.
    package let artifactDigest: String
    package let artifactBytes: Int
    /// What else its trainer wants to say: settings, data, measures.
    package let details: JSONValue

    /// In what the version falls short of what its author demands; empty where it does not.
    ///
    /// Trainers write it: an object `gate` in the details with `passes` and a list `failures`.
    package var gateFailures: [String] {
        guard let gate = details["gate"], gate["passes"]?.bool == false else { return [] }
        let failures = (gate["failures"]?.array ?? []).compactMap(\.string)
        return failures.isEmpty ? ["its gate"] : failures
    }

    /// The tags that the version can answer; nil where that is not written down.
    ///
    /// Trainers write it: a list `tags` in the details, of objects with a `tag`. Other kinds answer none.
    package var tags: [String]? {
        guard ["tags", "external"].contains(kind) else { return [] }
        return details["tags"]?.array?.compactMap { $0["tag"]?.string }
    }

    /// Describes an artifact that is about to be published.
    init(
        name: String, kind: String, time: Int, artifact: [UInt8], details: JSONValue
    ) throws(RegistryError) {
        try self.init(
            name: name, kind: kind, time: time, artifactDigest: Digest(of: artifact).hexadecimal,
            artifactBytes: artifact.count, details: details)
    }

    private init(
        name: String, kind: String, time: Int, artifactDigest: String, artifactBytes: Int,
        details: JSONValue
    ) throws(RegistryError) {
        try checkName(kind)
        self.kind = kind
        self.time = time
        self.artifactDigest = artifactDigest
        self.artifactBytes = artifactBytes
        self.details = details.sortedByKey
        let content = Self.content(
            name: name, kind: kind, digest: artifactDigest, bytes: artifactBytes,
            details: self.details)
        let digest = Digest(of: JSONValue.object(content).sortedByKey.serialized())
        reference = try ModelReference(
            name: name, version: String(digest.hexadecimal.prefix(12)))
    }

    /// Reads a manifest whose version is told by its folder.
    ///
    /// - Throws: `.invalidFile`; `.damaged` if its content gives another version than it bears.
    init(parsing bytes: [UInt8], path: String) throws(RegistryError) {
        let file = try JSONNode(parsing: bytes, path: path)
        try file.checkKeys(["format", "name", "version", "kind", "time", "artifact", "details"])
        _ = try file.member("format").integer(in: Self.format...Self.format)
        let artifact = try file.member("artifact")
        try artifact.checkKeys(["sha256", "bytes"])
        try self.init(
            name: file.member("name").name(), kind: file.member("kind").name(),
            time: file.member("time").integer(in: 0 ... .max),
            artifactDigest: artifact.member("sha256").string(),
            artifactBytes: artifact.member("bytes").integer(in: 0 ... .max),
            details: file.member("details").value)
        let version = try file.member("version").string()
        guard version == reference.version else {
            throw .damaged(path: path, expected: version, found: reference.version)
        }
    }

    /// The text of `manifest.json`.
    package var serialized: [UInt8] {
        var members = Self.content(
            name: reference.name, kind: kind, digest: artifactDigest, bytes: artifactBytes,
            details: details)
        members.insert((key: "version", value: .string(reference.version)), at: 2)
        members.insert((key: "time", value: .number(Double(time))), at: 3)
        return JSONValue.object(members).serialized(pretty: true)
    }

    /// What the name of the version is the digest of; the artifact is part of it by its digest.
    private static func content(
        name: String, kind: String, digest: String, bytes: Int, details: JSONValue
    ) -> [(key: String, value: JSONValue)] {
        [
            ("format", .number(Double(format))), ("name", .string(name)), ("kind", .string(kind)),
            ("artifact", ["sha256": .string(digest), "bytes": .number(Double(bytes))]),
            ("details", details),
        ]
    }
}

extension JSONValue {
    /// The same value with the members of every object in the order of their names.
    fileprivate var sortedByKey: JSONValue {
        switch self {
        case .null, .boolean, .number, .string: self
        case .array(let values): .array(values.map(\.sortedByKey))
        case .object(let members):
            .object(
                members.map { (key: $0.key, value: $0.value.sortedByKey) }
                    .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
        }
    }
}
