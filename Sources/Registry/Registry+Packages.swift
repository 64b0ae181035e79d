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
        var (list, content): ([JSONValue], [UInt8]) = ([], [])
        for name in Self.packedFiles where FileSystem.exists(path + "/" + name) {
            let bytes = try FileSystem.read(path + "/" + name)
            list.append(["name": .string(name), "bytes": .number(Double(bytes.count))])
            content += bytes
        }
        let header: JSONValue = ["files": .array(list)]
        let body = header.serialized() + [UInt8(ascii: "\n")] + content
        return Array((Self.packageMagic + Digest(of: body).hexadecimal + "\n").utf8) + body
    }

    /// Takes in a version that `package` has written; what is there already gains its lineage.
    ///
    /// It gives the version, and whether it was not there before. `path` is what the file is called in
    /// errors.
    ///
    /// - Throws: `.noPackage`; `.damaged` if a byte of it is not as it was written.
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
        let isNew = try create(folder: self.path(of: manifest.reference), files: files)
        if !isNew, let lines = files.first(where: { $0.path == "lineage.jsonl" })?.bytes {
            for line in lines.split(separator: UInt8(ascii: "\n")) {
                try record(
                    Lineage(JSONNode(parsing: Array(line), path: path)), of: manifest.reference)
            }
        }
        return (try self.manifest(of: manifest.reference), isNew)
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
        let digest = Digest(of: Array(bytes[(end + 1)...])).hexadecimal
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
