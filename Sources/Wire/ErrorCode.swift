// Every code that an `error` message can carry, and what the receiver can do about it.

/// What went wrong, by a name that never changes; `protocols/hunch-1.md` lists the same codes.
package enum ErrorCode: String, CaseIterable, Sendable {
    // The message itself.
    case invalidJSON = "invalid_json"
    case tooDeep = "too_deep"
    case messageTooLong = "message_too_long"
    case unknownType = "unknown_type"
    case missingField = "missing_field"
    case badField = "bad_field"

    // The session.
    case unsupportedProtocol = "unsupported_protocol"
    case helloRequired = "hello_required"
    case helloRepeated = "hello_repeated"
    case unauthorized = "unauthorized"
    case forbidden = "forbidden"
    case takenOver = "taken_over"

    // Documents.
    case documentNotOpen = "document_not_open"
    case documentAlreadyOpen = "document_already_open"
    case tooManyDocuments = "too_many_documents"
    case wrongBase = "wrong_base"
    case sequenceGap = "sequence_gap"
    case editInFlight = "edit_in_flight"
    case offsetOutsideText = "offset_outside_text"
    case splitSurrogatePair = "split_surrogate_pair"
    case textTooLong = "text_too_long"

    // Models and what they said.
    case unknownModel = "unknown_model"
    case unknownBranch = "unknown_branch"
    case unknownSource = "unknown_source"
    case unknownCorpus = "unknown_corpus"
    case unknownItem = "unknown_item"
    case unknownTag = "unknown_tag"
    case unknownBlock = "unknown_block"
    case unknownPrediction = "unknown_prediction"
    case unknownRecommendation = "unknown_recommendation"
    case deployFailed = "deploy_failed"

    // The server.
    case slowReader = "slow_reader"
    case overloaded = "overloaded"
    case draining = "draining"
    case storageFull = "storage_full"
    case storageFailed = "storage_failed"
    case internalError = "internal"

    /// What the code means and what to do, in a sentence or two.
    package var sentence: String {
        switch self {
        case .invalidJSON: "The message is not valid JSON in UTF-8; send one JSON object a message."
        case .tooDeep: "The message is nested too deeply; no message needs more than a few levels."
        case .messageTooLong:
            "The message is longer than limits.maxMessageBytes; send large texts in several edits."
        case .unknownType:
            "There is no message of this type; see the list of types in the specification."
        case .missingField: "The message lacks a field that its type requires; add it."
        case .badField: "A field has a value of the wrong type or out of range; correct it."
        case .unsupportedProtocol:
            "The server does not speak this version; say hello with protocol 1."
        case .helloRequired: "The first message of a connection must be hello."
        case .helloRepeated:
            "A connection says hello once; open a new connection for a new session."
        case .unauthorized: "The token is missing or not valid; connect again with a valid one."
        case .forbidden: "The token does not allow this; use one with the right to do it."
        case .takenOver:
            "A newer connection has resumed the session; do not connect with it again."
        case .documentNotOpen: "The document is not open on this connection; open it first."
        case .documentAlreadyOpen: "The document is open on this connection; close it first."
        case .tooManyDocuments:
            "The connection has limits.maxOpenDocuments documents open; close one first."
        case .wrongBase:
            "The revision is not one that the server has sent for this document; use the last one applied."
        case .sequenceGap:
            "The seq is neither that of the session's last edit of the document nor the next one; open the document again and go on from its seq."
        case .editInFlight:
            "The session's last edit of this document is not acknowledged yet; wait for its ack, composing what is typed meanwhile."
        case .offsetOutsideText:
            "The position lies outside the text at the revision named; count UTF-16 code units."
        case .splitSurrogatePair:
            "The position lies inside a surrogate pair; move it to either side of the character."
        case .textTooLong:
            "The text would grow beyond limits.maxDocumentUnits; delete something or use another document."
        case .unknownModel: "No such model is deployed here; leave it out to use the default one."
        case .unknownBranch:
            "No model is live on this branch; leave it out of hello, or deploy one there first."
        case .unknownSource: "No recommender serves this source."
        case .unknownCorpus: "No recommender uses this corpus."
        case .unknownItem: "There is no such item."
        case .unknownTag:
            "The tag is not one of those that are approved for the model; use one that is."
        case .unknownBlock: "The document has no such block now; use one from the newest results."
        case .unknownPrediction: "There is no such prediction, or it is too old."
        case .unknownRecommendation: "There is no such recommendation, or it is too old."
        case .deployFailed: "What was asked for was not done; all goes on as before."
        case .slowReader:
            "Too much waits to be read by this client; read faster, or open fewer documents."
        case .overloaded: "The server has too much to do; try again after retryAfterMs."
        case .draining: "The server is about to stop; connect again after retryAfterMs."
        case .storageFull:
            "The server's disk is full and the edit is not saved; try again after retryAfterMs."
        case .storageFailed:
            "The server could not write to its disk and the edit is not saved; try again after retryAfterMs."
        case .internalError: "The server made a mistake; it is recorded there."
        }
    }

    /// Whether the server closes the connection after it has said so.
    package var endsConnection: Bool {
        [.unsupportedProtocol, .unauthorized, .takenOver, .slowReader, .draining].contains(self)
    }
}
