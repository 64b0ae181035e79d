// The environments of a home, and what was deployed to them.

import JSON

extension Registry {
    /// The names of the environments.
    package func environments() throws(RegistryError) -> [String] {
        try names(in: "\(home)/environments").filter {
            FileSystem.exists("\(home)/environments/\($0)/environment.json")
        }
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
        return try Environment(
            parsing: try FileSystem.read(path), path: path,
            isProtected: Environment.protectedNames.contains(name))
    }

    /// Writes what an environment serves; creates the environment if there is none.
    ///
    /// Only the owner may look into the folder: tokens, texts and the secrets of sessions are in it.
    package func write(_ environment: Environment, to name: String) throws(RegistryError) {
        try FileSystem.makePrivateFolder(environmentPath(name))
        try FileSystem.writeAtomically(
            environment.serialized, to: environmentFile(name), mode: 0o600)
    }

    /// Creates an environment, with what it serves as the beginning of its history; the whole of it or
    /// nothing.
    ///
    /// - Throws: `.alreadyExists`.
    package func create(
        _ environment: Environment, as name: String, by user: String, time: Int
    ) throws(RegistryError) {
        let path = try environmentPath(name)
        let history = environment.models.flatMap { model in
            Deployment(
                time: time, reference: model.reference, documents: model.documents, by: user,
                tags: model.tags, branch: model.branch
            ).serialized + [UInt8(ascii: "\n")]
        }
        let files = [("environment.json", environment.serialized), ("deployments.jsonl", history)]
        let isNew = try create(
            folder: path, files: files.map { (path: $0.0, bytes: $0.1) }, isPrivate: true)
        guard isNew else { throw .alreadyExists(path: path) }
    }

    /// Deletes an environment with its documents and its history.
    ///
    /// Whoever calls it sees to it that no server runs. One whose file cannot be read goes, too, unless
    /// the file or the name says that it is protected.
    ///
    /// - Throws: `.unknownEnvironment`; `.protected` where its file says so.
    package func deleteEnvironment(_ name: String) throws(RegistryError) {
        guard try !isProtected(name) else { throw .protected(path: try environmentFile(name)) }
        try FileSystem.removeAtOnce(folder: environmentPath(name))
    }

    private func isProtected(_ name: String) throws(RegistryError) -> Bool {
        do throws(RegistryError) {
            return try environment(name).isProtected
        } catch {
            guard case .invalidFile = error else { throw error }
            let bytes = try FileSystem.read(environmentFile(name))
            // What is no JSON at all says nothing.
            let said = try? JSONValue(parsing: bytes)["protected"]
            return said.map { $0 != false } ?? Environment.protectedNames.contains(name)
        }
    }

    // MARK: Deploying

    /// Puts a version in use on the files and notes it in the history.
    ///
    /// A running server must do it itself, or it does not know of it.
    ///
    /// What `documents` and `branch` mean says `Environment.deploy`; `time` is in microseconds since 1970, and
    /// `why` goes into the history, and so does `isRollback`: `DeploymentHistory` says what it means. What is
    /// tried of the model ends, unless it is for a branch. The artifact is verified, which takes about 1 ms for
    /// 1 MB, unless whoever calls has it open (`isOpen`).
    ///
    /// - Returns: the environment as it is then.
    /// - Throws: `.unknownVersion`, `.damaged`: what cannot be loaded is not deployed; `.belowGate`:
    ///   nor is what falls short, unless somebody gives the reason `force`, which the history keeps;
    ///   `.untested`: nor is, whatever the reason, what has passed no test where the environment is
    ///   protected; `.branchRefused`: such an environment has no branches; `.unknownTags`: a list of
    ///   approved tags is of those that the version knows.
    @discardableResult
    package func deploy(
        _ reference: ModelReference, to name: String, documents: DocumentPattern? = nil,
        branch: String? = nil, tags: [String]? = nil, force: String? = nil, why: String? = nil,
        isRollback: Bool = false, isOpen: Bool = false, by user: String, time: Int
    ) throws(RegistryError) -> Environment {
        _ = try environment(name)
        if !isOpen { _ = try artifact(of: manifest(of: reference)) }
        return try FileSystem.locked(environmentPath(name)) { () throws(RegistryError) in
            let before = try environment(name)
            let written = try deployAlone(
                Deployment(
                    time: time, reference: reference, documents: documents, by: user, tags: tags,
                    forced: force, why: why, branch: branch, isRollback: isRollback), to: name)
            let reason = Rollout.displacement(by: reference, isRollback: isRollback, why: why)
            try noteRollouts(from: before, to: written, .ended, time, by: user, reason, in: name)
            return written
        }
    }

    /// Deploys while nobody else does; the reason is kept where it was needed.
    func deployAlone(
        _ deployment: Deployment, to name: String
    ) throws(RegistryError) -> Environment {
        let before = try environment(name)
        var environment = before
        let noted = try admit(deployment, to: environment, named: name)
        environment.deploy(
            deployment.reference, documents: deployment.documents, tags: deployment.tags,
            branch: deployment.branch)
        try write(environment, to: name)
        try note(noted, in: name)
        try noteExperiments(
            from: before, to: environment, in: name, by: deployment.by, time: deployment.time)
        return environment
    }

    /// Takes a branch of a model out of use: whoever asks for it is answered as all others are.
    ///
    /// `line` is `name@branch`.
    ///
    /// - Throws: `.notDeployed`.
    package func withdraw(
        _ line: String, from name: String, why: String?, by user: String, time: Int
    ) throws(RegistryError) -> Environment {
        _ = try environment(name)
        return try FileSystem.locked(environmentPath(name)) { () throws(RegistryError) in
            var environment = try environment(name)
            let own = environment.models.filter { $0.branch != nil && $0.line == line }
            guard !own.isEmpty else { throw .notDeployed(line, environment: name) }
            environment.models.removeAll { own.contains($0) }
            try write(environment, to: name)
            for model in own {
                let removal = Deployment(
                    time: time, reference: model.reference, documents: model.documents, by: user,
                    why: why, branch: model.branch, isRemoval: true)
                try note(removal, in: name)
            }
            return environment
        }
    }

    /// Lets a deployment in, or throws as `deploy` does; gives it as the history is to keep it.
    ///
    /// The artifact is not looked at.
    func admit(
        _ deployment: Deployment, to environment: Environment, named name: String
    ) throws(RegistryError) -> Deployment {
        let (reference, force) = (deployment.reference, deployment.forced)
        if let branch = deployment.branch {
            guard isBranch(branch) else { throw .invalidBranch(branch) }
            guard !environment.isProtected else {
                throw .branchRefused(
                    deployment.line, environment: name, branch: environment.branch)
            }
        }
        let manifest = try manifest(of: reference)
        try check(manifest, tags: deployment.tags, force: force)
        let failures = try admit(manifest, to: environment, named: name, force: force)
        var noted = deployment
        if failures.isEmpty { noted.forced = nil }
        return noted
    }

    /// Refuses a version that an environment does not take, as `deploy` says; gives in what one that is
    /// forced falls short.
    ///
    /// Without `history` nothing speaks for it but what is known of it now.
    @discardableResult
    func admit(
        _ manifest: Manifest, to environment: Environment, named name: String, force: String?,
        history: Bool = true
    ) throws(RegistryError) -> [String] {
        let failures = try failures(of: manifest, in: environment, named: name)
        try demand(failures, of: manifest, force: force)
        guard environment.isProtected, try tests(of: manifest.reference)?.hasPassed != true else {
            return failures
        }
        // What was live here once was let in then, by the tests of that time.
        let past = try history ? deployments(to: name) : []
        guard past.contains(where: { $0.reference == manifest.reference }) else {
            throw .untested(manifest.reference, environment: name)
        }
        return failures
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
        try demand(failures(of: manifest), of: manifest, force: force)
    }

    func demand(
        _ failures: [String], of manifest: Manifest, force: String?
    ) throws(RegistryError) {
        guard failures.isEmpty || force.map({ !$0.isEmpty }) ?? false else {
            throw .belowGate(manifest.reference, failures: failures)
        }
    }

    /// In what a version falls short of what its author demands, wherever it is to be used.
    private func failures(of manifest: Manifest) throws(RegistryError) -> [String] {
        let tests = try tests(of: manifest.reference)
        return manifest.gateFailures + (tests?.failures ?? [])
    }

    /// In what a version falls short of what its author and an environment demand.
    func failures(
        of manifest: Manifest, in environment: Environment, named name: String
    ) throws(RegistryError) -> [String] {
        let failures = try failures(of: manifest)
        guard environment.isProtected else { return failures }
        let isFromBranch = try lineages(of: manifest.reference).contains { lineage in
            lineage.revision.map { $0.isClean && $0.branch == environment.branch } ?? false
        }
        guard !isFromBranch else { return failures }
        return failures + [
            "'\(name)' takes what was trained from a clean tree of branch '\(environment.branch)'"
        ]
    }

    // MARK: History

    /// What was deployed to an environment, the oldest first.
    package func deployments(to name: String) throws(RegistryError) -> [Deployment] {
        try FileSystem.lines(of: deploymentsFile(name), Deployment.init)
    }

    /// The versions that a model, or a branch of it, is rolled back to, by the documents they read.
    ///
    /// What that is and what `line` means says `DeploymentHistory`; versions that were deleted are passed over,
    /// and each place has one.
    ///
    /// - Throws: `.notDeployed`; `.noPrevious` where nothing was live before.
    package func previous(
        of line: String, in environment: String
    ) throws(RegistryError) -> [DeploymentHistory.Return] {
        let live = try self.environment(environment).models
        let history = DeploymentHistory(try deployments(to: environment))
        let places = history.previous(of: line, live: live) { FileSystem.exists(path(of: $0)) }
        guard !places.isEmpty else { throw .notDeployed(line, environment: environment) }
        if let place = places.first(where: { $0.version == nil }) {
            throw .noPrevious(line, environment: environment, missing: place.missing)
        }
        return places
    }

    func note(_ deployment: Deployment, in name: String) throws(RegistryError) {
        try FileSystem.append(line: deployment.serialized, to: deploymentsFile(name))
    }

    private func environmentFile(_ name: String) throws(RegistryError) -> String {
        try environmentPath(name) + "/environment.json"
    }

    private func deploymentsFile(_ name: String) throws(RegistryError) -> String {
        try environmentPath(name) + "/deployments.jsonl"
    }
}
