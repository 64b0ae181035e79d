import Numerics
import Testing
import WebSocket

/// Laws over random sessions of a client.
@Suite struct SessionTests {
    @Test(arguments: UInt64(0)..<300)
    func `events do not depend on how the input is cut`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let session = Session(using: &random)
        let whole = Outcome(session.bytes, limit: 3000, compression: session.compression)
        #expect(whole.events == session.events)
        #expect(whole.error == nil)
        for _ in 0..<5 {
            let cuts = random.cuts(session.bytes.count)
            let outcome = Outcome(
                session.bytes, cuts: cuts, limit: 3000, compression: session.compression)
            #expect(outcome == whole)
        }
    }

    @Test(arguments: UInt64(0)..<300)
    func `errors do not depend on how the input is cut`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let session = Session(using: &random)
        var bytes = session.bytes
        for _ in 0..<3 {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        // A small limit, so that it is met in the middle of compressed messages too.
        let limit = Int.random(in: 20...3000, using: &random)
        let whole = Outcome(bytes, limit: limit, compression: session.compression)
        for _ in 0..<5 {
            let cuts = random.cuts(bytes.count)
            #expect(
                Outcome(bytes, cuts: cuts, limit: limit, compression: session.compression) == whole)
        }
    }
}

/// A random session: what a client sends and what a server must make of it.
private struct Session {
    var bytes: [UInt8] = []
    var events: [Outcome.Event] = []
    let compression: PermessageDeflate?

    init(using random: inout SplitMix64) {
        let side = PermessageDeflate.Side(
            keepsContext: .random(using: &random),
            windowBits: UInt8.random(in: 8...15, using: &random))
        compression = Bool.random(using: &random) ? PermessageDeflate(client: side) : nil
        var deflater = Deflater(side)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            appendMessage(&deflater, using: &random)
        }
        var close: [UInt8] = []
        close.appendCloseFrame(.goingAway, reason: "bye", maskingKey: .random(using: &random))
        bytes += close
        events.append(.close(.goingAway, "bye"))
    }

    private mutating func appendMessage(
        _ deflater: inout Deflater, using random: inout SplitMix64
    ) {
        let words = ["edit", "naïve ", "日本", "😀", "0123456789", " ", "retain"]
        let text = (0..<Int.random(in: 0...60, using: &random))
            .map { _ in words[Int.random(in: 0..<words.count, using: &random)] }.joined()
        let isText = Bool.random(using: &random)
        var payload = Array(text.utf8)
        var isCompressed = false
        if compression != nil, !payload.isEmpty, Bool.random(using: &random) {
            var compressed: [UInt8] = []
            isCompressed = deflater.compress(payload.span, to: &compressed)
            payload = compressed
        }
        appendFrames(isText ? .text : .binary, payload, isCompressed: isCompressed, using: &random)
        events.append(isText ? .text(text) : .binary(Array(text.utf8)))
    }

    private mutating func appendFrames(
        _ opcode: Opcode, _ payload: [UInt8], isCompressed: Bool, using random: inout SplitMix64
    ) {
        var start = 0
        let cuts = random.cuts(payload.count)
        for (i, end) in (cuts + [payload.count]).enumerated() {
            bytes.appendFrame(
                i == 0 ? opcode : .continuation, payload[start..<end].span,
                isFinal: i == cuts.count, isCompressed: isCompressed && i == 0,
                maskingKey: .random(using: &random))
            start = end
            guard i < cuts.count, Int.random(in: 0..<4, using: &random) == 0 else { continue }
            let ping = random.bytes(Int.random(in: 0...125, using: &random))
            bytes.appendFrame(.ping, ping.span, maskingKey: .random(using: &random))
            events.append(.ping(ping))
        }
    }
}
