// Why a client gives up on a server.

package import Documents
package import Wire

/// What a server did that no client can go on from.
package enum ClientError: Error, Equatable, CustomStringConvertible {
    /// The server has fewer revisions than it had sent or acknowledged.
    case revisionsLost(document: String, had: Int, got: Int)
    /// A revision is missing or does not fit.
    case replica(document: String, ReplicaError)
    case unexpectedChunk(document: String, index: Int)
    /// A message about a document that is not open here.
    case unknownDocument(String)
    /// The server does not want the session; trying again would end the same way.
    case turnedAway(WireError)

    package var description: String {
        switch self {
        case .revisionsLost(let document, let had, let got):
            "the server has lost revisions of \(document): \(had) were received, it is at \(got)"
        case .replica(let document, .revisionGap(let expected, let got)):
            "revision \(got) of \(document) came where \(expected) was next"
        case .replica(let document, .nothingInFlight(let sequence)):
            "edit \(sequence) of \(document) was acknowledged and had not been sent"
        case .replica(let document, .unfit(let revision)):
            "the edit that makes revision \(revision) of \(document) does not fit the text"
        case .unexpectedChunk(let document, let index):
            "chunk \(index) of \(document) was not expected"
        case .unknownDocument(let document): "a message came about \(document), which is not open"
        case .turnedAway(let error): error.message
        }
    }
}
