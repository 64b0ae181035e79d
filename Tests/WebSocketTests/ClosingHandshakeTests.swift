import Testing
import WebSocket

@Suite struct ClosingHandshakeTests {
    private func read(_ input: [UInt8], _ connection: inout WebSocketConnection) throws {
        var input = input
        var unread = input.indices
        var bytes = input.mutableSpan
        while try connection.next(&bytes, in: &unread) != nil {}
    }

    /// The macro cannot look into a value that is not copyable.
    private func expect(
        _ phase: ClosingHandshake.Phase, _ connection: borrowing WebSocketConnection,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let actual = connection.phase
        #expect(actual == phase, sourceLocation: sourceLocation)
    }

    @Test func `the peer closes, we answer and it is over`() throws {
        var connection = WebSocketConnection(role: .server, maximumMessageSize: 10)
        var output: [UInt8] = []
        try read(.masked(.close, [0x03, 0xE9]), &connection)
        expect(.closeDue, connection)
        connection.append(.text, [0x61].span, to: &output)
        #expect(output.isEmpty)
        connection.appendClose(.goingAway, to: &output)
        #expect(output == [UInt8](hex: "88 02 03 e9"))
        expect(.over, connection)
        connection.appendClose(.goingAway, to: &output)
        #expect(output.count == 4)
    }

    @Test func `we close, the peer answers and it is over`() throws {
        var connection = WebSocketConnection(role: .server, maximumMessageSize: 10)
        var output: [UInt8] = []
        connection.appendClose(.goingAway, reason: "bye", to: &output)
        expect(.closeSent, connection)
        connection.append(.ping, Span(), to: &output)
        #expect(output == [UInt8](hex: "88 05 03 e9 62 79 65"))
        try read(.masked(.text, "late"), &connection)
        expect(.closeSent, connection)
        try read(.masked(.close, [0x03, 0xE9]), &connection)
        expect(.over, connection)
        connection.appendClose(.goingAway, to: &output)
        #expect(output.count == 7)
    }

    @Test func `a breach is answered once and then it is over`() {
        var connection = WebSocketConnection(role: .server, maximumMessageSize: 10)
        var output: [UInt8] = []
        #expect(throws: WebSocketError.unknownOpcode(7)) { try read([0x87, 0x80], &connection) }
        expect(.closeDue, connection)
        connection.appendClose(.protocolError, to: &output)
        #expect(output == [UInt8](hex: "88 02 03 ea"))
        expect(.over, connection)
    }

    @Test func `a breach after our close ends the connection`() {
        var connection = WebSocketConnection(role: .server, maximumMessageSize: 10)
        var output: [UInt8] = []
        connection.appendClose(nil, to: &output)
        #expect(output == [0x88, 0x00])
        #expect(throws: WebSocketError.wrongMasking) { try read([0x81, 0x00], &connection) }
        expect(.over, connection)
    }

    @Test func `a peer that does not answer our close is given up`() {
        var connection = WebSocketConnection(role: .server, maximumMessageSize: 10)
        var output: [UInt8] = []
        connection.closeTimedOut()
        expect(.open, connection)
        connection.appendClose(.goingAway, to: &output)
        connection.closeTimedOut()
        expect(.over, connection)
    }

    @Test func `a client masks what it sends`() {
        var connection = WebSocketConnection(role: .client, maximumMessageSize: 10)
        let key = MaskingKey(littleEndian: 0x3D21_FA37)
        var output: [UInt8] = []
        connection.append(.text, Array("Hello".utf8).span, maskingKey: key, to: &output)
        connection.appendClose(.normalClosure, maskingKey: key, to: &output)
        #expect(Outcome(output).events == [.text("Hello"), .close(.normalClosure, "")])
    }
}
