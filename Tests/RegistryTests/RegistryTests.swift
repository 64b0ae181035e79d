import Glibc
import JSON
import Registry
import Testing

@Suite struct RegistryTests {
    private let home: TemporaryHome
    private let registry: Registry

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
    }

    @Test func `a project holds its files, and is made only once`() throws {
        let files = [("model.json", "{}"), ("data/train.csv", "text,intent\n")]
        let bytes = files.map { (path: $0.0, bytes: Array($0.1.utf8)) }
        try registry.createProject("my-model", files: bytes)
        #expect(try registry.projects() == ["my-model"])
        let path = try registry.projectPath("my-model")
        for file in bytes { #expect(try FileSystem.read("\(path)/\(file.path)") == file.bytes) }
        #expect(throws: RegistryError.alreadyExists(path: path)) {
            try registry.createProject("my-model", files: bytes)
        }
        #expect(throws: RegistryError.invalidName("..")) {
            try registry.createProject("other", files: [(path: "../x", bytes: [])])
        }
        #expect(try registry.projects() == ["my-model"])
    }

    @Test func `git keeps the models of a home and nothing else, unless it is told otherwise`()
        throws
    {
        let file = home.path + "/.gitignore"
        try registry.createProject("a", files: [])
        #expect(try FileSystem.read(file).starts(with: Array("# Models".utf8)))
        #expect(
            String(decoding: try FileSystem.read(file), as: UTF8.self).hasSuffix("/*\n!/models/\n"))
        try FileSystem.writeAtomically(Array("mine".utf8), to: file)
        try registry.createProject("b", files: [])
        #expect(try FileSystem.read(file) == Array("mine".utf8))
    }

    @Test(arguments: ["", ".", "..", ".hidden", "a/b", "a b", "é", "a\0", "a@b", "/"])
    func `a name that leads elsewhere is refused`(name: String) {
        #expect(throws: RegistryError.invalidName(name)) { try registry.projectPath(name) }
        #expect(throws: RegistryError.invalidName(name)) { try registry.environmentPath(name) }
        #expect(throws: RegistryError.invalidName(name)) { try registry.versions(of: name) }
        #expect(throws: RegistryError.invalidName(name)) {
            try registry.publish(name, kind: "intents", artifact: [], time: 0)
        }
    }

    @Test func `a version is what was published, under the digest of its content`() throws {
        let artifact = [UInt8](0..<200)
        let details: JSONValue = ["seed": 1, "accuracy": 0.92, "data": ["train.csv", nil]]
        let manifest = try registry.publish(
            "m", kind: "intents", artifact: artifact, details: details, time: 1_000)
        #expect(manifest.reference.version.count == 12)
        #expect(manifest.artifactBytes == 200)
        #expect(manifest.details["accuracy"] == 0.92)
        #expect(try registry.manifest(of: manifest.reference) == manifest)
        #expect(try registry.resolve("m") == manifest)
        #expect(try registry.resolve("\(manifest.reference)") == manifest)
        let mapped = try registry.artifact(of: manifest)
        #expect(mapped.count == 200 && content(of: mapped) == artifact)
    }

    @Test func `equal content gives the equal version, other content another`() throws {
        let publish = { (kind: String, artifact: [UInt8], details: JSONValue, time: Int) in
            try registry.publish("m", kind: kind, artifact: artifact, details: details, time: time)
        }
        let first = try publish("intents", [1], ["a": 1, "b": 2], 5)
        let again = try publish("intents", [1], ["b": 2, "a": 1], 9)
        #expect(again == first, "the time is that of the first, too")
        let others = [
            try publish("rules", [1], ["a": 1, "b": 2], 6),
            try publish("intents", [2], ["a": 1, "b": 2], 7),
            try publish("intents", [1], ["a": 1, "b": 3], 8),
        ]
        #expect(Set((others + [first]).map(\.reference)).count == 4)
        #expect(try registry.versions(of: "m").map(\.time) == [8, 7, 6, 5])
        #expect(try registry.models() == ["m"])
        // Known once and for all: a change of the format would give old models new names.
        #expect(first.reference.version == "b010d172eff6")
    }

    @Test func `an empty artifact can be mapped`() throws {
        let manifest = try registry.publish("m", kind: "rules", artifact: [], time: 0)
        #expect(try registry.artifact(of: manifest).count == 0)
    }

    @Test func `a version that was changed afterwards is damaged`() throws {
        let manifest = try registry.publish("m", kind: "intents", artifact: [1, 2, 3], time: 0)
        let folder = "\(home.path)/registry/m/\(manifest.reference.version)"
        try FileSystem.writeAtomically([1, 2, 4], to: folder + "/artifact")
        #expect(
            throws: RegistryError.damaged(
                path: folder + "/artifact", expected: manifest.artifactDigest,
                found: Digest(of: [1, 2, 4]).hexadecimal)
        ) { try registry.artifact(of: manifest) }

        let text = String(decoding: try FileSystem.read(folder + "/manifest.json"), as: UTF8.self)
        let changed = text.split(separator: "intents").joined(separator: "rules")
        try FileSystem.writeAtomically(Array(changed.utf8), to: folder + "/manifest.json")
        #expect {
            try registry.manifest(of: manifest.reference)
        } throws: { error in
            guard case .damaged(_, manifest.reference.version, _) = error as? RegistryError else {
                return false
            }
            return true
        }
        try FileSystem.writeAtomically(Array(text.utf8.dropLast(9)), to: folder + "/manifest.json")
        #expect(throws: RegistryError.self) { try registry.versions(of: "m") }
    }

    @Test func `what is not there is named`() throws {
        let reference = try ModelReference(parsing: "m@0123456789ab")
        #expect(throws: RegistryError.unknownVersion(reference)) {
            try registry.manifest(of: reference)
        }
        #expect(throws: RegistryError.unknownModel("m")) { try registry.resolve("m") }
        #expect(throws: RegistryError.invalidReference("m@1@2")) { try registry.resolve("m@1@2") }
        #expect(throws: RegistryError.unknownEnvironment("dev")) {
            try registry.environment("dev")
        }
        #expect(try registry.models().isEmpty && registry.versions(of: "m").isEmpty)
        #expect(try registry.environments().isEmpty && registry.projects().isEmpty)
    }

    @Test func `many may publish the same at the same time`() async throws {
        let registry = registry
        let versions = try await withThrowingTaskGroup { group in
            for time in 0..<16 {
                group.addTask {
                    try registry.publish(
                        "m", kind: "intents", artifact: [UInt8](repeating: 7, count: 9_999),
                        time: time)
                }
            }
            return try await group.reduce(into: [Manifest]()) { $0.append($1) }
        }
        let stored = try registry.versions(of: "m")
        #expect(stored.count == 1)
        #expect(versions.allSatisfy { $0 == stored[0] })
    }
}
