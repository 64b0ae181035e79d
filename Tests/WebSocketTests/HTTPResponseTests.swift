import Testing
import WebSocket

@Suite struct HTTPResponseTests {
    private func text(_ response: HTTPResponse, method: String = "GET") -> String {
        var output: [UInt8] = []
        response.append(to: &output, method: method)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `a response is a status line, fields and a body`() {
        let response = HTTPResponse(.ok, ["Content-Type": "text/plain"], body: Array("hello".utf8))
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"
        #expect(text(response) == head + "hello")
        #expect(text(response, method: "HEAD") == head)
    }

    @Test func `a response that cannot have a body has no length`() {
        #expect(text(HTTPResponse(.noContent)) == "HTTP/1.1 204 No Content\r\n\r\n")
    }

    @Test func `a full server says when to come back`() {
        let response = HTTPResponse.unavailable(retryAfterSeconds: 7)
        #expect(response.status == .serviceUnavailable)
        #expect(response.fields["Retry-After"] == "7")
    }

    @Test func `what is written is read again`() throws {
        let response = HTTPResponse(.upgradeRequired, ["Upgrade": "websocket"])
        let bytes = Array(text(response).utf8)
        var parser = HTTPParser()
        var unread = bytes.indices
        let read = try #require(try parser.nextResponse(bytes.span, in: &unread))
        #expect(read.status == response.status)
        #expect(read.fields["upgrade"] == "websocket")
        #expect(unread.isEmpty)
    }

    @Test(arguments: [
        "HTTP/1.0 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 099 OK", "HTTP/1.1 2x0 OK", "101",
    ])
    func `a malformed status line is refused`(line: String) {
        let bytes = Array("\(line)\r\n\r\n".utf8)
        var parser = HTTPParser()
        var unread = bytes.indices
        #expect(throws: HTTPError.invalidStartLine) {
            try parser.nextResponse(bytes.span, in: &unread)
        }
    }
}
