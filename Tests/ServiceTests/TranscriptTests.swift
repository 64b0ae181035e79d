import Testing

@Suite struct TranscriptTests {
    @Test(arguments: [1, 2])
    func `the server holds every conversation of the specification`(shards: Int) throws {
        let server = try TestServer(shards: shards)
        for var transcript in try Transcript.all() {
            let problem = transcript.hold(with: server)
            #expect(problem == nil)
        }
    }
}
