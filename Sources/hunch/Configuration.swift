// What flags are when nobody gives them.

import Glibc
import JSON
import Registry

/// The values of flags in the environment and in a file.
struct Configuration {
    /// The file that is read where `HUNCH_CONFIG` names no other.
    static let name = "hunch.json"

    static let help = """
        A flag with a value is taken from, in this order:

          the command line        --port 7000
          the environment         HUNCH_PORT=7000 (as the flag in capitals, '_' for '-')
          a file                  {"port": 7000} in hunch.json of the working directory,
                                  or in the file that HUNCH_CONFIG names
          the default             which the help of the command tells

        $HUNCH_HOME is where all files are (default: .hunch), $HUNCH_USER who is noted to have done
        something (default: $USER).
        """

    private let values: [String: String]

    /// Reads the file, if there is one.
    ///
    /// - Throws: what is wrong with it; a name that is no flag's is.
    private init() throws(UsageError) {
        let named = Self.variable("HUNCH_CONFIG")
        let path = named ?? Self.name
        guard named != nil || FileSystem.exists(path) else {
            values = [:]
            return
        }
        values = try Self.read(path)
    }

    private static func read(_ path: String) throws(UsageError) -> [String: String] {
        let members: [(key: String, value: JSONValue)]?
        do {
            members = try JSONValue(parsing: FileSystem.read(path)).object
        } catch {
            throw UsageError("\(path): \(error)", command: "")
        }
        guard let members else { throw UsageError("\(path) must hold an object", command: "") }
        let known = Set(Command.all.flatMap(\.flags).filter { $0.value != nil }.map(\.name))
        var values: [String: String] = [:]
        for (key, value) in members {
            guard known.contains("--" + key) else {
                throw UsageError("\(path): there is no flag --\(key) with a value", command: "")
            }
            guard let text = value.string ?? value.double.map({ _ in value.description }) else {
                throw UsageError("\(path): '\(key)' must be a text or a number", command: "")
            }
            values["--" + key] = text
        }
        return values
    }

    /// Read once, when the first flag is asked for.
    private static let file = Result<Configuration, UsageError> { () throws(UsageError) in
        try Configuration()
    }

    /// The value of a flag such as `--port` that the command line does not give.
    static func value(of flag: String) throws(UsageError) -> String? {
        let name = flag.drop { $0 == "-" }.uppercased().map { $0 == "-" ? "_" : $0 }
        if let value = variable("HUNCH_" + String(name)) { return value }
        return try file.get().values[flag]
    }

    /// One that is set to nothing is as one that is not set.
    private static func variable(_ name: String) -> String? {
        getenv(name).flatMap { $0.pointee == 0 ? nil : String(cString: $0) }
    }
}
