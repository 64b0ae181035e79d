import JSON
import Registry
import Testing

@Suite struct ProtectionTests {
    private let home: TemporaryHome
    private let registry: Registry
    private let version: ModelReference

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
        version = try registry.publish("m", kind: "intents", artifact: [1], time: 1).reference
        for name in ["dev", "production"] {
            let protected = Environment.protectedNames.contains(name)
            try registry.write(Environment(isProtected: protected), to: name)
        }
    }

    private func train(branch: String?, clean: Bool) throws {
        try registry.record(
            Lineage(
                time: 1, by: "ada", tool: "hunch 1",
                revision: .init(commit: "c", branch: branch, isClean: clean), files: [],
                definition: [:]), of: version)
    }

    private func test(failures: [String] = [], count: Int = 3) throws {
        try registry.record(
            TestOutcome(time: 1, digest: "d", count: count, failures: failures), of: version)
    }

    private func deploy(to name: String = "production", force: String? = nil) throws {
        try registry.deploy(version, to: name, force: force, by: "ada", time: 1)
    }

    @Test func `a version of a clean main branch that has passed its tests comes in`() throws {
        try train(branch: "topic", clean: false)
        try train(branch: "main", clean: true)
        try test()
        try deploy()
        #expect(try registry.deployments(to: "production").map(\.forced) == [nil])
    }

    @Test(arguments: [("topic", true), ("main", false), (nil, true)] as [(String?, Bool)])
    func `another branch or a changed tree takes a reason`(branch: String?, clean: Bool) throws {
        try train(branch: branch, clean: clean)
        try test()
        #expect(throws: RegistryError.self) { try deploy() }
        #expect(try registry.environment("production").models.isEmpty)
        try deploy(force: "the site is down")
        let history = try registry.deployments(to: "production")
        #expect(history.map(\.forced) == ["the site is down"] && history.map(\.by) == ["ada"])
    }

    @Test func `no branch comes in beside the models, be its gate passed or a reason given`() throws
    {
        try train(branch: "topic", clean: true)
        try test()
        for force in [nil, "the site is down"] {
            #expect(
                throws: RegistryError.branchRefused(
                    "m@topic", environment: "production", branch: "main")
            ) {
                try registry.deploy(
                    version, to: "production", branch: "topic", force: force, by: "ada", time: 1)
            }
        }
        #expect(try registry.environment("production").models.isEmpty)
    }

    @Test func `other environments take any`() throws {
        try deploy(to: "dev")
        #expect(try registry.environment("dev").models.map(\.reference) == [version])
    }

    @Test func `no reason stands for a test`() throws {
        try train(branch: "main", clean: true)
        let refusal = RegistryError.untested(version, environment: "production")
        #expect(throws: refusal) { try deploy(force: "now") }
        try test(count: 0)
        #expect(throws: refusal) { try deploy(force: "now") }
        try test(failures: ["line 1: wrong"])
        #expect(throws: refusal) { try deploy(force: "now") }
    }

    @Test func `what was live comes back, whatever later tests say of it`() throws {
        try train(branch: "main", clean: true)
        try test()
        try deploy()
        try test(failures: ["line 9: new"])
        try deploy(force: "rollback")
        #expect(try registry.deployments(to: "production").map(\.forced) == [nil, "rollback"])
    }

    @Test func `a failing test is a gate everywhere, which a reason opens elsewhere`() throws {
        try test(failures: ["line 1: wrong"])
        #expect(throws: RegistryError.belowGate(version, failures: ["line 1: wrong"])) {
            try deploy(to: "dev")
        }
        try deploy(to: "dev", force: "a try")
        #expect(try registry.deployments(to: "dev").map(\.forced) == ["a try"])
    }

    @Test func `the branch is the environment's to say`() throws {
        var environment = try registry.environment("production")
        environment.branch = "release"
        try registry.write(environment, to: "production")
        #expect(try registry.environment("production").branch == "release")
        try train(branch: "release", clean: true)
        try test()
        try deploy()
    }

    @Test(arguments: [("production", true), ("staging", true), ("dev", false)])
    func `two names are protected unless their file says otherwise`(
        name: String, isProtected: Bool
    ) throws {
        let path = try registry.environmentPath(name)
        try FileSystem.makeFolders(path)
        try FileSystem.writeAtomically(Array("{}".utf8), to: path + "/environment.json")
        #expect(try registry.environment(name).isProtected == isProtected)
        try FileSystem.writeAtomically(
            Array(#"{"protected": false}"#.utf8), to: path + "/environment.json")
        #expect(try !registry.environment(name).isProtected)
    }

    @Test func `a protected environment is not deleted, another is gone at once`() throws {
        #expect(throws: RegistryError.self) { try registry.deleteEnvironment("production") }
        try FileSystem.writeAtomically([1], to: registry.environmentPath("dev") + "/.hidden")
        try registry.deleteEnvironment("dev")
        #expect(try registry.environments() == ["production"])
        #expect(throws: RegistryError.unknownEnvironment("dev")) {
            try registry.deleteEnvironment("dev")
        }
    }
}
