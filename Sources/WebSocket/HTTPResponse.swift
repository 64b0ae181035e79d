// The answer to an HTTP/1 request.

/// A status, fields and a body.
package struct HTTPResponse: Equatable, Sendable {
    package let status: HTTPStatus
    package var fields: HTTPFields
    /// Empty where only the head has been read.
    package let body: [UInt8]

    package init(_ status: HTTPStatus, _ fields: HTTPFields = [:], body: [UInt8] = []) {
        precondition(status.allowsBody || body.isEmpty)
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// An answer for people who see it: the status as text.
    package static func refusal(_ status: HTTPStatus, _ fields: HTTPFields = [:]) -> HTTPResponse {
        var fields = fields
        fields.append("Content-Type", "text/plain; charset=utf-8")
        return HTTPResponse(
            status, fields, body: Array("\(status.rawValue) \(status.reason)\n".utf8))
    }

    /// Says that the server is full or about to stop.
    package static func unavailable(retryAfterSeconds seconds: Int) -> HTTPResponse {
        refusal(.serviceUnavailable, ["Retry-After": "\(seconds)", "Connection": "close"])
    }

    /// Appends the response as it goes over the wire, with its Content-Length.
    ///
    /// `method` is that of the request: the answer to HEAD is the same without the body.
    package func append(to output: inout [UInt8], method: String = "GET") {
        output.append(contentsOf: "HTTP/1.1 \(status.rawValue) \(status.reason)\r\n".utf8)
        for field in fields.all {
            output.append(contentsOf: "\(field.name): \(field.value)\r\n".utf8)
        }
        if status.allowsBody {
            output.append(contentsOf: "Content-Length: \(body.count)\r\n".utf8)
        }
        output.append(contentsOf: "\r\n".utf8)
        if method != "HEAD" { output.append(contentsOf: body) }
    }

    /// Reads a head that is complete.
    init(_ head: HTTPHead) throws(HTTPError) {
        let parts = head.startLine.split(
            separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].elementsEqual("HTTP/1.1".utf8), parts[1].count == 3,
            parts[1].allSatisfy(HTTPGrammar.isDigit),
            let code = Int(String(decoding: parts[1], as: UTF8.self)), code >= 100
        else { throw .invalidStartLine }
        status = HTTPStatus(rawValue: code)
        fields = head.fields
        body = []
    }
}
