// What a connection makes of some bytes, as a value to compare.

import Numerics
import WebSocket

/// All events of an input, whichever way it was cut, and how it ended.
struct Outcome: Equatable {
    enum Event: Equatable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(CloseCode?, String)
    }

    var events: [Event] = []
    var error: WebSocketError?

    /// Reads `input` in pieces that end where `cuts` say.
    init(
        _ input: [UInt8], cuts: [Int] = [], role: WebSocketConnection.Role = .server,
        limit: Int = 1 << 20, compression: PermessageDeflate? = nil
    ) {
        var connection = WebSocketConnection(
            role: role, maximumMessageSize: limit, compression: compression)
        var start = 0
        for end in cuts + [input.count] {
            read(Array(input[start..<end]), into: &connection)
            start = end
        }
    }

    private mutating func read(_ piece: [UInt8], into connection: inout WebSocketConnection) {
        var piece = piece
        var unread = piece.indices
        var bytes = piece.mutableSpan
        do {
            while let event = try connection.next(&bytes, in: &unread) {
                events.append(Event(event, bytes.span))
            }
        } catch {
            self.error = error
        }
    }
}

extension Outcome.Event {
    init(_ event: WebSocketEvent, _ buffer: Span<UInt8>) {
        switch event {
        case .text(let payload):
            self = .text(String(decoding: payload.copied(from: buffer), as: UTF8.self))
        case .binary(let payload): self = .binary(payload.copied(from: buffer))
        case .ping(let payload): self = .ping(payload.copied(from: buffer))
        case .pong(let payload): self = .pong(payload.copied(from: buffer))
        case .close(let code, let reason): self = .close(code, reason)
        }
    }
}

extension Payload {
    func copied(from buffer: Span<UInt8>) -> [UInt8] {
        withSpan(of: buffer) { span in span.indices.map { span[$0] } }
    }
}

extension Array where Element == UInt8 {
    /// Bytes written as hexadecimal digits, with white space anywhere.
    init(hex: String) {
        let digits = hex.compactMap(\.hexDigitValue)
        self = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    /// One frame with a fixed masking key, as a client would send it.
    static func masked(
        _ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, isCompressed: Bool = false
    ) -> [UInt8] {
        var frame: [UInt8] = []
        frame.appendFrame(
            opcode, payload.span, isFinal: isFinal, isCompressed: isCompressed,
            maskingKey: MaskingKey(littleEndian: 0x3D21_FA37))
        return frame
    }

    static func masked(_ opcode: Opcode, _ text: String, isFinal: Bool = true) -> [UInt8] {
        masked(opcode, Array(text.utf8), isFinal: isFinal)
    }
}

extension RandomNumberGenerator {
    /// Up to four places in `0...count` where to cut, in order; now and then all of them.
    mutating func cuts(_ count: Int) -> [Int] {
        if Int.random(in: 0..<10, using: &self) == 0 { return Array(0...count) }
        let number = Int.random(in: 0...4, using: &self)
        return (0..<number).map { _ in Int.random(in: 0...count, using: &self) }.sorted()
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
