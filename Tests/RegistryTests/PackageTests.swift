import JSON
import Registry
import Testing

@Suite struct PackageTests {
    private let home: TemporaryHome
    private let registry: Registry
    private let version: ModelReference

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
        let artifact = [UInt8](0..<100)
        version = try registry.publish(
            "m", kind: "intents", artifact: artifact, details: ["seed": 1], time: 7
        ).reference
        try registry.record(Note(time: 2, by: "ada", text: "good"), of: version)
    }

    private func lineage(_ branch: String) -> Lineage {
        Lineage(
            time: 1, by: "ada", tool: "hunch 1",
            revision: .init(commit: "c0ffee", branch: branch, isClean: true), files: [],
            definition: [:])
    }

    @Test func `a version is the same in another home, with all that was said of it`() throws {
        try registry.record(lineage("main"), of: version)
        let elsewhere = try TemporaryHome()
        let bytes = try registry.package(version)
        let (manifest, isNew) = try elsewhere.registry.importPackage(bytes, path: "f")
        #expect(try isNew && manifest == registry.manifest(of: version))
        #expect(try elsewhere.registry.resolve("m").reference == version)
        #expect(content(of: try elsewhere.registry.artifact(of: manifest)) == Array(0..<100))
        #expect(try elsewhere.registry.lineages(of: version) == [lineage("main")])
        #expect(try elsewhere.registry.notes(of: version).map(\.text) == ["good"])
        #expect(try elsewhere.registry.package(version) == bytes)
    }

    @Test func `what is there already gains the lineage and nothing else`() throws {
        let elsewhere = try TemporaryHome()
        _ = try elsewhere.registry.importPackage(try registry.package(version), path: "f")
        try registry.record(lineage("main"), of: version)
        try registry.record(Note(time: 3, by: "bob", text: "bad"), of: version)
        let again = try elsewhere.registry.importPackage(try registry.package(version), path: "f")
        #expect(!again.isNew)
        #expect(try elsewhere.registry.lineages(of: version) == [lineage("main")])
        #expect(try elsewhere.registry.notes(of: version).map(\.by) == ["ada"])
    }

    @Test(arguments: UInt64(0)..<50)
    func `a file of which one byte is another is refused whole`(seed: UInt64) throws {
        var bytes = try registry.package(version)
        let place = Int(seed) * bytes.count / 50
        bytes[place] ^= UInt8(1 << (seed % 8))
        try expectRefusal(bytes)
    }

    @Test(arguments: UInt64(1)..<20)
    func `a file that was cut, or goes on, is refused`(seed: UInt64) throws {
        let bytes = try registry.package(version)
        try expectRefusal(Array(bytes.prefix(bytes.count * Int(seed) / 20)))
        try expectRefusal(bytes + [UInt8](repeating: 0, count: Int(seed)))
    }

    @Test(arguments: ["lineage.jsonl", "notes.jsonl", "tests.json"])
    func `a file whose records cannot be read is refused`(name: String) throws {
        let path = registry.home + "/registry/m/\(version.version)/\(name)"
        try FileSystem.writeAtomically(Array("{\"time\": 1}\n".utf8), to: path)
        try expectRefusal(registry.package(version))
    }

    private func expectRefusal(_ bytes: [UInt8]) throws {
        let elsewhere = try TemporaryHome()
        #expect(throws: RegistryError.self) {
            try elsewhere.registry.importPackage(bytes, path: "f")
        }
        #expect(try elsewhere.registry.models().isEmpty)
    }
}
