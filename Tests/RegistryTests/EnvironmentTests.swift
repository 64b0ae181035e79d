import Glibc
import JSON
import Registry
import Testing

@Suite struct EnvironmentTests {
    private let home: TemporaryHome
    private let registry: Registry

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
    }

    @Test func `an environment is read as it was written`() throws {
        let environment = Environment(
            models: [
                DeployedModel(
                    reference: try ModelReference(parsing: "intents@0123456789ab"),
                    documents: DocumentPattern("support/*")),
                DeployedModel(
                    reference: try ModelReference(parsing: "articles@ba9876543210"),
                    documents: DocumentPattern("*")),
            ],
            limits: [.connections: 5, .history: 100],
            keys: [
                AccessKey(token: "t\"1", role: .operator),
                AccessKey(token: "t2", role: .editor, user: "ada"),
                AccessKey(
                    token: "t3", role: .editor,
                    documents: [DocumentPattern("support/*"), DocumentPattern("sales/1")]),
            ],
            origins: ["https://example.org"], review: .init(confidence: 0.25, kept: 0))
        try registry.write(environment, to: "dev")
        #expect(try registry.environment("dev") == environment)
        #expect(try registry.environments() == ["dev"])
        #expect(
            environment.models(for: "support/1").map(\.reference.name) == ["intents", "articles"])
        #expect(environment.models(for: "sales/1").map(\.reference.name) == ["articles"])
    }

    @Test func `an empty object is an environment without anything`() throws {
        #expect(try Environment(parsing: Array("{}".utf8), path: "f") == Environment())
    }

    @Test(arguments: [
        (
            #"{"model":[]}"#, "",
            FileProblem.unknownKey(
                "model",
                known: [
                    "models", "limits", "keys", "origins", "review", "protected", "branch", "port",
                    "schedules", "rollouts", "experiments",
                ])
        ),
        (#"{"models":{}}"#, "models", .wrongType(wanted: "an array")),
        (#"{"experiments":{}}"#, "experiments", .wrongType(wanted: "an array")),
        (#"{"models":[{"name":"m","version":"v"},{"name":"m"}]}"#, "models[1].version", .missing),
        (#"{"models":[{"name":"../m","version":"v"}]}"#, "models[0].name", .invalidName("../m")),
        (
            #"{"models":[{"name":"m","version":7}]}"#, "models[0].version",
            .wrongType(
                wanted: "a string")
        ),
        (#"{"review":{"confidence":1.5}}"#, "review.confidence", .outOfRange),
        (#"{"review":{"kept":-1}}"#, "review.kept", .outOfRange),
        (#"{"limits":{"history":0}}"#, "limits.history", .outOfRange),
        (#"{"limits":{"drainSeconds":1e16}}"#, "limits.drainSeconds", .outOfRange),
        (#"{"limits":{"history":1.5}}"#, "limits.history", .wrongType(wanted: "an integer")),
        (
            #"{"keys":[{"token":"t","role":"admin"}]}"#, "keys[0].role",
            .unknownValue(
                "admin", known: ["editor", "operator"])
        ),
        (
            #"{"keys":[{"token":"","role":"editor"}]}"#, "keys[0].token",
            .wrongType(wanted: "a text that is not empty")
        ),
        (
            #"{"keys":[{"token":"t","role":"editor","roll":1}]}"#, "keys[0]",
            .unknownKey(
                "roll", known: ["token", "role", "user", "groups", "documents"])
        ),
        (
            #"{"keys":[{"token":"t","role":"operator","documents":["a/*"]}]}"#, "keys[0]",
            .unknownKey("documents", known: ["token", "role", "user", "groups"])
        ),
        (
            #"{"keys":[{"token":"t","role":"editor","documents":"a/*"}]}"#, "keys[0].documents",
            .wrongType(wanted: "an array")
        ),
        (#"{"origins":[],"origins":[]}"#, "", .twice("origins")),
        (#"{"origins":"#, "", .notJSON(JSONError(.unexpectedEnd, at: 11))),
        ("[]", "", .wrongType(wanted: "an object")),
    ])
    func `a mistake is named with its place`(text: String, location: String, problem: FileProblem) {
        #expect(
            throws: RegistryError.invalidFile(path: "e.json", location: location, problem: problem)
        ) { try Environment(parsing: Array(text.utf8), path: "e.json") }
    }

    @Test func `the sentence of a mistake tells what to do`() {
        let error = RegistryError.invalidFile(
            path: "e.json", location: "limits",
            problem: .unknownKey("conections", known: ["a", "b"]))
        #expect("\(error)" == "e.json, at limits: there is no setting 'conections'; there are a, b")
    }

    @Test func `a deployment replaces the model where it is in use, and is noted`() throws {
        let first = try registry.publish("m", kind: "intents", artifact: [1], time: 1).reference
        let second = try registry.publish("m", kind: "intents", artifact: [2], time: 2).reference
        let other = try registry.publish("n", kind: "ranker", artifact: [2], time: 2).reference
        try registry.write(Environment(), to: "dev")
        let support = DocumentPattern("support/*")
        try registry.deploy(first, to: "dev", by: "ada", time: 10)
        try registry.deploy(first, to: "dev", documents: support, by: "ada", time: 11)
        try registry.deploy(other, to: "dev", by: "bob", time: 12)
        try registry.deploy(second, to: "dev", documents: support, by: "ada", time: 13)
        let models = try registry.environment("dev").models
        #expect(models.map(\.reference) == [first, second, other])
        #expect(models.map(\.documents.text) == ["*", "support/*", "*"])
        let last = try registry.deploy(second, to: "dev", by: "eve", time: 14)
        #expect(last.models.map(\.reference) == [second, second, other])
        let history = try registry.deployments(to: "dev")
        #expect(history.map(\.reference) == [first, first, other, second, second])
        #expect(history.map(\.time) == [10, 11, 12, 13, 14])
        #expect(history.map(\.documents) == [nil, support, nil, support, nil])
        #expect(history.map(\.by) == ["ada", "ada", "bob", "ada", "eve"])
    }

    @Test func `deployments at the same time are all kept, in the file and in the history`()
        async throws
    {
        try registry.write(Environment(), to: "dev")
        let versions = try (0..<12).map {
            try registry.publish("m\($0)", kind: "intents", artifact: [1], time: 1).reference
        }
        try await withThrowingTaskGroup { group in
            for version in versions {
                let registry = registry
                group.addTask { _ = try registry.deploy(version, to: "dev", by: "ada", time: 1) }
            }
            try await group.waitForAll()
        }
        #expect(Set(try registry.environment("dev").models.map(\.reference)) == Set(versions))
        #expect(Set(try registry.deployments(to: "dev").map(\.reference)) == Set(versions))
    }

    @Test func `an environment is created whole, for its owner's eyes, and once`() throws {
        let version = try registry.publish("m", kind: "intents", artifact: [1], time: 1).reference
        let model = DeployedModel(reference: version, documents: DocumentPattern("a/*"))
        try registry.create(Environment(models: [model]), as: "anna", by: "ada", time: 5)
        let path = try registry.environmentPath("anna")
        var status = stat()
        #expect(stat(path + "/environment.json", &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        let history = try registry.deployments(to: "anna")
        #expect(history.map(\.reference) == [version] && history.map(\.time) == [5])
        #expect(DeploymentHistory(history).models(at: 5) == [model])
        #expect(throws: RegistryError.alreadyExists(path: path)) {
            try registry.create(Environment(), as: "anna", by: "ada", time: 6)
        }
        // A folder without the file is none: it hinders nobody.
        try FileSystem.makeFolders(registry.environmentPath("left"))
        #expect(try registry.environments() == ["anna"])
    }

    @Test func `what is unknown is not made by deploying to it`() throws {
        let version = try registry.publish("m", kind: "intents", artifact: [1], time: 1).reference
        #expect(throws: RegistryError.unknownEnvironment("typo")) {
            try registry.deploy(version, to: "typo", by: "ada", time: 1)
        }
        #expect(try !FileSystem.exists(registry.environmentPath("typo")))
    }

    @Test func `a version that cannot be loaded is not deployed`() throws {
        let manifest = try registry.publish("m", kind: "intents", artifact: [1], time: 1)
        let reference = manifest.reference
        try registry.write(Environment(), to: "dev")
        let path = "\(home.path)/registry/m/\(reference.version)/artifact"
        try FileSystem.writeAtomically([2], to: path)
        #expect(throws: RegistryError.self) {
            try registry.deploy(reference, to: "dev", by: "ada", time: 1)
        }
        #expect(try registry.environment("dev") == Environment())
        #expect(try registry.deployments(to: "dev").isEmpty)
    }
}
