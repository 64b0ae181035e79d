import JSON
import Numerics
import Registry
import Testing

/// Models that are live on branches beside those without one, on files.
@Suite struct BranchTests {
    private let home: TemporaryHome
    private let registry: Registry
    private let versions: [ModelReference]

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
        let registry = registry
        versions = try (0..<4).map { number in
            try registry.publish("m", kind: "intents", artifact: [UInt8(number)], time: number)
                .reference
        }
        try registry.write(Environment(), to: "dev")
    }

    private func train(_ version: Int, on branch: String, time: Int) throws {
        try registry.record(
            Lineage(
                time: time, by: "ada", tool: "hunch 1",
                revision: .init(commit: "\(time)", branch: branch, isClean: true), files: [],
                definition: [:]), of: versions[version])
    }

    private func deploy(
        _ version: Int, _ branch: String? = nil, documents: String? = nil, tags: [String]? = nil,
        time: Int = 1
    ) throws {
        try registry.deploy(
            versions[version], to: "dev", documents: documents.map { DocumentPattern($0) },
            branch: branch, tags: tags, why: "a trial", by: "ada", time: time)
    }

    private func live(_ line: String) throws -> [ModelReference] {
        try registry.environment("dev").models.filter { $0.line == line }.map(\.reference)
    }

    @Test func `a branch names the version that was trained on it last`() throws {
        try train(0, on: "topic", time: 5)
        try train(1, on: "topic", time: 3)
        try train(2, on: "feature/x", time: 4)
        let found = try registry.resolveBranch("m@topic")
        #expect(found.manifest.reference == versions[0] && found.branch == "topic")
        #expect(try registry.resolve("m@feature/x").reference == versions[2])
        #expect(try registry.resolveBranch("m").branch == nil)
        #expect(try registry.resolveBranch("\(versions[1])").branch == nil)
        #expect(throws: RegistryError.unknownBranch("m", branch: "no/such")) {
            try registry.resolve("m@no/such")
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `each line has the history that it would have alone`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var all: [Deployment] = []
        for time in 0..<16 {
            let branch = [nil, "x", "y"].randomElement(using: &random) ?? nil
            let documents = ["a/*", "b/*"].randomElement(using: &random) ?? ""
            all.append(
                Deployment(
                    time: time, reference: versions[Int.random(in: 0..<4, using: &random)],
                    documents: DocumentPattern(documents), by: "ada", branch: branch))
        }
        let history = DeploymentHistory(all)
        for line in ["m", "m@x", "m@y"] {
            let alone = DeploymentHistory(all.filter { $0.line == line })
            let live = alone.models(at: .max)
            #expect(history.models(at: .max).filter { $0.line == line } == live)
            func places(_ history: DeploymentHistory) -> [String] {
                history.previous(of: line, live: history.models(at: .max)) { _ in true }
                    .map { "\($0.documents) \($0.version?.version ?? "none")" }
            }
            #expect(places(history) == places(alone))
        }
    }

    @Test func `what is new to a branch reads what the model reads, and has its tags`() throws {
        try deploy(0, documents: "a/*")
        try deploy(0, documents: "b/*")
        try deploy(1, "topic")
        let models = try registry.environment("dev").models
        #expect(models.filter { $0.branch == "topic" }.map(\.documents.text) == ["a/*", "b/*"])
        try deploy(2, "topic", documents: "a/*", time: 2)
        #expect(try live("m@topic") == [versions[2], versions[1]])
        #expect(try live("m") == [versions[0], versions[0]])
        let history = DeploymentHistory(try registry.deployments(to: "dev"))
        #expect(history.models(at: 2) == (try registry.environment("dev").models))
        #expect(history.deployments.map(\.why) == [String?](repeating: "a trial", count: 4))
        let back = try registry.previous(of: "m@topic", in: "dev")
        #expect(back.map(\.version) == [versions[1]] && back.map(\.documents.text) == ["a/*"])
        #expect(throws: RegistryError.noPrevious("m", environment: "dev")) {
            try registry.previous(of: "m", in: "dev")
        }
    }

    @Test(arguments: ["", "a b", "a@b", "a\n", String(repeating: "x", count: 257)])
    func `what cannot be told from a model in name@branch is no branch`(branch: String) throws {
        try deploy(0)
        #expect(throws: RegistryError.invalidBranch(branch)) { try deploy(1, branch) }
        #expect(try registry.environment("dev").models.map(\.line) == ["m"])
    }

    @Test func `a branch that is withdrawn leaves the others as they are`() throws {
        try deploy(0)
        try deploy(1, "x")
        try deploy(1, "y")
        let left = try registry.withdraw("m@x", from: "dev", why: "done", by: "bob", time: 2)
        #expect(left.models.map(\.line) == ["m", "m@y"])
        #expect(try registry.environment("dev") == left)
        let history = DeploymentHistory(try registry.deployments(to: "dev"))
        #expect(history.models(at: 2) == left.models)
        #expect(history.deployments.last?.isRemoval == true)
        #expect(history.deployments.last?.why == "done")
        for line in ["m@x", "m", "m@z"] {
            #expect(throws: RegistryError.notDeployed(line, environment: "dev")) {
                try registry.withdraw(line, from: "dev", why: nil, by: "bob", time: 3)
            }
        }
        // Its version is still live on the other.
        #expect(throws: RegistryError.deployed(versions[1], environments: ["dev"])) {
            try registry.delete(versions[1])
        }
    }
}
