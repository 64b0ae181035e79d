import JSON
import Testing

@Suite struct DrainTests {
    @Test(arguments: [1, 2])
    func `a server told to stop finishes what was begun and says so`(shards: Int) throws {
        let server = try TestServer(shards: shards)
        let typists = try (0..<6).map { i in
            try Typist("t\(i)", "drain/\(i % 3)", on: server, seed: UInt64(i))
        }
        for _ in 0..<10 {
            for typist in typists { try typist.type() }
            for typist in typists where typist.open != nil { while try !typist.read() {} }
        }
        for typist in typists { try typist.type() }
        server.terminate()
        for typist in typists {
            let (bye, code) = try typist.readToEnd()
            #expect(bye["reason"] == "drain")
            #expect(try bye.count("retryAfterMs") > 0)
            #expect(code == 1001)
        }
        #expect(try server.exitStatus() == 0)
        #expect(!server.errors.contains("cut off"), "it waited in vain: \(server.errors)")
        try server.restart()
        for typist in typists {
            // All that was applied was acknowledged before the close.
            #expect(try typist.resume(on: server) == false)
            while typist.open != nil { _ = try typist.read() }
        }
    }

    @Test func `a client that does not close keeps nobody waiting beyond the stated time`() throws {
        let server = try TestServer(limits: ["drainSeconds": 1])
        let stream = try Stream(port: server.port)
        try stream.write(Array(#"{"type":"hello","protocol":1}"#.utf8) + [10])
        _ = try stream.read()
        let start = ContinuousClock.now
        server.terminate()
        #expect(try server.exitStatus() == 0)
        #expect(ContinuousClock.now - start < .seconds(8), "the default")
        #expect(server.errors.contains("cut off"))
    }
}
