// The files of a model that is a program, as one artifact.

internal import Glibc
internal import JSON
package import Numerics
package import Registry

/// A definition with the files that the program is made of.
package struct ExternalArtifact: Sendable {
    package struct File: Equatable, Sendable {
        /// Within the folder of the model, as in `words/german.txt`.
        package let path: String
        package let bytes: [UInt8]
        package let isExecutable: Bool

        package init(path: String, bytes: [UInt8], isExecutable: Bool) {
            self.path = path
            self.bytes = bytes
            self.isExecutable = isExecutable
        }
    }

    private static let magic = "program\n"

    package let definition: ExternalDefinition
    package let files: [File]

    package init(_ definition: ExternalDefinition, files: [File]) {
        self.definition = definition
        self.files = files
    }

    /// Gives the bytes of the artifact; equal definitions and files in equal order give equal ones.
    package func encoded() -> [UInt8] {
        let list = files.map { file -> JSONValue in
            [
                "path": .string(file.path), "bytes": .number(Double(file.bytes.count)),
                "executable": .boolean(file.isExecutable),
            ]
        }
        var archive = ArchiveWriter(magic: Self.magic, format: 0)
        archive.add("definition", definition.json.serialized())
        archive.add("files", JSONValue.array(list).serialized())
        archive.add("content", files.flatMap(\.bytes))
        return archive.encoded()
    }

    /// Reads an artifact.
    ///
    /// - Throws: `ArchiveError`; `ExternalArtifactError` for files that lie elsewhere than in the folder.
    package init(_ memory: Memory) throws {
        let archive = try Archive(memory, magic: Self.magic)
        let section = { (name: String) in try archive.table(name, of: UInt8.self) }
        let bytes = { (table: Table<UInt8>, range: Range<Int>) in range.map { table[$0] } }
        let whole = { (table: Table<UInt8>) in bytes(table, 0..<table.count) }
        definition = try ExternalDefinition(JSONValue(parsing: whole(section("definition"))))
        let content = try section("content")
        var files: [File] = []
        var start = 0
        for entry in try JSONValue(parsing: whole(section("files"))).array ?? [] {
            guard let path = entry["path"]?.string, let count = entry["bytes"]?.int, count >= 0,
                count <= content.count - start, Self.isInside(path)
            else { throw ExternalArtifactError.damaged }
            files.append(
                File(
                    path: path, bytes: bytes(content, start..<start + count),
                    isExecutable: entry["executable"]?.bool ?? false))
            start += count
        }
        self.files = files
    }

    /// Whether a path leads to a file in the folder, whatever stands there.
    private static func isInside(_ path: String) -> Bool {
        path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            !["", ".", ".."].contains($0)
        }
    }

    // MARK: Unpacking

    /// Writes the files into a folder, unless it holds them already.
    ///
    /// What the program leaves there stays; a file that was changed has the whole folder made anew, unless
    /// programs run there: then it was one of them.
    package func unpack(into folder: String) throws(RegistryError) {
        if isUnpacked(in: folder) { return }
        let parent = FileSystem.parent(of: folder)
        let temporary = parent + "/.new-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileSystem.makeFolders(temporary)
        for file in files {
            let path = "\(temporary)/\(file.path)"
            try FileSystem.makeFolders(FileSystem.parent(of: path))
            try FileSystem.writeNew(file.bytes, to: path, mode: file.isExecutable ? 0o755 : 0o644)
        }
        do {
            if FileSystem.exists(folder), try !removeStale(folder) {
                return try FileSystem.remove(temporary)
            }
            try FileSystem.rename(temporary, to: folder)
        } catch {
            try? FileSystem.remove(temporary)
            // Another process was quicker.
            guard isUnpacked(in: folder) else { throw error }
        }
    }

    /// Removes a folder with other files, in which nobody runs; gives whether it has.
    private func removeStale(_ folder: String) throws(RegistryError) -> Bool {
        var isStale = false
        let isFree = try FileSystem.whileFree(folder) { () throws(RegistryError) in
            // Another process may have made it anew meanwhile.
            isStale = !isUnpacked(in: folder)
            if isStale { try FileSystem.removeAtOnce(folder: folder) }
        }
        return isFree && isStale
    }

    private func isUnpacked(in folder: String) -> Bool {
        FileSystem.isFolder(folder)
            && files.allSatisfy { (try? FileSystem.read("\(folder)/\($0.path)")) == $0.bytes }
    }
}

/// Why an artifact cannot be used.
package enum ExternalArtifactError: Error, CustomStringConvertible {
    case damaged

    package var description: String { "the list of the program's files is damaged" }
}
