import JSON
import Numerics
import Registry
import Testing

@Suite struct EnvironmentPlanTests {
    private let home: TemporaryHome
    private let registry: Registry
    private let versions: [ModelReference]

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
        let registry = registry
        versions = try ["a", "b", "c"].flatMap { name in
            try (0..<3).map { number in
                try registry.publish(
                    name, kind: "tags", artifact: [UInt8(number)],
                    details: ["tags": [["tag": "t"], ["tag": "u, v"]]], time: number
                ).reference
            }
        }
    }

    /// An environment of the versions above, with something of everything.
    private func environment(_ random: inout SplitMix64) throws -> Environment {
        func some<Element>(_ all: [Element]) -> [Element] {
            all.filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
        }
        var environment = Environment()
        for name in some(["a", "b", "c"]) {
            let known = versions.filter { $0.name == name }
            for branch in [nil] + some(["p", "q/r"]).map(Optional.some) {
                for pattern in some(["*", "x/*", "y/1"]) {
                    environment.models.append(
                        DeployedModel(
                            reference: known[Int.random(in: 0..<3, using: &random)],
                            documents: DocumentPattern(pattern),
                            tags: Bool.random(using: &random) ? nil : some(["t", "u, v"]),
                            branch: branch))
                }
            }
        }
        for limit in some(EnvironmentLimit.allCases) {
            environment.limits[limit] = Int.random(in: 1...3, using: &random)
        }
        environment.keys = some(["k", "l", "m"]).map { token in
            AccessKey(
                token: token, role: Bool.random(using: &random) ? .editor : .operator,
                user: Bool.random(using: &random) ? "ada" : nil, groups: some(["g"]))
        }
        environment.origins = some(["https://a.example", "https://b.example"])
        environment.review.kept = Int.random(in: 0...1, using: &random)
        environment.port = Bool.random(using: &random) ? 7000 : nil
        for name in some(["a", "b"]) { environment.schedules[name] = Schedule("every 6h") }
        environment.experiments = some(["x", "y"]).map { ["name": .string($0)] }
        return environment
    }

    @Test(arguments: UInt64(0)..<60)
    func `after a plan is applied nothing differs, and applying it again changes nothing`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        for time in 0..<4 {
            let wanted = try environment(&random)
            try registry.apply(wanted, to: "dev", by: "ada", time: time)
            let now = try registry.environment("dev")
            #expect(now == wanted)
            #expect(EnvironmentPlan(from: now, to: wanted).isEmpty)
            let edits = try registry.edits(of: "dev").count
            #expect(try registry.apply(wanted, to: "dev", by: "bob", time: 99).isEmpty)
            #expect(try registry.edits(of: "dev").count == edits)
            // The history tells the versions too; tags are a matter of the whole model there.
            let live = DeploymentHistory(try registry.deployments(to: "dev")).models(at: time)
            let places = { (models: [DeployedModel]) in
                Set(models.map { "\($0.reference) \($0.documents) \($0.line)" })
            }
            #expect(places(live) == places(wanted.models))
        }
    }

    @Test(arguments: UInt64(0)..<60)
    func `a plan is empty exactly where nothing differs`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (a, b) = (try environment(&random), try environment(&random))
        #expect(EnvironmentPlan(from: a, to: b).isEmpty == (a == b))
        #expect(EnvironmentPlan(from: a, to: a).isEmpty)
        var shuffled = a
        shuffled.models.shuffle(using: &random)
        #expect(EnvironmentPlan(from: a, to: shuffled).isEmpty == (a == shuffled))
    }

    @Test(arguments: UInt64(0)..<60)
    func `an environment is read as it was written, and a plan tells no token`(seed: UInt64) throws
    {
        var random = SplitMix64(seed: seed)
        var environment = try environment(&random)
        #expect(try Environment(parsing: environment.serialized, path: "f") == environment)
        environment.keys = [AccessKey(token: "unspeakable", role: .editor)]
        let plan = EnvironmentPlan(from: Environment(), to: environment)
        #expect(!"\(plan.changes) \(plan.changes.map(\.json))".contains("unspeakable"))
        #expect(plan.changes.contains { $0.setting == .key && $0.setting.isLive })
    }

    @Test func `a server's digests name the settings that were changed since`() {
        var environment = Environment(keys: [AccessKey(token: "unspeakable", role: .editor)])
        let digests = environment.settingDigests
        #expect(environment.settings(otherThan: digests).isEmpty)
        environment.keys = []
        environment.limits[.history] = 7
        environment.schedules["a"] = Schedule("every 6h")
        #expect(environment.settings(otherThan: digests) == [.limit, .key])
    }

    @Test func `what a declaration leaves out stays`() throws {
        var random = SplitMix64(seed: 7)
        let current = try environment(&random)
        let same = try Environment(declaring: Array("{}".utf8), path: "f", over: current)
        #expect(same == current)
        let text = #"{"models": [], "schedules": {"a": "daily 03:00"}}"#
        let declared = try Environment(declaring: Array(text.utf8), path: "f", over: current)
        #expect(declared.models.isEmpty && declared.keys == current.keys)
        #expect(declared.schedules == ["a": try #require(Schedule("daily 03:00"))])
    }

    @Test func `a schedule that means nothing is named with its place`() {
        let text = Array(#"{"schedules": {"a": "now and then"}}"#.utf8)
        #expect(
            throws: RegistryError.invalidFile(
                path: "f", location: "schedules.a",
                problem: .wrongType(wanted: "a time such as \(Schedule.forms)"))
        ) { try Environment(parsing: text, path: "f") }
    }

    @Test func `protection cannot be lifted by what it would refuse`() throws {
        let wanted = Environment(
            models: [DeployedModel(reference: versions[0], documents: DocumentPattern("*"))])
        #expect(throws: RegistryError.self) {
            try registry.apply(wanted, to: "production", by: "ada", time: 1)
        }
        #expect(try registry.environment("production").models.isEmpty)
        #expect(try registry.edits(of: "production").isEmpty)
    }

    @Test func `what becomes protected is judged as a whole`() throws {
        let model = DeployedModel(reference: versions[0], documents: DocumentPattern("*"))
        try registry.apply(Environment(models: [model]), to: "dev", by: "ada", time: 1)
        let wanted = Environment(models: [model], isProtected: true)
        #expect(throws: RegistryError.untested(versions[0], environment: "dev")) {
            try registry.apply(wanted, to: "dev", force: "haste", by: "ada", time: 2)
        }
        #expect(try !registry.environment("dev").isProtected)
    }

    @Test func `a model stands once on a pattern`() throws {
        let model = #"{"name": "m", "version": "v", "documents": "a/*"}"#
        let text = #"{"models": [\#(model), \#(model)]}"#
        #expect(
            throws: RegistryError.invalidFile(
                path: "file", location: "models", problem: .twice("m on a/*"))
        ) { try Environment(parsing: Array(text.utf8), path: "file") }
    }

    @Test func `a protected environment has no branches, whatever a declaration says`() throws {
        let model = DeployedModel(
            reference: versions[0], documents: DocumentPattern("*"), branch: "topic")
        let refused = RegistryError.branchRefused("a@topic", environment: "dev", branch: "main")
        #expect(throws: refused) {
            try registry.apply(
                Environment(models: [model], isProtected: true), to: "dev", by: "ada", time: 1)
        }
        try registry.apply(Environment(models: [model]), to: "dev", by: "ada", time: 2)
        // What was live there before it was protected would stay.
        #expect(throws: refused) {
            try registry.apply(
                Environment(models: [model], isProtected: true), to: "dev", by: "ada", time: 3)
        }
    }

    @Test func `what was removed is not rolled back to`() throws {
        func apply(_ version: ModelReference?, _ time: Int) throws {
            let models = version.map {
                [DeployedModel(reference: $0, documents: DocumentPattern("*"))]
            }
            try registry.apply(
                Environment(models: models ?? []), to: "dev", by: "ada", time: time)
        }
        try apply(versions[0], 1)
        try apply(nil, 2)
        try apply(versions[1], 3)
        let history = DeploymentHistory(try registry.deployments(to: "dev"))
        #expect(history.models(at: 2).isEmpty)
        #expect(throws: RegistryError.noPrevious("a", environment: "dev")) {
            try registry.previous(of: "a", in: "dev")
        }
    }

    @Test func `what is deployed takes the place of what was shipped, by whatever way`() throws {
        func model(_ version: Int, branch: String? = nil) -> DeployedModel {
            DeployedModel(
                reference: versions[version], documents: DocumentPattern("*"), branch: branch)
        }
        let shipped: JSONValue = [
            "name": "x", "state": "shipped", "shipped": "B",
            "arms": [["name": "A"], ["name": "B", "model": .string(versions[1].description)]],
        ]
        func environment(_ models: [DeployedModel]) -> Environment {
            Environment(models: models, experiments: [shipped])
        }
        func states() throws -> [JSONValue?] {
            try registry.environment("dev").experiments.map { $0["state"] }
        }
        // What is declared together holds.
        try registry.apply(environment([model(0)]), to: "dev", by: "ada", time: 1)
        #expect(try states() == ["shipped"])
        // A branch of a model, or another model, is no concern of it.
        try registry.apply(
            environment([model(0), model(1, branch: "topic")]), to: "dev", by: "ada", time: 2)
        #expect(try states() == ["shipped"])
        try registry.apply(environment([model(1)]), to: "dev", by: "ada", time: 3)
        #expect(try states() == ["stopped"])
        try registry.write(environment([model(0)]), to: "dev")
        #expect(try registry.environment("dev").shipped(insteadOf: "a") == ["x"])
        let now = try registry.deploy(versions[0], to: "dev", by: "ada", time: 4)
        #expect(now.experiments[0]["state"] == "stopped" && now.experiments[0]["shipped"] == nil)
        #expect(now.shipped(insteadOf: "a").isEmpty)
    }
}
