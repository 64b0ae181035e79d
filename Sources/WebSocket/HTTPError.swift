// What can be wrong with the head of a request, and the status that answers it.

/// A head that is not read on; the connection is to be closed after the answer.
package enum HTTPError: Error, Equatable {
    /// A line that does not end with CR LF, or a CR elsewhere.
    case invalidLineEnd
    case invalidStartLine
    case unsupportedVersion
    case invalidField
    /// A field that goes on in a further line (obs-fold).
    case foldedField
    /// No Host, several, or one that is no authority.
    case invalidHost
    /// A Content-Length that is no number, or several of them.
    case invalidContentLength
    /// No request that is answered here has a body.
    case bodyNotAccepted(length: Int)
    case transferEncodingNotAccepted
    /// A start line that alone exceeds the limit of the head.
    case targetTooLong(limit: Int)
    case headTooLong(limit: Int)
    case tooManyFields(limit: Int)

    package var status: HTTPStatus {
        switch self {
        case .invalidLineEnd, .invalidStartLine, .invalidField, .foldedField, .invalidHost,
            .invalidContentLength, .transferEncodingNotAccepted:
            .badRequest
        case .unsupportedVersion: .versionNotSupported
        case .bodyNotAccepted: .contentTooLarge
        case .targetTooLong: .uriTooLong
        case .headTooLong, .tooManyFields: .headerFieldsTooLarge
        }
    }

    /// The answer, after which the connection is to be closed.
    package var response: HTTPResponse { .refusal(status, ["Connection": "close"]) }
}
