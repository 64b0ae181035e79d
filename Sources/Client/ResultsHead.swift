// As much of a message of results as the account needs.

package import JSON

/// The members of pushed `results` beside the entries.
///
/// Reading the entries as well takes several times as long, which counts where a load generator shares
/// the machine with the server.
package struct ResultsHead: Equatable, Sendable {
    package private(set) var kind = ""
    package private(set) var model = ""
    package private(set) var revision = -1
    package private(set) var pending = 0
    /// Whether it says anything of any block.
    package private(set) var hasEntries = false

    /// Reads a message; `nil` if it is no `results` of a document, or the answer to a request.
    package init?(_ bytes: Span<UInt8>) throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.beginObject()
        guard let first = try reader.nextKey(), "type" ~= first, "results" ~= (try reader.keyword())
        else { return nil }
        var isOfDocument = false
        while let key = try reader.nextKey() {
            switch key {
            case "id": return nil
            case "doc":
                isOfDocument = true
                try reader.skipValue()
            case "kind": kind = try reader.string()
            case "model": model = try reader.string()
            case "revision": revision = try reader.integer()
            case "results":
                try reader.beginArray()
                while try reader.nextElement() {
                    hasEntries = true
                    try reader.skipValue()
                }
            case "pending": pending = try reader.integer()
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard isOfDocument, revision >= 0 else { return nil }
    }
}
