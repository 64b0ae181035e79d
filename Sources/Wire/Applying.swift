// The message that makes an environment what a file declares.

package import JSON

extension ClientMessage {
    /// Makes the environment of the server what `environment` says, all of it or nothing.
    package struct Apply: Equatable, Sendable {
        /// As `environment.json` holds it, every version by its name.
        package var environment: JSONValue
        /// Why versions that fall short are to be deployed all the same.
        package var force: String?

        package init(environment: JSONValue, force: String? = nil) {
            self.environment = environment
            self.force = force
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var environment: JSONValue?
            while let key = try message.nextField() {
                switch key {
                case "environment": environment = try message.json.objectValue()
                case "force": force = try message.json.string()
                default: try message.json.skipValue()
                }
            }
            self.environment = try message.require(environment, "environment")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("environment", environment)
            writer.field("force", force)
        }
    }
}
