// All that is known of a version: where it comes from, how good it is, where it serves.

import JSON
import Registry

/// What `hunch show model` prints.
struct VersionReport {
    private let manifest: Manifest
    private let lineages: [Lineage]
    private let notes: [Note]
    private let tests: TestOutcome?
    private let tags: [String]
    private let environments: [String]
    private let bytes: Int

    init(_ manifest: Manifest, in home: Home) throws {
        let registry = home.registry
        let reference = manifest.reference
        self.manifest = manifest
        lineages = try registry.lineages(of: reference)
        notes = try registry.notes(of: reference)
        tests = try registry.tests(of: reference)
        tags = try registry.tags(of: reference)
        environments = try home.readableEnvironments()
            .filter { $0.environment.uses(reference) }.map(\.name)
        bytes = try registry.diskBytes(of: reference)
    }

    /// For people, or as one JSON object: the manifest and what stands beside it.
    func text(isJSON: Bool) throws -> String {
        guard !isJSON else { return try json.description }
        let reference = manifest.reference
        var lines = [
            "\(reference)  \(manifest.kind)  \(date(manifest.time))  \(Figure.count(bytes)) bytes"
        ]
        lines += [
            row("tags", tags.joined(separator: " ")),
            row("deployed", environments.joined(separator: " ")),
            row("tests", tests?.summary ?? "not run; hunch test model -n \(reference)"),
            row("went on from", manifest.details["from"]?.string.map { "\(reference.name)@\($0)" }),
        ].compactMap(\.self)
        lines += lineages.flatMap(trained)
        if !notes.isEmpty { lines.append("notes") }
        lines += notes.map { "  \(date($0.time)) \($0.by): \($0.text)" }
        lines.append("details")
        lines += manifest.details.leaves.map { "  \($0.name)  \(shortened($0.value))" }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ value: String?) -> String? {
        value.flatMap { $0.isEmpty ? nil : Figure.left(name, 14) + $0 }
    }

    private func trained(_ lineage: Lineage) -> [String] {
        let source = lineage.revision.map { revision in
            ", commit \(revision.commit.prefix(12)) of \(revision.branch ?? "no branch")"
                + (revision.isClean ? "" : ", with changes")
        }
        let head = "\(date(lineage.time)) by \(lineage.by) with \(lineage.tool)\(source ?? "")"
        let files = lineage.files.map { file in
            "  \(file.name)  \(file.digest.prefix(12))  \(Figure.count(file.bytes)) bytes"
        }
        return [Figure.left("trained", 14) + head] + files
    }

    private var json: JSONValue {
        get throws {
            let members = try JSONValue(parsing: manifest.serialized).object ?? []
            let beside: [(key: String, value: JSONValue)] = [
                ("bytes", .number(Double(bytes))), ("tags", .array(tags.map { .string($0) })),
                ("deployed", .array(environments.map { .string($0) })),
                ("tests", tests?.json ?? .null), ("lineage", .array(lineages.map(\.json))),
                ("notes", .array(notes.map(\.json))),
            ]
            return .object(members + beside)
        }
    }
}

extension TestOutcome {
    /// In a few words.
    var summary: String {
        failures.isEmpty ? "\(count) passed" : "\(failures.count) of \(count) failed"
    }
}

/// A value on one line, cut where it is long.
func shortened(_ value: JSONValue?) -> String {
    guard let value else { return "–" }
    let text = value.string ?? value.description
    return text.count > 60 ? text.prefix(57) + "…" : text
}

extension JSONValue {
    /// The members of objects within objects by their paths, such as `fit.passes`.
    var leaves: [(name: String, value: JSONValue)] {
        (object ?? []).flatMap { key, value in
            guard let members = value.object, !members.isEmpty else { return [(key, value)] }
            return value.leaves.map { ("\(key).\($0.name)", $0.value) }
        }
    }
}
