import Glibc
import Reactor
import Testing

@Suite struct ListenerTests {
    @Test func `a socket in the file system is for its owner alone, whatever the umask`() throws {
        let path = "/tmp/hunch-listener-\(UInt64.random(in: 0 ... .max)).sock"
        defer { unlink(path) }
        let before = umask(0)
        defer { umask(before) }
        let listener = try Listener(at: .unix(path: path))
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(listener.address == .unix(path: path))
    }

    @Test func `a name that has addresses of both families can be listened on`() throws {
        let listener = try Listener(at: .tcp(host: "localhost", port: 0))
        #expect(listener.address != .tcp(host: "localhost", port: 0))
    }
}
