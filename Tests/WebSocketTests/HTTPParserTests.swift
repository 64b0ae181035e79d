import Numerics
import Testing
import WebSocket

@Suite struct HTTPParserTests {
    /// Reads all of `input`, cut at `cuts`; gives the requests, the error and the bytes left.
    private func requests(
        _ input: String, cuts: [Int] = [], limits: HTTPLimits = HTTPLimits()
    ) -> ([HTTPRequest], HTTPError?) {
        let input = Array(input.utf8)
        var parser = HTTPParser(limits: limits)
        var requests: [HTTPRequest] = []
        var start = 0
        do throws(HTTPError) {
            for end in cuts + [input.count] {
                var unread = start..<end
                while let request = try parser.nextRequest(input.span, in: &unread) {
                    requests.append(request)
                }
                start = end
            }
        } catch {
            return (requests, error)
        }
        return (requests, nil)
    }

    private func error(_ input: String) -> HTTPError? {
        let (requests, error) = requests(input)
        #expect(requests.isEmpty)
        return error
    }

    private static let head =
        "GET /a/b?c=d?e HTTP/1.1\r\nHost: example.com:7777\r\nX-A: 1\r\nx-a:\t2 \r\n\r\n"

    @Test func `a request has its parts`() throws {
        let request = try #require(requests(Self.head).0.first)
        #expect(request.method == "GET")
        #expect(request.target == "/a/b?c=d?e")
        #expect(request.path == "/a/b")
        #expect(request.query == "c=d?e")
        #expect(request.version == .http11)
        #expect(request.fields["HOST"] == "example.com:7777")
        #expect(request.fields.values("x-A") == ["1", "2"])
        #expect(request.fields["X-A"] == "1, 2")
        #expect(request.fields["Y"] == nil)
        #expect(request.keepsAlive)
    }

    @Test(arguments: [
        ("HTTP/1.1\r\nHost: a\r\nConnection: x, Close", false),
        ("HTTP/1.1\r\nHost: a\r\nConnection: closer", true), ("HTTP/1.0", false),
    ])
    func `a connection is kept unless the client closes it`(rest: String, keepsAlive: Bool) {
        #expect(requests("GET / \(rest)\r\n\r\n").0.map(\.keepsAlive) == [keepsAlive])
    }

    @Test(arguments: UInt64(0)..<100)
    func `requests do not depend on how the input is cut`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = Array((Self.head + Self.head).utf8)
        if Bool.random(using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = [0, 10, 13, 32, 58, 128].randomElement(using: &random) ?? 0
        }
        let input = String(decoding: bytes, as: UTF8.self)
        let limits = HTTPLimits(headBytes: .random(in: 20...100, using: &random), fields: 3)
        let (whole, error) = requests(input, limits: limits)
        for _ in 0..<5 {
            let cut = requests(input, cuts: random.cuts(input.utf8.count), limits: limits)
            #expect(cut.0 == whole)
            #expect(cut.1 == error)
        }
    }

    @Test func `what follows a head is left alone`() throws {
        let input = Array((Self.head + "frames").utf8)
        var parser = HTTPParser()
        var unread = input.indices
        #expect(try parser.nextRequest(input.span, in: &unread) != nil)
        #expect(unread == input.count - 6..<input.count)
        let isAtStart = parser.isAtStart
        #expect(isAtStart)
    }

    @Test(arguments: [
        "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET / ", "GET /", "",
        "G(T / HTTP/1.1",
        "GET example.com HTTP/1.1", "GET http://example.com/ HTTP/1.1", "OPTIONS * HTTP/1.1",
        "GET /# HTTP/1.1", "GET /\u{e9} HTTP/1.1", "GET /\u{0} HTTP/1.1", "GET / http/1.1",
        "GET / HTTP/11", "GET / HTTP/1.10", "GET\t/ HTTP/1.1", "\u{16}\u{3}\u{1}",
    ])
    func `a start line is of one form only`(line: String) {
        #expect(error("\(line)\r\nHost: a\r\n\r\n") == .invalidStartLine)
    }

    @Test(arguments: ["GET / HTTP/1.2", "PRI * HTTP/2.0", "GET / HTTP/0.9"])
    func `another version is named as the reason`(line: String) {
        #expect(error("\(line)\r\nHost: a\r\n\r\n") == .unsupportedVersion)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n", "\n",
    ])
    func `a line ends with CR LF and holds neither`(input: String) {
        #expect(error(input) == .invalidLineEnd)
    }

    @Test(arguments: [
        "X : y", ": y", "X", "X y: z", "X\u{0}: y", "X: \u{0}", "X: \u{7f}", "X: a\u{1b}b",
        "X\t: y",
        "Transfer-Encoding\u{b}: chunked",
    ])
    func `a field is a name, a colon and a value`(line: String) {
        #expect(error("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n") == .invalidField)
    }

    @Test(arguments: [" folded", "\tfolded", " Content-Length: 5"])
    func `a field does not go on in another line`(line: String) {
        #expect(error("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n") == .foldedField)
        #expect(error("GET / HTTP/1.1\r\n\(line)\r\nHost: a\r\n\r\n") == .foldedField)
    }

    @Test(arguments: [
        "", "Host: a\r\nHost: a\r\n", "Host: a, b\r\n", "Host: a b\r\n", "Host: u@a\r\n",
        "Host: a/b\r\n",
    ])
    func `there is one host`(lines: String) {
        #expect(error("GET / HTTP/1.1\r\n\(lines)\r\n") == .invalidHost)
    }

    /// What servers in a row have read in different ways.
    @Test(arguments: [
        ("Content-Length: 5", HTTPError.bodyNotAccepted(length: 5)),
        ("Content-Length: 99999999999999999999", .bodyNotAccepted(length: .max)),
        ("Content-Length: +0", .invalidContentLength),
        ("Content-Length: -0", .invalidContentLength),
        ("Content-Length: 0x0", .invalidContentLength), ("Content-Length:", .invalidContentLength),
        ("Content-Length: 0, 0", .invalidContentLength),
        ("Content-Length: 0\r\nContent-Length: 5", .invalidContentLength),
        ("Transfer-Encoding: chunked", .transferEncodingNotAccepted),
        ("Transfer-Encoding: identity", .transferEncodingNotAccepted),
        ("Transfer-Encoding:", .transferEncodingNotAccepted),
        ("Content-Length: 5\r\ntransfer-encoding: chunked", .transferEncodingNotAccepted),
    ])
    func `no request has a body`(lines: String, expected: HTTPError) {
        let body = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(error("GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n\(body)") == expected)
    }

    @Test func `a content length of zero is no body`() {
        #expect(requests("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").0.count == 1)
    }

    @Test func `a head of the limit is taken and one byte more refused`() {
        let size = Self.head.utf8.count
        #expect(requests(Self.head, limits: HTTPLimits(headBytes: size)).0.count == 1)
        let (none, error) = requests(Self.head, limits: HTTPLimits(headBytes: size - 1))
        #expect(none.isEmpty)
        #expect(error == .headTooLong(limit: size - 1))
        let (_, inTarget) = requests(Self.head, limits: HTTPLimits(headBytes: 10))
        #expect(inTarget == .targetTooLong(limit: 10))
    }

    @Test func `fields of the limit are taken and one more refused`() {
        #expect(requests(Self.head, limits: HTTPLimits(fields: 3)).0.count == 1)
        #expect(requests(Self.head, limits: HTTPLimits(fields: 2)).1 == .tooManyFields(limit: 2))
    }

    @Test(arguments: [
        (HTTPError.invalidLineEnd, 400), (.invalidStartLine, 400), (.unsupportedVersion, 505),
        (.invalidField, 400), (.foldedField, 400), (.invalidHost, 400),
        (.invalidContentLength, 400),
        (.bodyNotAccepted(length: 1), 413), (.transferEncodingNotAccepted, 400),
        (.targetTooLong(limit: 1), 414), (.headTooLong(limit: 1), 431),
        (.tooManyFields(limit: 1), 431),
    ])
    func `an error is answered with its status`(error: HTTPError, status: Int) {
        #expect(error.response.status.rawValue == status)
        #expect(error.response.fields["Connection"] == "close")
    }
}
