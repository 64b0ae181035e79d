import Numerics
import Testing
import WebSocket

@Suite struct PermessageDeflateTests {
    /// The examples of RFC 7692, section 7.2.3, after the two bytes of an unmasked frame.
    @Test(arguments: [
        ("one block", "c1 07 f2 48 cd c9 c9 07 00"),
        ("two fragments", "41 03 f2 48 cd  80 04 c9 c9 07 00"),
        ("no compression", "c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00"),
        ("a block marked as the last", "c1 08 f3 48 cd c9 c9 07 00 00"),
        ("two blocks", "c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00"),
    ])
    func `the examples of the RFC say Hello`(name: String, hex: String) {
        let frames = [UInt8](hex: hex)
        let expected: [Outcome.Event] = [.text("Hello")]
        #expect(Outcome(frames, role: .client, compression: PermessageDeflate()).events == expected)
        let byByte = Outcome(
            frames, cuts: Array(0..<frames.count), role: .client, compression: PermessageDeflate())
        #expect(byByte.events == expected)
    }

    @Test(arguments: ["f2 48 cd c9 c9 07 00", "f3 48 cd c9 c9 07 00 00"])
    func `a message may refer to the one before`(first: String) {
        let payloads = [[UInt8](hex: first), [UInt8](hex: "f2 00 11 00 00")]
        let frames = payloads.flatMap { [UInt8].masked(.text, $0, isCompressed: true) }
        let outcome = Outcome(frames, compression: PermessageDeflate())
        #expect(outcome.events == [.text("Hello"), .text("Hello")])
    }

    @Test func `without context takeover no message may refer to another`() {
        let payloads = [[UInt8](hex: "f2 48 cd c9 c9 07 00"), [UInt8](hex: "f2 00 11 00 00")]
        let frames = payloads.flatMap { [UInt8].masked(.text, $0, isCompressed: true) }
        let alone = PermessageDeflate(client: .init(keepsContext: false))
        let outcome = Outcome(frames, compression: alone)
        #expect(outcome.events == [.text("Hello")])
        #expect(outcome.error == .invalidCompression)
    }

    @Test(arguments: 8...15, [true, false])
    func `every window is read by one of its size`(bits: Int, keepsContext: Bool) {
        let side = PermessageDeflate.Side(keepsContext: keepsContext, windowBits: UInt8(bits))
        let agreed = PermessageDeflate(server: side)
        var random = SplitMix64(seed: UInt64(bits))
        var server = WebSocketConnection(role: .server, maximumMessageSize: 0, compression: agreed)
        var output: [UInt8] = []
        var sent: [Outcome.Event] = []
        for length in [1, 100, 3000, 20000, 70000] {
            // Repeats at all distances up to 2^12, so that a window would be left if it could be.
            let seed = random.bytes(1 << Int.random(in: 6...12, using: &random))
            let message = (0..<length).map { seed[$0 % seed.count] }
            server.append(.binary, message.span, compressingFrom: 1, to: &output)
            sent.append(.binary(message))
        }
        #expect(Outcome(output, role: .client, compression: agreed).events == sent)
        #expect(bits < 13 || output.count < 40000)
    }

    @Test func `short messages and control frames are not compressed`() {
        let agreed = PermessageDeflate()
        var server = WebSocketConnection(role: .server, maximumMessageSize: 0, compression: agreed)
        let payload = [UInt8](repeating: 7, count: 20)
        for (opcode, threshold) in [(Opcode.binary, 21), (.ping, 0)] {
            var output: [UInt8] = []
            var plain: [UInt8] = []
            server.append(opcode, payload.span, compressingFrom: threshold, to: &output)
            plain.appendFrame(opcode, payload.span)
            #expect(output == plain)
        }
        var output: [UInt8] = []
        server.append(.text, Span(), compressingFrom: 0, to: &output)
        #expect(output == [0x81, 0x00])
    }

    @Test func `without context takeover equal messages are equal bytes`() {
        let side = PermessageDeflate.Side(keepsContext: false)
        var deflater = Deflater(side)
        let message = Array("equal messages are equal bytes".utf8)
        var first: [UInt8] = []
        var second: [UInt8] = []
        #expect(deflater.compress(message.span, to: &first))
        #expect(deflater.compress(message.span, to: &second))
        #expect(first == second)
        // So one frame serves all receivers.
        let frame = [UInt8].masked(.binary, first, isCompressed: true)
        let agreed = PermessageDeflate(client: side)
        #expect(
            Outcome(frame + frame, compression: agreed).events == [
                .binary(message), .binary(message),
            ])
    }

    @Test func `a bomb is refused when it exceeds the limit`() {
        var deflater = Deflater(.init())
        var bomb: [UInt8] = []
        #expect(deflater.compress([UInt8](repeating: 0, count: 10_000_000).span, to: &bomb))
        #expect(bomb.count < 10_000)
        let frame = [UInt8].masked(.binary, bomb, isCompressed: true)
        let outcome = Outcome(frame, limit: 100_000, compression: PermessageDeflate())
        #expect(outcome.error == .messageTooBig(limit: 100_000))
    }

    @Test func `a compressed frame is judged by what it says, not by the length it announces`() {
        let header = [UInt8](hex: "c1 ff 7f ff ff ff ff ff ff ff 00 00 00 00")
        let hello = [UInt8](hex: "f2 48 cd c9 c9 07 00 00 00 ff ff f2 00 11 00 00")
        #expect(Outcome(header + hello, limit: 10, compression: PermessageDeflate()).error == nil)
        let outcome = Outcome(header + hello, limit: 9, compression: PermessageDeflate())
        #expect(outcome.error == .messageTooBig(limit: 9))
    }

    @Test func `what stands beyond the limit is not looked at`() {
        var deflater = Deflater(.init())
        var compressed: [UInt8] = []
        #expect(deflater.compress((Array("0123456789".utf8) + [0xFF]).span, to: &compressed))
        let frame = [UInt8].masked(.text, compressed, isCompressed: true)
        let outcome = Outcome(frame, limit: 10, compression: PermessageDeflate())
        #expect(outcome.error == .messageTooBig(limit: 10))
    }

    @Test func `text is checked while it is decompressed`() {
        var deflater = Deflater(.init())
        var compressed: [UInt8] = []
        let text = Array("valid ".utf8) + [0xFF] + [UInt8](repeating: 0x61, count: 100_000)
        #expect(deflater.compress(text.span, to: &compressed))
        let frame = [UInt8].masked(.text, compressed, isFinal: false, isCompressed: true)
        #expect(Outcome(frame, compression: PermessageDeflate()).error == .invalidUTF8)
    }

    @Test(arguments: ["f2 48 cd", "07", "", "f2 48 cd c9 c9 07"])
    func `a message that ends inside a block is refused`(hex: String) {
        let frame = [UInt8].masked(.text, [UInt8](hex: hex), isCompressed: true)
        #expect(Outcome(frame, compression: PermessageDeflate()).error == .invalidCompression)
    }
}
