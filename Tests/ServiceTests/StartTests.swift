import Testing

/// What keeps a server from starting is said, and leaves nothing behind.
@Suite struct StartTests {
    @Test func `a port that is taken and a home that is served end a start with a reason`() throws {
        let server = try TestServer()
        let other = try Folder()
        let taken = try Program(["serve", "--port", "\(server.port)"], in: other)
        #expect(try taken.exitStatus() == 1)
        #expect(other.text("errors.txt").contains("Choose another port with --port"))

        let twice = try Program(["serve", "--port", "0"], in: server.folder)
        #expect(try twice.exitStatus() == 1)
        #expect(server.errors.contains("another server"))
        #expect(try server.get("/v2/health/ready").status == 200)
    }
}
