// Messages about the answers of a model in use, against those of its training.

package import JSON

extension ClientMessage {
    /// Asks how the versions of a model stand.
    package struct Drift: Equatable, Sendable {
        /// A name, for all of its versions that are in use, or "name@version".
        package var model: String

        package init(model: String) { self.model = model }

        init(_ message: inout MessageReader) throws(JSONError) {
            var model: String?
            while let key = try message.nextField() {
                switch key {
                case "model": model = try message.json.name()
                default: try message.json.skipValue()
                }
            }
            self.model = try message.require(model, "model")
        }

        func write(to writer: inout JSONWriter) { writer.field("model", model) }
    }
}

extension ServerMessage {
    /// The answer to `drift`.
    package struct Drift: Equatable, Sendable {
        /// By version an object with its name as `model`, what it is held against, and its windows.
        package var versions: [JSONValue]

        package init(versions: [JSONValue]) { self.versions = versions }

        init(_ message: inout MessageReader) throws(JSONError) {
            var versions: [JSONValue]?
            while let key = try message.nextField() {
                switch key {
                case "versions": versions = try message.json.value().array
                default: try message.json.skipValue()
                }
            }
            self.versions = try message.require(versions, "versions")
        }

        func write(to writer: inout JSONWriter) { writer.field("versions", .array(versions)) }
    }
}
