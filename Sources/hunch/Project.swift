// A model as its author edits it, and how it becomes a version.

import CAssets
import JSON
import NLU
import Ranking
import Reactor
import Registry

/// The folder `models/<name>`: model.json and what it names.
struct Project {
    enum Kind: String, CaseIterable {
        case intents, tags, rules, ranker, duplicates, external
    }

    let name: String
    let kind: Kind
    let definition: JSONValue
    private let folder: String

    /// Reads model.json of a project.
    init(_ name: String, in registry: Registry) throws {
        self.name = name
        folder = try registry.projectPath(name)
        let path = folder + "/model.json"
        guard FileSystem.exists(path) else {
            throw Failure(
                "there is no model '\(name)'; create one: hunch create model -n \(name)")
        }
        do throws(JSONError) {
            definition = try JSONValue(parsing: try Self.read(path))
        } catch {
            throw Failure("\(path): \(error)")
        }
        guard let kind = definition["kind"]?.string.flatMap(Kind.init) else {
            let kinds = Kind.allCases.map(\.rawValue).joined(separator: " or ")
            throw Failure("\(path): \"kind\" must be \(kinds)")
        }
        self.kind = kind
    }

    private static func read(_ path: String) throws(JSONError) -> [UInt8] {
        do throws(RegistryError) {
            return try FileSystem.read(path)
        } catch {
            return []
        }
    }

    // MARK: Creating

    /// Creates a project with data to begin with, ready to be trained and deployed.
    ///
    /// A `place` is for recommenders. Tests of the sample data are left out where other data is used.
    static func create(
        _ name: String, _ kind: Kind, place: Place? = nil, hasTests: Bool = true,
        in registry: Registry
    ) throws(RegistryError) {
        let tests = (path: BehaviouralTests.name, bytes: sampleTests(name, kind, place))
        let files = files(name, kind, place)
        try registry.createProject(name, files: hasTests ? files + [tests] : files)
    }

    private static func files(
        _ name: String, _ kind: Kind, _ place: Place?
    ) -> [(path: String, bytes: [UInt8])] {
        switch kind {
        case .tags: return tagFiles(name)
        case .rules: return ruleFiles(name)
        case .duplicates: return duplicateFiles(name)
        case .external: return externalFiles(name)
        case .intents:
            let definition: JSONValue = [
                "name": .string(name), "kind": "intents", "data": "intents.csv", "seed": 1,
            ]
            return [
                ("model.json", definition.serialized(pretty: true)),
                ("intents.csv", asset("demo/intents.csv")), ("README.md", readme(name, intents)),
            ]
        case .ranker: return newRankerFiles(name, place)
        }
    }

    static func asset(_ name: String) -> [UInt8] {
        guard let asset = asset_named(name) else { preconditionFailure("\(name) is not embedded") }
        return Array(UnsafeBufferPointer(start: asset.pointee.bytes, count: asset.pointee.length))
    }

    static func readme(_ name: String, _ text: String) -> [UInt8] {
        Array(
            "# \(name)\n\n\(text)\n\n`tests.jsonl` holds how it must behave; a version that fails is not deployed.\n\n"
                .utf8)
            + Array(
                "    hunch train model -n \(name)\n    hunch test model -n \(name)\n    hunch deploy model -n \(name)\n"
                    .utf8)
    }

    private static let intents = """
        Says what somebody wants by a line of text. `intents.csv` holds one example a line, `text,intent`;
        lines with the intent `out_of_scope` show what is none of them. Replace them by your own.

        Entities come with the intent where model.json has `"entities"`, by their values or by a pattern as in
        rules: `{"city": {"values": {"New York": ["NYC"]}}, "order": {"pattern": "[a-z]{2}-\\\\d{4}"}}`.
        """

    // MARK: Training

    /// Trains and publishes; gives the version.
    ///
    /// Equal data and settings give the same version, from the same version to begin with. Where it
    /// comes from is noted beside it.
    func train(
        _ options: TrainingOptions, in registry: Registry,
        report: @escaping @Sendable (String) -> Void
    ) throws -> Manifest {
        let lineage = try lineage(options)
        let manifest = try publish(options, in: registry, report: report)
        try registry.record(lineage, of: manifest.reference)
        return manifest
    }

    private func publish(
        _ options: TrainingOptions, in registry: Registry,
        report: @escaping @Sendable (String) -> Void
    ) throws -> Manifest {
        switch kind {
        case .intents: try trainIntents(options, in: registry, report: report)
        case .tags: try trainTags(options, in: registry, report: report)
        case .rules: try packRules(in: registry, report: report)
        case .ranker: try trainRanker(options, in: registry, report: report)
        case .duplicates: try packDuplicates(in: registry)
        case .external: try packExternal(in: registry, report: report)
        }
    }

    /// A path that model.json names, within the project unless it is absolute.
    func file(_ name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }
}

/// A number with four decimals.
func rounded(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let scaled = Int((abs(value) * 10_000).rounded())
    let fraction = String(scaled % 10_000)
    let zeros = String(repeating: "0", count: 4 - fraction.count)
    return (value < 0 ? "-" : "") + "\(scaled / 10_000).\(zeros)\(fraction)"
}
