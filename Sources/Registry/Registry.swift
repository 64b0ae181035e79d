// The folders of a home, and the versions of models in it.

package import JSON

/// The files under one home: projects of models, published versions, environments.
///
///     models/<name>/                  what an author edits
///     registry/<name>/<version>/      immutable: manifest.json and artifact; beside them what is
///                                     said later: lineage.jsonl, notes.jsonl, tests.json
///     registry/<name>/tags.json       names of versions
///     runs/<name>/<time>/             a retraining: run.json, log.txt
///     environments/<env>/             environment.json, deployments.jsonl, journal, socket
///     .gitignore                      written once: git keeps models/ and nothing else
///
/// It holds nothing but the path, so every process and thread may have one. A version is never
/// changed: what was read of it stays true.
package struct Registry: Sendable {
    package let home: String

    package init(home: String) { self.home = home }

    // MARK: Projects

    /// The folder of a model's project, whether it is there or not.
    package func projectPath(_ name: String) throws(RegistryError) -> String {
        try checkName(name)
        return "\(home)/models/\(name)"
    }

    /// The names of the projects.
    package func projects() throws(RegistryError) -> [String] { try names(in: "\(home)/models") }

    /// Creates a project with these files, which may lie in folders of it: all of them or none.
    ///
    /// - Throws: `.alreadyExists`, `.invalidName`, `.system`.
    package func createProject(
        _ name: String, files: [(path: String, bytes: [UInt8])]
    ) throws(RegistryError) {
        let path = try projectPath(name)
        for file in files {
            for part in file.path.split(separator: "/", omittingEmptySubsequences: false) {
                try checkName(String(part))
            }
        }
        guard try create(folder: path, files: files) else { throw .alreadyExists(path: path) }
    }

    /// Deletes a project with all its files; its versions stay.
    package func deleteProject(_ name: String) throws(RegistryError) {
        try FileSystem.removeAtOnce(folder: projectPath(name))
    }

    // MARK: Versions

    /// The names of the models that have a version.
    package func models() throws(RegistryError) -> [String] {
        var models: [String] = []
        for name in try names(in: "\(home)/registry") where try !versionNames(of: name).isEmpty {
            models.append(name)
        }
        return models
    }

    /// What the versions of a model say about themselves, the newest first; none if it has none.
    package func versions(of name: String) throws(RegistryError) -> [Manifest] {
        try checkName(name)
        var manifests: [Manifest] = []
        for version in try versionNames(of: name) {
            manifests.append(try manifest(of: ModelReference(name: name, version: version)))
        }
        return manifests.sorted {
            ($1.time, $0.reference.version) < ($0.time, $1.reference.version)
        }
    }

    /// - Throws: `.unknownModel` where neither a project nor a version has the name; a branch after it is not
    ///   looked at.
    package func demand(model text: String) throws(RegistryError) {
        let name = modelName(of: text)
        guard try !projects().contains(name), try versionNames(of: name).isEmpty else { return }
        throw .unknownModel(name)
    }

    private func versionNames(of name: String) throws(RegistryError) -> [String] {
        try names(in: "\(home)/registry/\(name)").filter(isVersion)
    }

    /// What stands for the newest version of a model where a version is to be named.
    static let newest = "newest"

    /// The newest version of a model, or the one named: `name`, or `name@` and a version, `newest`, a tag, a
    /// branch, of which it is the newest version, or the digits that one version alone begins with.
    ///
    /// - Throws: `.unknownModel`, `.unknownVersion`, `.unknownBranch`, `.ambiguousVersion`, `.invalidName`.
    package func resolve(_ text: String) throws(RegistryError) -> Manifest {
        try resolveBranch(text).manifest
    }

    /// The same, with the branch where it is one that the text names.
    package func resolveBranch(
        _ text: String
    ) throws(RegistryError) -> (manifest: Manifest, branch: String?) {
        guard text.utf8.contains(UInt8(ascii: "@")) else {
            guard let newest = try versions(of: text).first else { throw .unknownModel(text) }
            return (newest, nil)
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .invalidReference(text) }
        let (name, word) = (String(parts[0]), String(parts[1]))
        if word == Self.newest {
            guard let newest = try versions(of: name).first else { throw .unknownModel(name) }
            return (newest, nil)
        }
        let version = try isVersion(word) ? word : tags(of: name)[word]
        if let version {
            return (try manifest(of: ModelReference(name: name, version: version)), nil)
        }
        if let newest = try newest(of: name, on: word) { return (newest, word) }
        guard isName(word) else { throw .unknownBranch(name, branch: word) }
        let reference = try ModelReference(name: name, version: word)
        let known = try versionNames(of: name).filter { $0.hasPrefix(word) }
        guard let version = known.first else { throw .unknownVersion(reference) }
        guard known.count == 1 else { throw .ambiguousVersion(reference, versions: known) }
        return (try manifest(of: ModelReference(name: name, version: version)), nil)
    }

    /// The version that was trained last on a branch, be it for the first time or once more.
    func newest(of name: String, on branch: String) throws(RegistryError) -> Manifest? {
        var newest: (manifest: Manifest, time: Int)?
        for manifest in try versions(of: name) {
            let times = try lineages(of: manifest.reference).filter {
                $0.revision?.branch == branch
            }.map(\.time)
            guard let time = times.max(), time > newest?.time ?? -1 else { continue }
            newest = (manifest, time)
        }
        return newest?.manifest
    }

    /// Publishes an artifact; gives the manifest with its version.
    ///
    /// The same content gives the same version, and publishing it again changes nothing. A crash
    /// leaves either the whole version or none. `details` goes into the manifest, and so into the
    /// name of the version; `time`, in microseconds since 1970, does not.
    package func publish(
        _ name: String, kind: String, artifact: [UInt8], details: JSONValue = .object([]), time: Int
    ) throws(RegistryError) -> Manifest {
        let manifest = try Manifest(
            name: name, kind: kind, time: time, artifact: artifact, details: details)
        let files = [("artifact", artifact), ("manifest.json", manifest.serialized)]
        let isNew = try create(
            folder: path(of: manifest.reference),
            files: files.map { (path: $0.0, bytes: $0.1) })
        return isNew ? manifest : try self.manifest(of: manifest.reference)
    }

    /// What a version says about itself.
    ///
    /// - Throws: `.unknownVersion`; `.damaged`, `.invalidFile` if its file was changed.
    package func manifest(of reference: ModelReference) throws(RegistryError) -> Manifest {
        guard FileSystem.exists(path(of: reference)) else { throw .unknownVersion(reference) }
        let path = path(of: reference) + "/manifest.json"
        let manifest = try Manifest(parsing: try FileSystem.read(path), path: path)
        guard manifest.reference == reference else {
            throw .damaged(
                path: path, expected: reference.version, found: manifest.reference.version)
        }
        return manifest
    }

    /// The artifact of a version, mapped into memory, its digest verified (about 1 ms for 1 MB).
    ///
    /// - Throws: `.unknownVersion`, `.damaged`.
    package func artifact(of manifest: Manifest) throws(RegistryError) -> MappedFile {
        let path = path(of: manifest.reference) + "/artifact"
        let file = try MappedFile(path)
        let digest = file.bytes.withUnsafeBytes { Digest(of: $0).hexadecimal }
        guard digest == manifest.artifactDigest else {
            throw .damaged(path: path, expected: manifest.artifactDigest, found: digest)
        }
        return file
    }

    func path(of reference: ModelReference) -> String {
        "\(home)/registry/\(reference.name)/\(reference.version)"
    }

    // MARK: Folders

    /// The names in a folder that are names of ours; others, such as a backup's, are no concern.
    func names(in folder: String) throws(RegistryError) -> [String] {
        try FileSystem.list(folder).filter(isName)
    }

    /// Has git keep what authors edit and nothing else, unless the home says already what it keeps.
    private func hideFromGit() throws(RegistryError) {
        let path = "\(home)/.gitignore"
        guard !FileSystem.exists(path) else { return }
        do throws(RegistryError) {
            try FileSystem.writeNew(Array(Self.ignored.utf8), to: path)
        } catch {
            // Somebody else was quicker.
            guard FileSystem.exists(path) else { throw error }
        }
    }

    private static let ignored = """
        # Models are their authors' work; all else, with keys and documents, belongs to this machine.
        /*
        !/models/

        """

    /// Creates a folder with its files in one step; gives false if it was there already.
    func create(
        folder: String, files: [(path: String, bytes: [UInt8])], isPrivate: Bool = false
    ) throws(RegistryError) -> Bool {
        if FileSystem.exists(folder) { return false }
        let temporary = FileSystem.temporaryName(for: folder)
        try FileSystem.makeFolders(temporary)
        if isPrivate { try FileSystem.makePrivateFolder(temporary) }
        try hideFromGit()
        do {
            for file in files {
                let path = "\(temporary)/\(file.path)"
                try FileSystem.makeFolders(FileSystem.parent(of: path))
                try FileSystem.writeNew(file.bytes, to: path, mode: isPrivate ? 0o600 : 0o644)
                try FileSystem.synchronize(folder: FileSystem.parent(of: path))
            }
            try FileSystem.rename(temporary, to: folder)
        } catch {
            // What is left of it is hidden; the first error is the one to tell.
            try? FileSystem.remove(temporary)
            // Somebody else was quicker: the kernel puts no folder over one that is not empty.
            if FileSystem.exists(folder) { return false }
            throw error
        }
        try FileSystem.synchronize(folder: FileSystem.parent(of: folder))
        return true
    }
}
