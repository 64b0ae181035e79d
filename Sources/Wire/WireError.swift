// What an `error` message says, and how a message that cannot be read is answered.

import JSON

/// The content of an `error` message.
package struct WireError: Error, Equatable, Sendable {
    package var code: ErrorCode
    /// A sentence for people: what the code means, and in brackets what it was in this case.
    package var message: String
    /// The document that it concerns, if any.
    package var document: String?
    /// When the same may be tried again; `nil` where trying again is of no use.
    package var retryAfterMilliseconds: Int?

    package init(
        _ code: ErrorCode, _ detail: String? = nil, document: String? = nil,
        retryAfterMilliseconds: Int? = nil
    ) {
        self.code = code
        self.message = detail.map { "\(code.sentence) [\($0)]" } ?? code.sentence
        self.document = document
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    init(_ message: inout MessageReader) throws(JSONError) {
        var code: ErrorCode?
        var text: String?
        while let key = try message.nextField() {
            switch key {
            // A newer server may have codes that we do not know; its sentence says what they mean.
            case "code": code = ErrorCode(rawValue: try message.json.string()) ?? .internalError
            case "message": text = try message.json.string()
            case "doc": document = try message.json.documentID()
            case "retryAfterMs": retryAfterMilliseconds = try message.json.count()
            default: try message.json.skipValue()
            }
        }
        self.code = try message.require(code, "code")
        self.message = try message.require(text, "message")
    }

    func write(to writer: inout JSONWriter) {
        writer.field("code", code.rawValue)
        writer.field("message", message)
        writer.field("doc", document)
        writer.field("retryAfterMs", retryAfterMilliseconds)
    }
}

/// A message that could not be read, with what is needed to answer it.
package struct RefusedMessage: Error, Equatable, Sendable {
    /// The message's `id`, where it could be read.
    package let id: MessageID?
    package let error: WireError

    package init(id: MessageID? = nil, error: WireError) {
        self.id = id
        self.error = error
    }

    /// Reads the message again, for what went wrong where; only then is the time spent.
    init(_ error: JSONError, in bytes: Span<UInt8>) {
        let envelope = Envelope(bytes, errorOffset: error.offset)
        let place = envelope.member.map { "\($0): " } ?? ""
        let (code, detail): (ErrorCode, String) =
            switch error.reason {
            case .missing(let name): (.missingField, "\(place)\(name)")
            case .tooDeep: (.tooDeep, error.description)
            case .unexpectedType(_, wanted: .object) where envelope.member == nil:
                (.invalidJSON, "a message is an object")
            default:
                error.concernsValue
                    ? (.badField, "\(place)\(error.reason)") : (.invalidJSON, error.description)
            }
        id = envelope.id
        self.error = WireError(code, detail, document: envelope.document)
    }

    /// Answers a type that there is not; if what follows it is not even JSON, that comes first.
    init(unknownTypeIn bytes: Span<UInt8>) {
        let envelope = Envelope(bytes, errorOffset: nil)
        if let breach = envelope.breach {
            self.init(breach, in: bytes)
        } else {
            let type = envelope.type.map { String($0.prefix(64)) }
            let error = WireError(.unknownType, type, document: envelope.document)
            self.init(id: envelope.id, error: error)
        }
    }
}

/// What can be read of any message, even of one that breaks off: up to where it breaks.
private struct Envelope {
    private(set) var id: MessageID?
    private(set) var document: String?
    private(set) var type: String?
    /// Where the message is not JSON.
    private(set) var breach: JSONError?
    /// The name of the member in whose value the error lies.
    private(set) var member: String?

    init(_ bytes: Span<UInt8>, errorOffset: Int?) {
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let name = key.string
                let start = reader.offset
                try take(name, &reader)
                if let errorOffset, start...reader.offset ~= errorOffset { member = name }
            }
            try reader.finish()
        } catch {
            breach = error
        }
    }

    private mutating func take(_ name: String, _ reader: inout JSONReader) throws(JSONError) {
        var value = reader
        try reader.skipValue()
        switch name {
        case "id": id = try? MessageID(from: &value)
        case "doc": document = try? value.documentID()
        case "type": type = try? value.string()
        default: break
        }
    }
}
