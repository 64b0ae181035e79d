import Glibc
import Registry
import Testing

@Suite struct FileSystemTests {
    private let home: TemporaryHome

    init() throws { home = try TemporaryHome() }

    @Test(arguments: [0, 1, 4_096, 100_000])
    func `a file has what was written`(size: Int) throws {
        let path = home.path + "/a/b/file"
        try FileSystem.makeFolders(home.path + "/a/b")
        try FileSystem.makeFolders(home.path + "/a/b")
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 3) }
        try FileSystem.writeAtomically([1, 2, 3], to: path)
        try FileSystem.writeAtomically(bytes, to: path)
        #expect(try FileSystem.read(path) == bytes)
        #expect(try FileSystem.list(home.path + "/a/b") == ["file"])
        #expect(try content(of: MappedFile(path)) == bytes)
        try FileSystem.remove(home.path + "/a")
        #expect(!FileSystem.exists(path))
    }

    @Test func `a folder that is read-only is deleted like others`() throws {
        let path = home.path + "/a"
        try FileSystem.makeFolders(path + "/b/c")
        try FileSystem.writeAtomically([1], to: path + "/b/file")
        chmod(path + "/b", 0o500)
        chmod(path, 0o500)
        try FileSystem.removeAtOnce(folder: path)
        #expect(try FileSystem.list(home.path, hidden: true).isEmpty)
    }

    @Test func `a folder is free when nobody holds it`() throws {
        let path = home.path + "/a"
        try FileSystem.makeFolders(path)
        func isFree() throws -> Bool { try FileSystem.whileFree(path) {} }
        #expect(try isFree())
        do {
            let holds = [try FolderHold(path), try FolderHold(path)]
            #expect(try !isFree())
            _ = holds
        }
        #expect(try isFree())
        #expect(throws: RegistryError.self) { try FileSystem.whileFree(home.path + "/none") {} }
    }

    @Test func `a file that says it is empty is read to its end`() throws {
        #expect(try FileSystem.read("/proc/self/stat").isEmpty == false)
    }

    @Test func `errors name the call and the path`() throws {
        let path = home.path + "/none"
        #expect(throws: RegistryError.system(errno: ENOENT, operation: "open", path: path)) {
            try FileSystem.read(path)
        }
        #expect(try FileSystem.list(path).isEmpty)
        let folder = "/proc/hunch/x"
        #expect(throws: RegistryError.self) { try FileSystem.makeFolders(folder) }
        let inside = home.path + "/none/file"
        #expect(throws: RegistryError.system(errno: ENOENT, operation: "rename", path: inside)) {
            try FileSystem.rename(inside, to: path)
        }
    }

    @Test func `keys are readable for their owner alone`() throws {
        try home.registry.write(Environment(), to: "dev")
        var status = stat()
        let path = try home.registry.environmentPath("dev") + "/environment.json"
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b")])
    func `the folder of a path`(path: String, parent: String) {
        #expect(FileSystem.parent(of: path) == parent)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `digests are those of FIPS 180-4`(text: String, digest: String) {
        #expect(Digest(of: Array(text.utf8)).hexadecimal == digest)
    }
}
