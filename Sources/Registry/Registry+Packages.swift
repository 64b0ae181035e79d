// A version as one file, to be carried to another home.

import JSON

/// The form of the file: a line `hunch-model 1` with the SHA-256 of all that follows it; a line of JSON
/// that names the files with their lengths; then the files, one after another.
extension Registry {
    private static let packageMagic = "hunch-model 1 "
    private static let packedFiles = [
        "manifest.json", "artifact", "lineage.jsonl", "notes.jsonl", "tests.json",
    ]

    /// A version with its lineage, notes and test outcome as one file; its tags stay in this home.
    ///
    /// - Throws: `.unknownVersion`, `.damaged`.
    package func package(_ reference: ModelReference) throws(RegistryError) -> [UInt8] {
        _ = try artifact(of: manifest(of: reference))
        let path = try versionPath(reference)
        var files: [(name: String, content: MappedFile)] = []
        for name in Self.packedFiles where FileSystem.exists(path + "/" + name) {
            files.append((name, try MappedFile(path + "/" + name)))
        }
        let list = files.map { file -> JSONValue in
            ["name": .string(file.name), "bytes": .number(Double(file.content.count))]
        }
        let header: JSONValue = ["files": .array(list)]
        let head = header.serialized() + [UInt8(ascii: "\n")]
        let start = Self.packageMagic.utf8.count + Digest.digits + 1
        var bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: start)
        // Models may be large: they are held once.
        bytes.reserveCapacity(files.reduce(start + head.count) { $0 + $1.content.count })
        bytes += head
        for file in files { withExtendedLifetime(file) { bytes += file.content.unsafeBytes } }
        let title = Self.packageMagic + Self.digest(of: bytes[start...])
        bytes.replaceSubrange(..<(start - 1), with: title.utf8)
        return bytes
    }

    private static func digest(of bytes: ArraySlice<UInt8>) -> String {
        bytes.withUnsafeBytes { Digest(of: $0).hexadecimal }
    }

    /// Takes in a version that `package` has written; what is there already gains its lineage.
    ///
    /// It gives the version, and whether it was not there before. `path` is what the file is called in
    /// errors.
    ///
    /// How the version's tests went there counts here, too: it is for who takes it in to trust that.
    ///
    /// - Throws: `.noPackage`; `.damaged` if a byte of it is not as it was written; `.invalidFile`.
    package func importPackage(
        _ bytes: [UInt8], path: String
    ) throws(RegistryError) -> (manifest: Manifest, isNew: Bool) {
        let files = try unpacked(bytes, path: path)
        guard let text = files.first(where: { $0.path == "manifest.json" }),
            let artifact = files.first(where: { $0.path == "artifact" })
        else { throw .noPackage(path: path) }
        let manifest = try Manifest(parsing: text.bytes, path: path)
        let digest = Digest(of: artifact.bytes).hexadecimal
        guard digest == manifest.artifactDigest else {
            throw .damaged(path: path, expected: manifest.artifactDigest, found: digest)
        }
        // What cannot be read would be found out only when the version is in use.
        let lineages = try records("lineage.jsonl", in: files, path, Lineage.init)
        _ = try records("notes.jsonl", in: files, path, Note.init)
        if let tests = files.first(where: { $0.path == "tests.json" }) {
            _ = try TestOutcome(JSONNode(parsing: tests.bytes, path: path))
        }
        let isNew = try create(folder: self.path(of: manifest.reference), files: files)
        if !isNew {
            for lineage in lineages { try record(lineage, of: manifest.reference) }
        }
        return (try self.manifest(of: manifest.reference), isNew)
    }

    private func records<Record>(
        _ name: String, in files: [(path: String, bytes: [UInt8])], _ path: String,
        _ read: (JSONNode) throws(RegistryError) -> Record
    ) throws(RegistryError) -> [Record] {
        guard let file = files.first(where: { $0.path == name }) else { return [] }
        return try FileSystem.lines(in: file.bytes, of: path, read)
    }

    private func unpacked(
        _ bytes: [UInt8], path: String
    ) throws(RegistryError) -> [(path: String, bytes: [UInt8])] {
        let newline = UInt8(ascii: "\n")
        let magic = Array(Self.packageMagic.utf8)
        guard bytes.starts(with: magic), let end = bytes.firstIndex(of: newline),
            let headerEnd = bytes[(end + 1)...].firstIndex(of: newline)
        else { throw .noPackage(path: path) }
        let expected = String(decoding: bytes[magic.count..<end], as: UTF8.self)
        let digest = Self.digest(of: bytes[(end + 1)...])
        guard digest == expected else {
            throw .damaged(path: path, expected: expected, found: digest)
        }
        let header = try JSONNode(parsing: Array(bytes[(end + 1)..<headerEnd]), path: path)
        var files: [(path: String, bytes: [UInt8])] = []
        var start = headerEnd + 1
        for file in try header.member("files").elements() {
            let count = try file.member("bytes").integer(in: 0...(bytes.count - start))
            let name = try file.member("name").string()
            guard Self.packedFiles.contains(name) else { throw .noPackage(path: path) }
            files.append((name, Array(bytes[start..<start + count])))
            start += count
        }
        guard start == bytes.count else { throw .noPackage(path: path) }
        return files
    }
}
