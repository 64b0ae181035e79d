import Client
import Numerics
import Testing
import WebSocket

@Suite struct ClientEndpointTests {
    /// What an endpoint makes of bytes that come cut at random.
    func events(
        _ endpoint: inout ClientEndpoint, _ bytes: [UInt8], seed: UInt64, sent: inout [UInt8]
    ) throws -> [String] {
        var random = SplitMix64(seed: seed)
        var events: [String] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
            var piece = Array(bytes[start..<end])
            var unread = 0..<piece.count
            start = end
            while true {
                var span = piece.mutableSpan
                guard let event = try endpoint.next(&span, in: &unread, output: &sent) else {
                    break
                }
                events.append(text(of: event, piece))
            }
        }
        return events
    }

    private func text(of event: ClientEndpoint.Event, _ piece: [UInt8]) -> String {
        func string(_ payload: Payload) -> String {
            payload.withSpan(of: piece.span) {
                $0.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            }
        }
        return switch event {
        case .message(let payload): string(payload)
        case .ping(let payload): "ping \(string(payload))"
        case .closed(let code, let reason): "closed \(code?.rawValue ?? 0) \(reason)"
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `however lines are cut, the messages are the same`(seed: UInt64) throws {
        var endpoint = ClientEndpoint(.lines, host: "h", seed: seed)
        var sent: [UInt8] = []
        #expect(endpoint.opening.isEmpty)
        endpoint.append(Array("{}".utf8).span, to: &sent)
        #expect(sent == Array("{}\n".utf8))
        let bytes = Array(
            "{\"type\":\"pong\"}\n\n{\"a\":\"\(String(repeating: "x", count: 99))\"}\n".utf8)
        let events = try events(&endpoint, bytes, seed: seed, sent: &sent)
        #expect(
            events == ["{\"type\":\"pong\"}", "{\"a\":\"\(String(repeating: "x", count: 99))\"}"])
    }

    @Test(arguments: UInt64(0)..<30)
    func `what is said before the handshake is over goes out after it`(seed: UInt64) throws {
        var endpoint = ClientEndpoint(.webSocket, host: "h:1", seed: seed)
        var sent: [UInt8] = []
        endpoint.append(Array("first".utf8).span, to: &sent)
        endpoint.append(Array("second".utf8).span, to: &sent)
        #expect(sent.isEmpty)

        // The server's side, with the same pieces of the module that the server uses.
        var parser = HTTPParser()
        let opening = endpoint.opening
        var unread = 0..<opening.count
        let request = try #require(try parser.nextRequest(opening.span, in: &unread))
        let handshake = ServerHandshake(paths: ["/ws"], allowedOrigins: [], compression: nil)
        var answer: [UInt8] = []
        guard case .upgrade(let upgrade) = handshake.answer(request) else { throw Unexpected() }
        upgrade.response.append(to: &answer)
        answer.appendFrame(.text, Array("hello".utf8).span)
        answer.appendFrame(.ping, Array("?".utf8).span)
        answer.appendCloseFrame(.goingAway, reason: "draining")

        let events = try events(&endpoint, answer, seed: seed, sent: &sent)
        #expect(events == ["hello", "ping ?", "closed 1001 draining"])
        var server = WebSocketConnection(role: .server, maximumMessageSize: 1000)
        unread = 0..<sent.count
        var span = sent.mutableSpan
        for word in ["first", "second"] {
            let event = try server.next(&span, in: &unread)
            guard case .text(.range(let range)) = event else { throw Unexpected() }
            let text = span.span.extracting(range).withUnsafeBufferPointer {
                String(decoding: $0, as: UTF8.self)
            }
            #expect(text == word)
        }
    }

    @Test func `a refusal is told with its status`() throws {
        var endpoint = ClientEndpoint(.webSocket, host: "h:1", seed: 1)
        var answer: [UInt8] = []
        var sent: [UInt8] = []
        HTTPResponse.unavailable(retryAfterSeconds: 1).append(to: &answer)
        var unread = 0..<answer.count
        var span = answer.mutableSpan
        do {
            _ = try endpoint.next(&span, in: &unread, output: &sent)
            Issue.record("a refusal was taken for an agreement")
        } catch {
            #expect(error == .handshake(.refused(.serviceUnavailable)))
        }
    }

    private struct Unexpected: Error {}
}
