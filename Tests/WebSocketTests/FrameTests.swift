import Numerics
import Testing
import WebSocket

/// The examples of RFC 6455, section 5.7, and the shape of what we write.
@Suite struct FrameTests {
    @Test func `an unmasked text message is read by a client`() {
        let outcome = Outcome([UInt8](hex: "81 05 48 65 6c 6c 6f"), role: .client)
        #expect(outcome.events == [.text("Hello")])
        #expect(outcome.error == nil)
    }

    @Test func `a masked text message is read by a server`() {
        let frame = [UInt8](hex: "81 85 37 fa 21 3d 7f 9f 4d 51 58")
        #expect(Outcome(frame).events == [.text("Hello")])
        #expect([UInt8].masked(.text, "Hello") == frame)
    }

    @Test func `a fragmented message is put together`() {
        let frames = [UInt8](hex: "01 03 48 65 6c  80 02 6c 6f")
        #expect(Outcome(frames, role: .client).events == [.text("Hello")])
    }

    @Test func `a ping and a masked pong carry their payload`() {
        let ping = [UInt8](hex: "89 05 48 65 6c 6c 6f")
        let pong = [UInt8](hex: "8a 85 37 fa 21 3d 7f 9f 4d 51 58")
        let payload = Array("Hello".utf8)
        #expect(Outcome(ping, role: .client).events == [.ping(payload)])
        #expect(Outcome(pong).events == [.pong(payload)])
    }

    @Test(arguments: [
        (0, "82 00"), (125, "82 7d"), (126, "82 7e 00 7e"), (256, "82 7e 01 00"),
        (65535, "82 7e ff ff"), (65536, "82 7f 00 00 00 00 00 01 00 00"),
    ])
    func `a length takes as few bytes as it can`(length: Int, header: String) {
        var frame: [UInt8] = []
        frame.appendFrame(.binary, [UInt8](repeating: 7, count: length).span)
        #expect(frame == [UInt8](hex: header) + [UInt8](repeating: 7, count: length))
        #expect(FrameHeader(.binary, length: length).size == frame.count - length)
        let outcome = Outcome(frame, cuts: [1, frame.count / 2], role: .client)
        #expect(outcome.events == [.binary([UInt8](repeating: 7, count: length))])
    }

    @Test func `a close reason is cut at a character`() {
        var frame: [UInt8] = []
        frame.appendCloseFrame(.goingAway, reason: String(repeating: "é", count: 100))
        #expect(frame.count == 2 + 2 + 122)
        let outcome = Outcome(frame, role: .client)
        #expect(outcome.events == [.close(.goingAway, String(repeating: "é", count: 61))])
    }

    @Test(arguments: UInt64(0)..<200)
    func `what one side writes the other reads`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let payload = random.bytes(Int.random(in: 0...300, using: &random))
        var server: [UInt8] = []
        server.appendFrame(.binary, payload.span)
        #expect(Outcome(server, role: .client) == Outcome(.masked(.binary, payload)))
        var client: [UInt8] = []
        client.appendFrame(.binary, payload.span, maskingKey: .random(using: &random))
        #expect(Outcome(client).events == [.binary(payload)])
    }
}
