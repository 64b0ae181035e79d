import Testing
import WebSocket

@Suite struct WebSocketConnectionTests {
    @Test func `a connection is small`() {
        #expect(MemoryLayout<WebSocketConnection>.size <= 120)
    }

    @Test func `a message that lies whole in the buffer is not copied`() throws {
        var connection = WebSocketConnection(role: .server, maximumMessageSize: 100)
        var buffer = [UInt8].masked(.text, "one") + .masked(.ping, "two") + .masked(.text, "three")
        var unread = 0..<buffer.count - 1
        var bytes = buffer.mutableSpan
        #expect(try connection.next(&bytes, in: &unread) == .text(.range(6..<9)))
        #expect(try connection.next(&bytes, in: &unread) == .ping(.range(15..<18)))
        #expect(try connection.next(&bytes, in: &unread) == nil)
        #expect(unread.isEmpty)
        unread = buffer.count - 1..<buffer.count
        bytes = buffer.mutableSpan
        #expect(try connection.next(&bytes, in: &unread) == .text(.bytes(Array("three".utf8))))
    }

    @Test func `control frames come between the fragments of a message`() {
        let frames =
            [UInt8].masked(.text, "a", isFinal: false) + .masked(.ping, "1")
            + .masked(.continuation, "", isFinal: false) + .masked(.pong, "2")
            + .masked(.continuation, "b")
        let events: [Outcome.Event] = [.ping([0x31]), .pong([0x32]), .text("ab")]
        #expect(Outcome(frames).events == events)
    }

    @Test(arguments: Breach.all)
    func `a breach has its error, after the messages before it`(breach: Breach) {
        let before = [UInt8].masked(.text, "before")
        let outcome = Outcome(
            before + breach.bytes + .masked(.text, "after"), limit: 10,
            compression: breach.compression)
        #expect(outcome.events == [.text("before")])
        #expect(outcome.error == breach.error)
        #expect(outcome.error?.closeCode == breach.code)
    }

    @Test func `a server that masks is refused`() {
        let outcome = Outcome(.masked(.text, "x"), role: .client)
        #expect(outcome.error == .wrongMasking)
    }

    @Test func `what two bytes forbid is refused before the rest arrives`() {
        #expect(Outcome([0x83, 0x80]).error == .unknownOpcode(3))
        #expect(Outcome([0x89, 0xFE]).error == .controlFrameTooLong(.ping))
    }

    @Test func `invalid text is refused inside its frame`() {
        let frame = [UInt8].masked(.text, [0x61, 0x62, 0xF8, 0x63, 0x64])
        let arrived = Array(frame.prefix(6 + 3))
        #expect(Outcome(arrived).error == .invalidUTF8)
        #expect(Outcome(Array(arrived.dropLast())).error == nil)
    }

    @Test func `a message of the limit is taken and one byte more refused`() {
        #expect(Outcome(.masked(.binary, "0123456789"), limit: 10).error == nil)
        let frames =
            [UInt8].masked(.binary, "01234", isFinal: false) + .masked(.continuation, "56789")
        #expect(Outcome(frames, limit: 10).error == nil)
        #expect(Outcome(frames, limit: 9).error == .messageTooBig(limit: 9))
        // The length alone decides: nothing is kept of a payload that is too long.
        #expect(Outcome(Array(frames.prefix(2 + 4)), limit: 4).error == .messageTooBig(limit: 4))
    }

    @Test(
        arguments: [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
        ] as [UInt16])
    func `a close code that may be sent is given`(code: UInt16) {
        let frame = [UInt8].masked(
            .close, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array("né".utf8))
        #expect(Outcome(frame).events == [.close(CloseCode(rawValue: code), "né")])
    }

    @Test(
        arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16]
    )
    func `a close code that may not be sent is refused`(code: UInt16) {
        let outcome = Outcome(.masked(.close, [UInt8(code >> 8), UInt8(code & 0xFF)]))
        #expect(outcome.error == .invalidCloseCode(CloseCode(rawValue: code)))
        #expect(outcome.error?.closeCode == .protocolError)
    }

    @Test func `nothing is read after a close`() {
        let frames = [UInt8].masked(.close, "") + .masked(.text, "late") + [0xFF, 0xFF]
        let outcome = Outcome(frames)
        #expect(outcome.events == [.close(nil, "")])
        #expect(outcome.error == nil)
    }
}

/// Bytes that break the protocol, and what must be said of them.
struct Breach: CustomTestStringConvertible {
    let bytes: [UInt8]
    let error: WebSocketError
    var code = CloseCode.protocolError
    var compression: PermessageDeflate?

    var testDescription: String { "\(error)" }

    /// A masked header with nothing behind it but the key.
    private static func header(_ hex: String) -> [UInt8] { [UInt8](hex: hex + "00 00 00 00") }

    static let all: [Breach] = [
        Breach(bytes: header("c1 80"), error: .reservedBits(4)),
        Breach(bytes: header("a1 80"), error: .reservedBits(2)),
        Breach(bytes: header("91 80"), error: .reservedBits(1)),
        Breach(bytes: header("b1 80"), error: .reservedBits(3), compression: .economical),
        Breach(bytes: header("c9 80"), error: .reservedBits(4), compression: .economical),
        Breach(bytes: header("c0 80"), error: .reservedBits(4), compression: .economical),
        Breach(bytes: header("83 80"), error: .unknownOpcode(3)),
        Breach(bytes: header("8b 80"), error: .unknownOpcode(11)),
        Breach(bytes: [0x81, 0x00], error: .wrongMasking),
        Breach(bytes: header("09 80"), error: .fragmentedControlFrame(.ping)),
        Breach(bytes: header("88 fe 00 7e"), error: .controlFrameTooLong(.close)),
        Breach(bytes: header("82 fe 00 7d"), error: .lengthNotMinimal),
        Breach(bytes: header("82 ff 00 00 00 00 00 00 ff ff"), error: .lengthNotMinimal),
        Breach(bytes: header("82 ff 80 00 00 00 00 00 00 00"), error: .lengthTooLarge),
        Breach(bytes: header("80 80"), error: .unexpectedContinuation),
        Breach(bytes: header("02 80") + header("81 80"), error: .expectedContinuation(.text)),
        Breach(
            bytes: header("82 ff 7f ff ff ff ff ff ff ff"), error: .messageTooBig(limit: 10),
            code: .messageTooBig),
        Breach(bytes: .masked(.text, [0xC3]), error: .invalidUTF8, code: .invalidPayload),
        Breach(bytes: .masked(.close, "x"), error: .truncatedCloseCode),
        Breach(
            bytes: .masked(.close, [0x03, 0xE8, 0xFF]), error: .invalidUTF8, code: .invalidPayload),
        Breach(
            bytes: .masked(.text, [0x07], isCompressed: true), error: .invalidCompression,
            code: .invalidPayload, compression: .economical),
    ]
}
