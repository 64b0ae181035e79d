// hunch serve: the server itself.

import Dispatch
import Glibc
import Reactor
import Registry
import Service

struct ServeCommand {
    static let command = Command(
        name: "serve", summary: "serve an environment",
        help: """
            usage: hunch serve [--port 7777] [--host 127.0.0.1] [--env dev] [--demo] [--catch-up] [--echo]

            Serves the editor page, the console, WebSocket at /ws and JSON lines on one port.

              --port PORT   where to listen (default: the port of environment.json, or 7777; 0 has the
                            system choose)
              --host HOST   on which address (default: 127.0.0.1)
            \(Home.help)
              --shards N    event loops (default: 1)
              --demo        in an empty home, create, train and deploy the demo models first
              --catch-up    train anew at the start, too, what environment.json has "schedules" for; without
                            it what was due while no server ran is left to its next time
              --echo        add /echo, which sends back what it gets, for conformance suites

            Models are trained anew as environment.json says, in UTC: "schedules": {"support": "daily 03:00"};
            also weekly mon 03:00, hourly :15, every 6h, every 30m. Each is `hunch retrain --background`, one
            at a time; how it went is in the event log: hunch tail --events retrain.

            SIGTERM and SIGINT stop it in order within 8 seconds. `hunch --help` says where else flags are
            taken from.
            """
    ) { try ServeCommand(arguments: $0).run() }

    private let home: Home
    private var settings = ServiceSettings()
    private let host: String
    /// Nil for what the environment says.
    private let port: Int?
    private let wantsDemo: Bool
    private let isCatchingUp: Bool

    /// Where a server listens that nobody has told anything.
    static let usualPort = 7777

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "serve")
        home = try Home(&arguments)
        let host = try arguments.value("--host") ?? "127.0.0.1"
        self.host = host
        port = try arguments.integer("--port", in: 0...65535)
        settings.shards = try arguments.integer("--shards", in: 1...64) ?? 1
        settings.hasEcho = arguments.flag("--echo")
        wantsDemo = arguments.flag("--demo")
        isCatchingUp = arguments.flag("--catch-up")
        try arguments.end()
    }

    func run() throws {
        try home.prepare()
        if wantsDemo { try Demo.prepare(home) { Output.error($0) } }
        let server = try start()
        server.start { Output.error("hunch: \($0)") }
        let schedules = ScheduledRetraining(home, server)
        schedules.start(isCatchingUp: isCatchingUp)
        let signals = Signals([SIGINT, SIGTERM]) { _ in
            Output.error("hunch: stopping")
            schedules.stop()
            server.stop { Output.error("hunch: \($0)") }
            exit(0)
        }
        // Who has read this may stop it.
        Output.line("Hunch serves '\(home.environment)' at \(url(server.address)) (stop: Ctrl-C)")
        if server.isOpen, !isLoopback { Output.error(Self.openWarning(server.isProtected)) }
        withExtendedLifetime(signals) { dispatchMain() }
    }

    private func start() throws -> Server {
        var settings = settings
        settings.address = .tcp(host: host, port: try port ?? home.port)
        do {
            return try Server(settings, registry: home.registry, environment: home.environment)
        } catch let error as SocketError where error.isAddressInUse {
            throw Failure("\(error). Choose another port with --port, or see `hunch doctor`.")
        }
    }

    private var isLoopback: Bool {
        host == "127.0.0.1" || host == "::1" || host == "localhost"
    }

    private static func openWarning(_ isProtected: Bool) -> String {
        "hunch: warning: no keys are set in environment.json, so everybody who can connect may "
            + (isProtected ? "edit, and nobody may operate but on this machine" : "do everything")
    }

    private func url(_ address: Address) -> String {
        guard case .tcp(let host, let port) = address else { return "\(address)" }
        let name = host.contains(":") ? "[\(host)]" : host
        return "http://\(name):\(port)/"
    }
}

/// The models that a new home begins with.
enum Demo {
    private static let models: [(name: String, kind: Project.Kind, documents: String?)] = [
        ("support", .intents, nil), ("articles", .ranker, nil), ("copies", .duplicates, "demo/*"),
    ]

    /// Creates, trains and deploys the demo models where nothing was ever deployed; once.
    static func prepare(_ home: Home, report: (String) -> Void) throws {
        guard try home.registry.environment(home.environment).models.isEmpty else { return }
        for model in models {
            if !(try home.registry.projects().contains(model.name)) {
                try Project.create(model.name, model.kind, in: home.registry)
            }
            report("hunch: training the demo model '\(model.name)'")
            let project = try Project(model.name, in: home.registry)
            let manifest = try project.train(
                TrainingOptions(isQuick: true), in: home.registry
            ) { _ in }
            try home.registry.deploy(
                manifest.reference, to: home.environment,
                documents: model.documents.map(DocumentPattern.init), by: "demo",
                time: Int(wallClockMicroseconds()))
        }
    }
}
