// An environment in a line: whether a server runs there, where, and what is live.

import JSON
import Registry
import Wire

struct EnvironmentReport {
    private enum Server {
        case none
        case running(ServerMessage.Status)
        /// Something holds the control socket and does not answer.
        case silent
    }

    private let name: String
    private let environment: Environment
    private let server: Server

    /// Milliseconds that a server has for its answer.
    private static let patience = 2000

    init(of home: Home) throws {
        name = home.environment
        environment = try home.registry.environment(home.environment)
        do {
            let reply = try home.askServer(.status, patience: Self.patience)
            if case .status(let status)? = reply?.body {
                server = .running(status)
            } else {
                server = .none
            }
        } catch {
            server = .silent
        }
    }

    /// Where the server listens, or would.
    private var port: Int {
        if case .running(let status) = server, let port = status.port { return port }
        return environment.port ?? ServeCommand.usualPort
    }

    /// What is live: on a running server what it has loaded.
    private var live: [(model: String, branch: String?)] {
        if case .running(let status) = server {
            return status.deployments.filter { $0.role == nil }.map { ($0.model, $0.branch) }
        }
        return environment.models.map { ($0.reference.description, $0.branch) }
    }

    /// What is tried beside it, with the share that it answers: 0 of a shadow.
    private var tried: [(model: String, share: Double)] {
        environment.rollouts.map { ($0.reference.description, $0.share) }
    }

    private var state: String {
        switch server {
        case .none: "no server"
        case .running(let status):
            "runs for \(status.uptimeSeconds) s, \(Self.others(status)) connections"
        case .silent: "its server does not answer"
        }
    }

    /// Those but the one that asks.
    private static func others(_ status: ServerMessage.Status) -> Int {
        max(status.connections - 1, 0)
    }

    /// For people.
    var words: [(key: String, value: JSONValue)] {
        let models = live.map { model, branch in
            branch.map { "\(model) for branch '\($0)'" } ?? model
        }
        let tried = tried.map { model, share in
            "\(model) as \(share == 0 ? "shadow" : "canary, \(Figure.percent(share))")"
        }
        return [
            ("env", .string(name)), ("port", .string("port \(port)")),
            ("server", .string(state)),
            ("protected", .string(environment.isProtected ? "protected" : "")),
            ("models", .string(models.isEmpty ? "nothing live" : models.joined(separator: ", "))),
            ("tried", .string(tried.isEmpty ? "" : "tries \(tried.joined(separator: ", "))")),
        ]
    }

    /// For programs: `server` is `none`, `running` or `silent`.
    var json: [(key: String, value: JSONValue)] {
        var row: [(key: String, value: JSONValue)] = [
            ("env", .string(name)), ("protected", .boolean(environment.isProtected)),
            ("port", .number(Double(port))),
        ]
        switch server {
        case .none: row.append(("server", "none"))
        case .silent: row.append(("server", "silent"))
        case .running(let status):
            row += [
                ("server", "running"), ("uptimeSeconds", .number(Double(status.uptimeSeconds))),
                ("connections", .number(Double(Self.others(status)))),
            ]
        }
        let models = live.map { model, branch -> JSONValue in
            ["model": .string(model), "branch": branch.map { .string($0) } ?? .null]
        }
        let tried = tried.map { model, share -> JSONValue in
            ["model": .string(model), "share": .number(share)]
        }
        return row + [("models", .array(models)), ("tried", .array(tried))]
    }
}
