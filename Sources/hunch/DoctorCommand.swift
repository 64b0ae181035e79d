// hunch doctor: the machine, the home, the ports.

import Glibc
import JSON
import Reactor
import Registry
import Wire

struct DoctorCommand {
    static let command = Command(
        name: "doctor", summary: "check the machine, the home and the port",
        help: """
            usage: hunch doctor [--port PORT] [--host 127.0.0.1] [--json]

            One line a check; exit code 1 if one fails.

              --port PORT   the port to look at (default: that of the running server, of environment.json,
                            or 7777)
            \(Home.help)
            """
    ) { try DoctorCommand(arguments: $0).run() }

    private let home: Home
    private let host: String
    /// Nil for where the server listens, or would.
    private let port: Int?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "doctor")
        home = try Home(&arguments)
        host = try arguments.value("--host") ?? "127.0.0.1"
        port = try arguments.integer("--port", in: 1...65535)
        isJSON = arguments.flag("--json")
        try arguments.end()
    }

    private struct Finding {
        let check: String
        let isWell: Bool
        let text: String
    }

    func run() throws {
        let findings = [descriptors(), writable(), server(), listening()] + models()
        for finding in findings {
            if isJSON {
                let value: JSONValue = [
                    "check": .string(finding.check), "ok": .boolean(finding.isWell),
                    "text": .string(finding.text),
                ]
                Output.line(value.description)
            } else {
                Output.line(
                    "\(finding.isWell ? "ok   " : "FAIL ")\(finding.check): \(finding.text)")
            }
        }
        if findings.contains(where: { !$0.isWell }) { throw Failure("something is not well") }
    }

    private func descriptors() -> Finding {
        let limit = Signals.raiseDescriptorLimit()
        let isWell = limit >= 1024
        return Finding(
            check: "descriptors", isWell: isWell,
            text: "\(limit) may be open\(isWell ? "" : "; raise `ulimit -n`")")
    }

    private func writable() -> Finding {
        let path = home.registry.home
        do {
            try FileSystem.makeFolders(path)
        } catch {
            return Finding(check: "home", isWell: false, text: "\(error)")
        }
        let isWell = access(path, W_OK) == 0
        return Finding(
            check: "home", isWell: isWell,
            text: isWell ? path : "\(path) cannot be written; choose another with --home")
    }

    private func server() -> Finding {
        do {
            guard let reply = try home.askServer(.status), case .status(let status) = reply.body
            else { return Finding(check: "server", isWell: true, text: "none runs") }
            return Finding(
                check: "server", isWell: true,
                text: "\(status.server) runs since \(status.uptimeSeconds) s")
        } catch {
            return Finding(check: "server", isWell: false, text: "\(error)")
        }
    }

    private func listening() -> Finding {
        let address: Address
        do {
            address = .tcp(host: host, port: try port ?? home.servingPort)
        } catch {
            return Finding(check: "port", isWell: false, text: "\(error)")
        }
        do {
            _ = try Listener(at: address)
            return Finding(check: "port", isWell: true, text: "\(address) is free")
        } catch  where error.isAddressInUse {
            return Finding(
                check: "port", isWell: true,
                text: "\(address) is in use, by a server of yours or another program")
        } catch {
            return Finding(check: "port", isWell: false, text: "\(error)")
        }
    }

    private func models() -> [Finding] {
        do {
            guard try home.registry.environments().contains(home.environment) else { return [] }
            return try home.registry.environment(home.environment).models.map(check)
        } catch {
            return [Finding(check: "environment", isWell: false, text: "\(error)")]
        }
    }

    private func check(_ model: DeployedModel) -> Finding {
        let name = "model \(model.reference)"
        do {
            let manifest = try home.registry.manifest(of: model.reference)
            _ = try home.registry.artifact(of: manifest)
            return Finding(check: name, isWell: true, text: "\(manifest.kind), its digest is right")
        } catch {
            return Finding(check: name, isWell: false, text: "\(error)")
        }
    }
}
