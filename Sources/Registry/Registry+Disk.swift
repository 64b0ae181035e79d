// What versions take on disk, and which of them may go.

extension Registry {
    /// The bytes of a version with everything beside it.
    package func diskBytes(of reference: ModelReference) throws(RegistryError) -> Int {
        let path = try versionPath(reference)
        var bytes = 0
        for name in try FileSystem.list(path) {
            bytes += try FileSystem.size(of: path + "/" + name)
        }
        return bytes
    }

    /// The environments that serve a version.
    func environments(serving reference: ModelReference) throws(RegistryError) -> [String] {
        var serving: [String] = []
        for name in try environments() where try environment(name).uses(reference) {
            serving.append(name)
        }
        return serving
    }

    /// Deletes a version and its tags.
    ///
    /// - Throws: `.unknownVersion`; `.deployed` where an environment serves it.
    package func delete(_ reference: ModelReference) throws(RegistryError) {
        let path = try versionPath(reference)
        let serving = try environments(serving: reference)
        guard serving.isEmpty else { throw .deployed(reference, environments: serving) }
        for tag in try tags(of: reference) { try untag(reference.name, tag) }
        try FileSystem.removeAtOnce(folder: path)
    }

    /// The versions that nobody needs: not deployed, not tagged, not to be rolled back to, and not
    /// among the newest `count` of their model.
    package func unused(keeping count: Int) throws(RegistryError) -> [Manifest] {
        var needed: Set<ModelReference> = []
        for environment in try environments() { needed.formUnion(try self.needed(in: environment)) }
        var unused: [Manifest] = []
        for name in try models() {
            let tagged = Set(try tags(of: name).values)
            for manifest in try versions(of: name).dropFirst(count)
            where !needed.contains(manifest.reference)
                && !tagged.contains(manifest.reference.version)
            {
                unused.append(manifest)
            }
        }
        return unused
    }

    /// What crashes have left half written or half deleted, a day before `time` or longer.
    ///
    /// The time is in microseconds since 1970.
    package func leftovers(at time: Int) throws(RegistryError) -> [String] {
        var folders = ["\(home)/models", "\(home)/environments", "\(home)/registry"]
        for name in try names(in: "\(home)/environments") {
            folders.append("\(home)/environments/\(name)")
        }
        for kind in ["registry", "programs"] {
            for name in try names(in: "\(home)/\(kind)") {
                folders.append("\(home)/\(kind)/\(name)")
            }
        }
        var leftovers: [String] = []
        for folder in folders {
            for name in try FileSystem.list(folder, hidden: true)
            where name.hasPrefix(FileSystem.temporaryPrefix) {
                let path = folder + "/" + name
                let changed = try FileSystem.modificationTime(of: path)
                if time - changed > 86_400_000_000 { leftovers.append(path) }
            }
        }
        return leftovers
    }

    /// Where the files of a version that is a program lie while it is in use.
    package func programPath(_ reference: ModelReference) -> String {
        "\(home)/programs/\(reference.name)/\(reference.version)"
    }

    /// A place for the files of a program that only one process runs, which deletes it in the end.
    package func trialPath(_ reference: ModelReference) -> String {
        FileSystem.temporaryName(for: programPath(reference))
    }

    /// The folders of programs whose version is no more.
    package func strayPrograms() throws(RegistryError) -> [String] {
        var strays: [String] = []
        for name in try names(in: "\(home)/programs") {
            for version in try FileSystem.list("\(home)/programs/\(name)")
            where !FileSystem.exists("\(home)/registry/\(name)/\(version)") {
                strays.append("\(home)/programs/\(name)/\(version)")
            }
        }
        return strays
    }

    /// What an environment serves and would be rolled back to.
    private func needed(in environment: String) throws(RegistryError) -> [ModelReference] {
        let live = try self.environment(environment).models
        let history = DeploymentHistory(try deployments(to: environment))
        let lines = Set(live.map(\.line))
        let previous = lines.flatMap { line in
            history.previous(of: line, live: live) { FileSystem.exists(path(of: $0)) }
        }
        let tried = try self.environment(environment).tried
        return live.map(\.reference) + tried + previous.compactMap(\.version)
    }
}
