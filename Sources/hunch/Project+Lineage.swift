// Where a version of a project comes from: the files that were read, and their commit.

import Glibc
import JSON
import Reactor
import Registry
import Service

extension Project {
    /// Who trains what from which files and which commit, now.
    func lineage(_ options: TrainingOptions) throws -> Lineage {
        let inputs = try inputs(options)
        return Lineage(
            time: Int(wallClockMicroseconds()), by: Home.user, tool: "hunch \(Server.version)",
            revision: revision(options, inputs.map(\.path)), files: inputs.map(\.file),
            definition: definition)
    }

    /// model.json, what it names, what came of a review, and what the command line names instead.
    private func inputs(
        _ options: TrainingOptions
    ) throws -> [(path: String, file: Lineage.File)] {
        var names: Set = ["model.json", ReviewedExamples.name, "intents.csv", "tags.csv"]
        let replaced = [
            options.data != nil ? "data" : "", options.validation != nil ? "validation" : "",
        ]
        for (key, value) in definition.object ?? [] where !replaced.contains(key) {
            names.formUnion(value.strings)
        }
        if options.data != nil { names.subtract(["intents.csv", "tags.csv"]) }
        var files: [(path: String, file: Lineage.File)] = []
        for name in names.sorted() {
            let path = file(name)
            guard !name.isEmpty, FileSystem.exists(path), !FileSystem.isFolder(path) else {
                continue
            }
            files.append((path, try Lineage.File(name: name, at: path)))
        }
        for path in [options.data, options.validation].compactMap(\.self) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            files.append((path, try Lineage.File(name: name, at: path)))
        }
        return files
    }

    /// The commit of the repository that holds the project; it is clean where the folder of the project
    /// and all files that are read, wherever they lie, hold nothing but what is in it.
    private func revision(_ options: TrainingOptions, _ inputs: [String]) -> Lineage.Revision? {
        guard let status = GitStatus(of: ["."], in: file(".")) else { return nil }
        let files = inputs.compactMap(absolute)
        let areClean = files.isEmpty || GitStatus(of: files, in: file("."))?.isClean == true
        return Lineage.Revision(
            commit: status.commit, branch: status.branch ?? options.branch,
            isClean: status.isClean && areClean)
    }

    private func absolute(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// What git says of files.
private struct GitStatus {
    let commit: String
    /// Nil where no branch is checked out.
    let branch: String?
    /// Whether they are in the commit as they are; what git ignores is not in it.
    let isClean: Bool

    /// Nil where there is no git, no repository or no commit yet.
    init?(of paths: [String], in folder: String) {
        let words =
            ["git", "--no-optional-locks", "-C", folder, "status", "--porcelain=v2", "--branch"]
            + ["--ignored=traditional", "--untracked-files=all", "--"] + paths
        // A hook of git names its own repository in the environment.
        guard let output = Subprocess.output(words, hiding: ["GIT_"]) else { return nil }
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        let value = { (name: String) in
            lines.first { $0.hasPrefix("# \(name) ") }.map { String($0.dropFirst(name.count + 3)) }
        }
        guard let commit = value("branch.oid"), commit != "(initial)" else { return nil }
        self.commit = commit
        branch = value("branch.head").flatMap { $0 == "(detached)" ? nil : $0 }
        isClean = lines.allSatisfy { $0.hasPrefix("#") }
    }
}

extension JSONValue {
    /// All strings in it.
    fileprivate var strings: [String] {
        switch self {
        case .null, .boolean, .number: []
        case .string(let text): [text]
        case .array(let values): values.flatMap(\.strings)
        case .object(let members): members.flatMap(\.value.strings)
        }
    }
}
