// The head of a request or response, read as it arrives.

/// The most that a head may have.
package struct HTTPLimits: Equatable, Sendable {
    /// From the first byte to the empty line.
    package let headBytes: Int
    package let fields: Int

    package init(headBytes: Int = 8192, fields: Int = 100) {
        self.headBytes = headBytes
        self.fields = fields
    }
}

/// The lines of a head.
struct HTTPHead {
    var startLine: ArraySlice<UInt8> = []
    var fields: HTTPFields = [:]
}

/// Reads heads of HTTP/1, one after another, however the input is cut.
///
/// Strict where leniency has led to request smuggling: lines end with CR LF, and a fault is reported
/// at the end of the line that has it. The caller sets the deadline.
package struct HTTPParser: ~Copyable, Sendable {
    private let limits: HTTPLimits
    private var head: HTTPHead?
    private var line: [UInt8] = []
    /// Bytes of this head so far.
    private var size = 0

    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Whether nothing of a head has arrived, so that a connection may be closed without harm.
    package var isAtStart: Bool { size == 0 }

    /// Gives the next request; `nil`, with all of the unread bytes consumed, until its head is complete.
    package mutating func nextRequest(
        _ bytes: Span<UInt8>, in unread: inout Range<Int>
    ) throws(HTTPError) -> HTTPRequest? {
        guard let head = try nextHead(bytes, &unread) else { return nil }
        return try HTTPRequest(head)
    }

    /// Gives the head of the next response; `nil`, with all of the unread bytes consumed, until it is complete.
    package mutating func nextResponse(
        _ bytes: Span<UInt8>, in unread: inout Range<Int>
    ) throws(HTTPError) -> HTTPResponse? {
        guard let head = try nextHead(bytes, &unread) else { return nil }
        return try HTTPResponse(head)
    }

    private mutating func nextHead(
        _ bytes: Span<UInt8>, _ unread: inout Range<Int>
    ) throws(HTTPError) -> HTTPHead? {
        while let next = unread.popFirst() {
            let byte = bytes[next]
            size += 1
            guard size <= limits.headBytes else { throw tooLong }
            let followsCR = line.last == UInt8(ascii: "\r")
            guard followsCR == (byte == UInt8(ascii: "\n")) else { throw .invalidLineEnd }
            line.append(byte)
            if followsCR, let head = try endLine() { return head }
        }
        return nil
    }

    private var tooLong: HTTPError {
        head == nil
            ? .targetTooLong(limit: limits.headBytes) : .headTooLong(limit: limits.headBytes)
    }

    /// Takes the line that has just ended; gives the head if that was the empty one.
    private mutating func endLine() throws(HTTPError) -> HTTPHead? {
        let ended = line.dropLast(2)
        line = []
        guard var head else {
            self.head = HTTPHead(startLine: ended)
            return nil
        }
        guard !ended.isEmpty else {
            self.head = nil
            size = 0
            return head
        }
        guard head.fields.count < limits.fields else { throw .tooManyFields(limit: limits.fields) }
        self.head = nil
        try head.fields.append(line: ended)
        self.head = head
        return nil
    }
}
