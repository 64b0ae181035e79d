// What can be wrong with the files of a home.

package import JSON

/// Why a model, a version or an environment could not be read or written.
package enum RegistryError: Error, Equatable, Sendable {
    /// A call of the operating system failed.
    case system(errno: Int32, operation: String, path: String)
    /// Not a name: letters, digits, `-`, `_` and `.` make one, and no `.` at its start.
    case invalidName(String)
    /// Not a reference to a version: `name@version` is one.
    case invalidReference(String)
    /// Not a tag: `name@` and this word mean a version already.
    case invalidTag(String, of: String)
    case alreadyExists(path: String)
    case unknownModel(String)
    case unknownVersion(ModelReference)
    /// Several versions begin so.
    case ambiguousVersion(ModelReference, versions: [String])
    /// What is deployed is not deleted.
    case deployed(ModelReference, environments: [String])
    case unknownEnvironment(String)
    /// The model is in use nowhere in the environment.
    case notDeployed(String, environment: String)
    /// What is live for all is not tried beside itself.
    case liveAlready(ModelReference, environment: String)
    /// No version of the model was live there before the one that is, but those that are missing now.
    case noPrevious(String, environment: String, missing: [ModelReference] = [])
    /// An environment that is not deleted while its file says that it is protected.
    case protected(path: String)
    /// Not the name of a branch that models can be live on.
    case invalidBranch(String)
    /// No version of the model was trained on a branch of that name.
    case unknownBranch(String, branch: String)
    /// A protected environment has one version of a model for all, from its own branch.
    case branchRefused(String, environment: String, branch: String)
    /// A protected environment takes no version without a passed test.
    case untested(ModelReference, environment: String)
    /// The version falls short of what its author, or the environment, demands.
    case belowGate(ModelReference, failures: [String])
    /// Tags were to be approved that the version cannot answer.
    case unknownTags(ModelReference, unknown: [String], known: [String])
    /// Settings were to be tried of a model that is no recommender.
    case noRecommender(String, kind: String)
    case unknownExperiment(String, environment: String)
    /// An experiment that runs, or has shipped an arm, is not deleted.
    case runningExperiment(String, environment: String)
    /// A file that is named by its digest has another one.
    case damaged(path: String, expected: String, found: String)
    /// Not a version packed as one file.
    case noPackage(path: String)
    /// A file does not hold what it must; `location` is the place in its JSON: `models[1].name`.
    case invalidFile(path: String, location: String, problem: FileProblem)
}

/// What is wrong at one place of a JSON file.
package enum FileProblem: Equatable, Sendable {
    case notJSON(JSONError)
    case missing
    case unknownKey(String, known: [String])
    case wrongType(wanted: String)
    case invalidName(String)
    case unknownValue(String, known: [String])
    case outOfRange
    case twice(String)
}

extension RegistryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let code, let operation, let path):
            "cannot \(operation) \(path): \(FileSystem.message(code))"
        case .invalidName(let name):
            "'\(name)' is not a name: use letters, digits, '-', '_' and '.', no '.' first"
        case .invalidReference(let text): "'\(text)' does not name a version: write name@version"
        case .invalidTag(let tag, let name):
            "\(name)@\(tag) means \(tag == Registry.newest ? "the newest version" : "the newest of a branch") "
                + "already; choose another tag"
        case .alreadyExists(let path): "\(path) is there already"
        case .unknownModel(let name):
            "there is no version of \(name); train one: hunch train model -n \(name)"
        case .unknownVersion(let reference):
            "there is no version \(reference); see them: hunch list versions -n \(reference.name)"
        case .ambiguousVersion(let reference, let versions):
            "\(reference) may be \(versions.joined(separator: ", ")): write more digits"
        case .deployed(let reference, let environments):
            "\(reference) is deployed to \(quoted(environments)); deploy another version there first"
        case .unknownEnvironment(let name):
            "there is no environment \(name); create it: hunch create env -n \(name)"
        case .belowGate(let reference, let failures):
            "\(reference) is below what its author demands: \(failures.joined(separator: "; ")). "
                + "Deploying it all the same takes a reason (--force)"
        case .notDeployed(let name, let environment):
            "\(name) is not deployed to '\(environment)'; deploy it: hunch deploy model -n \(name)"
        case .liveAlready(let reference, let environment):
            "\(reference) is live in '\(environment)' already; try another version: "
                + "hunch list versions -n \(reference.name)"
        case .noPrevious(let name, let environment, let missing):
            "nothing \(missing.isEmpty ? "" : "that is still there ")of \(name) was live in "
                + "'\(environment)' before\(missing.map { ", \($0) was deleted" }.joined()); "
                + "choose a version: hunch list versions -n \(modelName(of: name))"
        case .protected(let path):
            "\(path) says that the environment is protected; change that first"
        case .invalidBranch(let branch):
            "'\(branch)' is no branch for models: at most 256 bytes, no '@' and no spaces"
        case .unknownBranch(let name, let branch):
            "no version of \(name) was trained on a branch '\(branch)'; see them: "
                + "hunch list versions -n \(name)"
        case .branchRefused(let line, let environment, let branch):
            "'\(environment)' serves no branch beside its models: merge it into '\(branch)', train there "
                + "and promote that; or try it elsewhere: hunch deploy model -n \(line) --env dev"
        case .untested(let reference, let environment):
            "'\(environment)' takes only what has passed a test; test it: "
                + "hunch test model -n \(reference)"
        case .noPackage(let path):
            "\(path) is no packed version; write one: hunch export model -n NAME -o FILE"
        case .unknownTags(let reference, let unknown, let known):
            known.isEmpty
                ? "\(reference) is no model of tags; deploy it without a list of them"
                : "\(reference) does not know \(quoted(unknown)); it knows \(quoted(known))"
        case .noRecommender(let name, let kind):
            "arms with settings are of recommenders, and '\(name)' is a model of the kind \(kind): "
                + "compare versions of it, NAME=\(name)@VERSION"
        case .unknownExperiment(let name, let environment):
            "there is no experiment '\(name)' in '\(environment)'; see them: "
                + "hunch list experiments --env \(environment)"
        case .runningExperiment(let name, let environment):
            "somebody may still get an arm of '\(name)'; end it first: "
                + "hunch stop experiment -n \(name) --env \(environment)"
        case .damaged(let path, let expected, let found):
            "\(path) is damaged: its digest is \(found), not \(expected)\(remedy(path))"
        case .invalidFile(let path, let location, let problem):
            (location.isEmpty ? "\(path): \(problem)" : "\(path), at \(location): \(problem)")
                + remedy(path)
        }
    }

    /// What to do about a file of a version that cannot be read.
    private func remedy(_ path: String) -> String {
        let parts = path.split(separator: "/").suffix(4).map(String.init)
        guard parts.count == 4, parts[0] == "registry", isVersion(parts[2]) else { return "" }
        return "; import the version again, or hunch delete model -n \(parts[1])@\(parts[2])"
    }
}

extension FileProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let error): "not JSON: \(error)"
        case .missing: "it is missing"
        case .unknownKey(let key, let known):
            "there is no setting '\(key)'; there are \(known.joined(separator: ", "))"
        case .wrongType(let wanted): "it must be \(wanted)"
        case .invalidName(let name): "'\(name)' is not a name"
        case .unknownValue(let value, let known):
            "it is '\(value)' and must be one of \(known.joined(separator: ", "))"
        case .outOfRange: "the number is out of range"
        case .twice(let name): "'\(name)' stands there twice"
        }
    }
}

/// Names in quotes, with commas between them.
private func quoted(_ names: [String]) -> String {
    names.map { "'\($0)'" }.joined(separator: ", ")
}
