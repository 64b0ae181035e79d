// hunch create env: a place to serve models from, apart from all others.

import JSON
import Reactor
import Registry

struct CreateEnvironmentCommand {
    static let command = Command(
        name: "create", nouns: ["env"], summary: "create an environment of one's own",
        help: """
            usage: hunch create env -n NAME [--from ENV] [--port PORT] [--json] [--home DIR]

            Makes environments/NAME, with an environment.json, a journal, a control socket, keys, limits
            and a port of its own; no document, key or event of another environment is seen in it.
            'staging' and 'production' are protected: they take only versions trained from a clean tree
            of the main branch that have passed their tests ("protected" and "branch" in environment.json).
            Then: hunch serve --env NAME

              -n NAME       what it is called
              --from ENV    begin with what ENV serves, its limits, and keys with the same rights and new
                            tokens; a protected environment begins without models. What ENV tries or
                            does by itself (experiments, rollouts, schedules) stays there
              --port PORT   where its server listens (default: one that no environment here has)
              --json        print what was created as one object
              --home DIR    where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try CreateEnvironmentCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let source: String?
    private let port: Int?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "create")
        home = try Home(&arguments)
        name = try arguments.modelName()
        source = try arguments.value("--from")
        port = try arguments.integer("--port", in: 1...65535)
        isJSON = arguments.flag("--json")
        try arguments.noun("env")
        try arguments.end()
    }

    func run() throws {
        let source = try source.map { try home.registry.environment($0) } ?? Environment()
        let isProtected = Environment.protectedNames.contains(name)
        let keys = source.keys.map { key in
            AccessKey(
                token: Self.token(), role: key.role, user: key.user, documents: key.documents,
                groups: key.groups)
        }
        let environment = Environment(
            models: isProtected ? [] : source.models, limits: source.limits, keys: keys,
            isProtected: isProtected, port: try port.map(checked) ?? freePort())
        try home.registry.create(
            environment, as: name, by: Home.user, time: Int(wallClockMicroseconds()))
        Output.result(
            [
                "env": .string(name), "protected": .boolean(environment.isProtected),
                "port": environment.port.map { .number(Double($0)) } ?? .null,
            ], isJSON: isJSON, "created \(try home.registry.environmentPath(name))",
            "next: \(next(environment, source.models.first?.reference.name))")
    }

    /// The command to type then.
    private func next(_ environment: Environment, _ model: String?) -> String {
        if let source, let model, environment.isProtected {
            return "hunch promote model -n \(model) --from \(source) --to \(name)"
        }
        return environment.models.isEmpty
            ? "hunch deploy model -n MODEL --env \(name)" : "hunch serve --env \(name)"
    }

    private func checked(_ port: Int) throws -> Int {
        let other = try home.readableEnvironments().first { $0.environment.port == port }
        if let other {
            throw Failure("environment '\(other.name)' has port \(port) already; choose another")
        }
        return port
    }

    /// The port after the last that an environment of the home has.
    private func freePort() throws -> Int {
        let used = try home.readableEnvironments().map {
            $0.environment.port ?? ServeCommand.usualPort
        }
        return min((used.max() ?? ServeCommand.usualPort) + 1, 65535)
    }

    /// 128 random bits in hexadecimal.
    private static func token() -> String {
        (0..<4).map { _ in
            let digits = String(UInt32.random(in: 0 ... .max), radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }
}
