// Lineage, notes, tags and test outcomes of versions: what may grow beside what never changes.

import JSON

extension Registry {
    // MARK: Lineage

    /// The trainings that gave a version, the oldest first; none where it was made elsewhere.
    package func lineages(of reference: ModelReference) throws(RegistryError) -> [Lineage] {
        try records("lineage.jsonl", of: reference, Lineage.init)
    }

    /// Adds a training that gave the version; one that says nothing new is left out.
    package func record(
        _ lineage: Lineage, of reference: ModelReference
    ) throws(RegistryError) {
        try FileSystem.locked(versionPath(reference)) { () throws(RegistryError) in
            guard try !lineages(of: reference).contains(where: lineage.repeats) else { return }
            try append(lineage.json, to: "lineage.jsonl", of: reference)
        }
    }

    // MARK: Notes

    /// What people have noted of a version, the oldest first.
    package func notes(of reference: ModelReference) throws(RegistryError) -> [Note] {
        try records("notes.jsonl", of: reference, Note.init)
    }

    package func record(_ note: Note, of reference: ModelReference) throws(RegistryError) {
        try FileSystem.locked(versionPath(reference)) { () throws(RegistryError) in
            try append(note.json, to: "notes.jsonl", of: reference)
        }
    }

    // MARK: Tests

    /// What came of the last behavioural tests of a version; nil where there were none.
    package func tests(of reference: ModelReference) throws(RegistryError) -> TestOutcome? {
        let path = try versionPath(reference) + "/tests.json"
        guard FileSystem.exists(path) else { return nil }
        return try TestOutcome(JSONNode(parsing: FileSystem.read(path), path: path))
    }

    package func record(
        _ outcome: TestOutcome, of reference: ModelReference
    ) throws(RegistryError) {
        try FileSystem.writeAtomically(
            outcome.json.serialized(pretty: true), to: versionPath(reference) + "/tests.json")
    }

    // MARK: Tags

    /// The versions of a model by their tags, such as `champion`.
    package func tags(of name: String) throws(RegistryError) -> [String: String] {
        let path = try tagsFile(name)
        guard FileSystem.exists(path) else { return [:] }
        let file = try JSONNode(parsing: try FileSystem.read(path), path: path)
        var tags: [String: String] = [:]
        for (tag, _) in file.value.object ?? [] { tags[tag] = try file.member(tag).name() }
        return tags
    }

    /// The tags of a version, sorted.
    package func tags(of reference: ModelReference) throws(RegistryError) -> [String] {
        try tags(of: reference.name).filter { $0.value == reference.version }.keys.sorted()
    }

    /// Gives a tag to a version, which takes it from the one that had it before.
    ///
    /// - Returns: the version that had it.
    /// - Throws: `.unknownVersion`; `.invalidName` of a tag that looks like a version; `.invalidTag` of one
    ///   that means something else after `name@`.
    @discardableResult
    package func tag(
        _ reference: ModelReference, as tag: String
    ) throws(RegistryError) -> ModelReference? {
        guard isName(tag), !isVersion(tag) else { throw .invalidName(tag) }
        guard tag != Self.newest, try newest(of: reference.name, on: tag) == nil else {
            throw .invalidTag(tag, of: reference.name)
        }
        _ = try versionPath(reference)
        return try changeTags(of: reference.name) { $0.updateValue(reference.version, forKey: tag) }
    }

    /// Takes a tag away; gives the version that had it.
    @discardableResult
    package func untag(_ name: String, _ tag: String) throws(RegistryError) -> ModelReference? {
        try changeTags(of: name) { $0.removeValue(forKey: tag) }
    }

    private func changeTags(
        of name: String, _ change: (inout [String: String]) -> String?
    ) throws(RegistryError) -> ModelReference? {
        let path = try tagsFile(name)
        let previous = try FileSystem.locked(FileSystem.parent(of: path)) {
            () throws(RegistryError) -> String? in
            var tags = try tags(of: name)
            let previous = change(&tags)
            let members = tags.sorted { $0.key < $1.key }.map {
                (key: $0.key, value: JSONValue.string($0.value))
            }
            try FileSystem.writeAtomically(
                JSONValue.object(members).serialized(pretty: true), to: path)
            return previous
        }
        return try previous.map { version throws(RegistryError) in
            try ModelReference(name: name, version: version)
        }
    }

    private func tagsFile(_ name: String) throws(RegistryError) -> String {
        try checkName(name)
        return "\(home)/registry/\(name)/tags.json"
    }

    // MARK: Files

    /// The folder of a version that is there.
    func versionPath(_ reference: ModelReference) throws(RegistryError) -> String {
        let path = path(of: reference)
        guard FileSystem.exists(path) else { throw .unknownVersion(reference) }
        return path
    }

    private func records<Record>(
        _ file: String, of reference: ModelReference,
        _ read: (JSONNode) throws(RegistryError) -> Record
    ) throws(RegistryError) -> [Record] {
        try FileSystem.lines(of: versionPath(reference) + "/" + file, read)
    }

    private func append(
        _ record: JSONValue, to file: String, of reference: ModelReference
    ) throws(RegistryError) {
        try FileSystem.append(line: record.serialized(), to: versionPath(reference) + "/" + file)
    }
}

extension FileSystem {
    /// The lines of a file, each a JSON value; none where there is no such file.
    static func lines<Record>(
        of path: String, _ read: (JSONNode) throws(RegistryError) -> Record
    ) throws(RegistryError) -> [Record] {
        guard exists(path) else { return [] }
        return try lines(in: self.read(path), of: path, read)
    }

    /// The lines of what is, or will be, the content of a file.
    static func lines<Record>(
        in bytes: [UInt8], of path: String, _ read: (JSONNode) throws(RegistryError) -> Record
    ) throws(RegistryError) -> [Record] {
        var records: [Record] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            records.append(try read(JSONNode(parsing: Array(line), path: path)))
        }
        return records
    }

    /// Adds a line to a file by writing the whole file anew: it is short, and a line half written
    /// would spoil it for good.
    static func append(line: [UInt8], to path: String) throws(RegistryError) {
        let past = exists(path) ? try read(path) : []
        try writeAtomically(past + line + [UInt8(ascii: "\n")], to: path)
    }
}
