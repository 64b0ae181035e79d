import Glibc
import JSON
import Registry
import Testing

@Suite struct VersionRecordsTests {
    private let home: TemporaryHome
    private let registry: Registry
    private let version: ModelReference

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
        version = try registry.publish("m", kind: "intents", artifact: [1], time: 1).reference
    }

    private func lineage(_ time: Int, clean: Bool = true) -> Lineage {
        Lineage(
            time: time, by: "ada", tool: "hunch 1",
            revision: .init(commit: "c0ffee", branch: nil, isClean: clean),
            files: [.init(name: "model.json", content: [1, 2])], definition: ["seed": 1])
    }

    @Test func `what is said of a version later does not change it`() throws {
        let before = try registry.manifest(of: version)
        try registry.record(lineage(1), of: version)
        try registry.record(Note(time: 2, by: "ada", text: "good"), of: version)
        let outcome = TestOutcome(time: 3, digest: "d", count: 2, failures: ["line 1"])
        try registry.record(outcome, of: version)
        try registry.tag(version, as: "champion")
        #expect(try registry.manifest(of: version) == before)
        #expect(try registry.versions(of: "m") == [before])
        #expect(try registry.lineages(of: version) == [lineage(1)])
        #expect(try registry.notes(of: version).map(\.text) == ["good"])
        #expect(try registry.tests(of: version) == outcome)
        #expect(try registry.tags(of: version) == ["champion"])
    }

    @Test func `a training that says nothing new is noted once`() throws {
        try registry.record(lineage(1), of: version)
        try registry.record(lineage(2), of: version)
        try registry.record(lineage(3, clean: false), of: version)
        #expect(try registry.lineages(of: version).map(\.time) == [1, 3])
    }

    @Test func `many may note something at the same time`() async throws {
        try await withThrowingTaskGroup { group in
            for i in 0..<16 {
                let (registry, version) = (registry, version)
                group.addTask {
                    try registry.record(Note(time: i, by: "ada", text: "\(i)"), of: version)
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(try registry.notes(of: version).map(\.time)) == Set(0..<16))
    }

    @Test func `a tag, or the first digits, name a version, and a tag moves`() throws {
        let other = try registry.publish("m", kind: "intents", artifact: [2], time: 2).reference
        #expect(try registry.tag(version, as: "champion") == nil)
        #expect(try registry.resolve("m@champion").reference == version)
        #expect(try registry.tag(other, as: "champion") == version)
        #expect(try registry.resolve("m@champion").reference == other)
        #expect(try registry.resolve("m@\(version.version.prefix(6))").reference == version)
        #expect(try registry.untag("m", "champion") == other)
        #expect(try registry.untag("m", "champion") == nil)
        #expect(throws: RegistryError.self) { try registry.resolve("m@champion") }
        #expect(throws: RegistryError.invalidName(other.version)) {
            try registry.tag(version, as: other.version)
        }
    }

    @Test func `a branch names the newest version that was trained from it`() throws {
        let versions = try (2...4).map {
            try registry.publish("m", kind: "intents", artifact: [$0], time: Int($0)).reference
        }
        for (i, branch) in ["fix/dates", "fix/dates", "main"].enumerated() {
            let lineage = Lineage(
                time: 1, by: "ada", tool: "hunch 1",
                revision: .init(commit: "c", branch: branch, isClean: true), files: [],
                definition: [:])
            try registry.record(lineage, of: versions[i])
        }
        #expect(try registry.resolve("m@fix/dates").reference == versions[1])
        #expect(try registry.resolve("m@main").reference == versions[2])
        #expect(throws: RegistryError.invalidTag("main", of: "m")) {
            try registry.tag(version, as: "main")
        }
        try registry.tag(version, as: "fix")
        #expect(try registry.resolve("m@fix").reference == version)
        #expect(try registry.resolve("m@newest") == registry.versions(of: "m")[0])
        #expect(throws: RegistryError.unknownBranch("m", branch: "fix/times")) {
            try registry.resolve("m@fix/times")
        }
    }

    @Test func `digits that several versions begin with name none`() throws {
        let versions = try (0..<40).map {
            try registry.publish("n", kind: "intents", artifact: [$0], time: 1).reference.version
        }
        // Of 40 versions, two begin with the same of 16 digits.
        let first = try #require(
            Dictionary(grouping: versions, by: { $0.prefix(1) }).first { $0.value.count > 1 })
        let reference = try ModelReference(name: "n", version: String(first.key))
        #expect(
            throws: RegistryError.ambiguousVersion(reference, versions: first.value.sorted())
        ) { try registry.resolve("\(reference)") }
    }

    @Test func `what is deployed is not deleted, and the refusal says where`() throws {
        for name in ["dev", "anna"] { try registry.write(Environment(), to: name) }
        try registry.deploy(version, to: "anna", by: "ada", time: 1)
        #expect(throws: RegistryError.deployed(version, environments: ["anna"])) {
            try registry.delete(version)
        }
        let next = try registry.publish("m", kind: "intents", artifact: [2], time: 2).reference
        try registry.deploy(next, to: "anna", by: "ada", time: 2)
        try registry.tag(version, as: "old")
        try registry.delete(version)
        #expect(try registry.versions(of: "m").map(\.reference) == [next])
        #expect(try registry.tags(of: "m").isEmpty)
        #expect(throws: RegistryError.unknownVersion(version)) { try registry.delete(version) }
    }

    @Test func `what is deployed, tagged, newest or to be rolled back to is not collected`() throws
    {
        let versions =
            try [version]
            + (2...8).map {
                try registry.publish("m", kind: "intents", artifact: [$0], time: Int($0)).reference
            }
        try registry.write(Environment(), to: "dev")
        for i in [0, 1, 2] { try registry.deploy(versions[i], to: "dev", by: "ada", time: i) }
        try registry.tag(versions[4], as: "champion")
        func unused(_ count: Int) throws -> [ModelReference] {
            try registry.unused(keeping: count).map(\.reference)
        }
        // 2 is live, 1 comes after a rollback, 4 is tagged, 6 and 7 are the newest.
        #expect(try unused(2) == [versions[5], versions[3], versions[0]])
        #expect(try unused(0) == [7, 6, 5, 3, 0].map { versions[$0] })
        for reference in try unused(0) { try registry.delete(reference) }
        #expect(try unused(0).isEmpty)
        #expect(try registry.previous(of: "m", in: "dev").map(\.version) == [versions[1]])
    }

    @Test func `what a crash left is collected when a day has passed`() throws {
        let path = "\(home.path)/registry/m/.new-abc"
        try FileSystem.makeFolders(path)
        try FileSystem.writeAtomically([1], to: path + "/artifact")
        var status = stat()
        #expect(stat(path, &status) == 0)
        let now = Int(status.st_mtim.tv_sec) * 1_000_000
        #expect(try registry.leftovers(at: now + 3_600_000_000).isEmpty)
        #expect(try registry.leftovers(at: now + 90_000_000_000) == [path])
        try FileSystem.remove(path)
        #expect(try registry.leftovers(at: now + 90_000_000_000).isEmpty)
        #expect(try registry.resolve("m").reference == version)
    }

    @Test func `a program that was unpacked goes when its version has gone`() throws {
        let other = try registry.publish("p", kind: "external", artifact: [9], time: 1).reference
        for reference in [version, other] {
            let path = registry.programPath(reference)
            try FileSystem.makeFolders(path + "/words")
            try FileSystem.writeAtomically([1, 2, 3], to: path + "/words/german.txt")
        }
        #expect(try registry.strayPrograms().isEmpty)
        try registry.delete(other)
        #expect(try registry.strayPrograms() == [registry.programPath(other)])
        #expect(try FileSystem.diskBytes(of: registry.programPath(other)) == 3)
    }

    @Test func `the bytes of a version are those of all its files`() throws {
        let before = try registry.diskBytes(of: version)
        #expect(try before == 1 + registry.manifest(of: version).serialized.count)
        try registry.record(lineage(1), of: version)
        #expect(try registry.diskBytes(of: version) > before)
    }
}
