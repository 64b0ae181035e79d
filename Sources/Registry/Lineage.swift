// Where a version comes from.

package import JSON

/// One training that gave a version: by whom, from which files and which commit.
///
/// It stands beside the version and is no part of its name: equal content is one version, whoever
/// trained it and however often. So a version may have several lineages; the commit that a model
/// was trained from before it was clean does not stick to it.
package struct Lineage: Equatable, Sendable {
    /// Microseconds since 1970.
    package let time: Int
    package let by: String
    /// What trained, with its version.
    package let tool: String
    /// Nil where the project lies in no repository, or git is not there.
    package let revision: Revision?
    /// model.json and what it names, in the order of their names.
    package let files: [File]
    /// The content of model.json.
    package let definition: JSONValue

    /// The state of the repository that held the project.
    package struct Revision: Equatable, Sendable {
        package let commit: String
        /// Nil where no branch was checked out.
        package let branch: String?
        /// Whether everything that was read is in the commit as it was read.
        package let isClean: Bool

        package init(commit: String, branch: String?, isClean: Bool) {
            self.commit = commit
            self.branch = branch
            self.isClean = isClean
        }
    }

    /// A file that was read.
    package struct File: Equatable, Sendable {
        /// As model.json or the command line names it.
        package let name: String
        /// The SHA-256, in hexadecimal.
        package let digest: String
        package let bytes: Int

        package init(name: String, content: [UInt8]) {
            self.init(
                name: name, digest: Digest(of: content).hexadecimal, bytes: content.count)
        }

        /// Of a file that may be too large to be held in memory.
        package init(name: String, at path: String) throws(RegistryError) {
            let file = try MappedFile(path)
            self.init(
                name: name, digest: file.bytes.withUnsafeBytes { Digest(of: $0).hexadecimal },
                bytes: file.count)
        }

        init(name: String, digest: String, bytes: Int) {
            self.name = name
            self.digest = digest
            self.bytes = bytes
        }
    }

    package init(
        time: Int, by: String, tool: String, revision: Revision?, files: [File],
        definition: JSONValue
    ) {
        self.time = time
        self.by = by
        self.tool = tool
        self.revision = revision
        self.files = files
        self.definition = definition
    }

    /// Whether it says the same but for the time.
    func repeats(_ other: Lineage) -> Bool {
        Lineage(
            time: other.time, by: by, tool: tool, revision: revision, files: files,
            definition: definition) == other
    }
}

// MARK: As a line of lineage.jsonl

extension Lineage {
    init(_ node: JSONNode) throws(RegistryError) {
        var files: [File] = []
        for file in try node.member("files").elements() {
            files.append(
                File(
                    name: try file.member("name").string(),
                    digest: try file.member("sha256").string(),
                    bytes: try file.member("bytes").integer(in: 0 ... .max)))
        }
        self.init(
            time: try node.member("time").integer(in: 0 ... .max),
            by: try node.member("by").string(), tool: try node.member("tool").string(),
            revision: try node["git"].map(Revision.init), files: files,
            definition: try node.member("definition").value)
    }

    package var json: JSONValue {
        let files = files.map { file -> JSONValue in
            [
                "name": .string(file.name), "sha256": .string(file.digest),
                "bytes": .number(Double(file.bytes)),
            ]
        }
        var members: [(key: String, value: JSONValue)] = [
            ("time", .number(Double(time))), ("by", .string(by)), ("tool", .string(tool)),
        ]
        if let revision { members.append(("git", revision.json)) }
        return .object(members + [("files", .array(files)), ("definition", definition)])
    }
}

extension Lineage.Revision {
    fileprivate init(_ node: JSONNode) throws(RegistryError) {
        self.init(
            commit: try node.member("commit").string(),
            branch: try node["branch"].map { node throws(RegistryError) in try node.string() },
            isClean: try node.member("clean").boolean())
    }

    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [("commit", .string(commit))]
        if let branch { members.append(("branch", .string(branch))) }
        return .object(members + [("clean", .boolean(isClean))])
    }
}
