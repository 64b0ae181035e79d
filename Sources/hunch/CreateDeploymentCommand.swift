// hunch create deployment: files that have a server run elsewhere.

import JSON
import Registry

struct CreateDeploymentCommand {
    static let command = Command(
        name: "create", nouns: ["deployment"], summary: "write files to run a server elsewhere",
        help: """
            usage: hunch create deployment --target systemd|container|kubernetes [-o DIR] [--env dev]
                       [--port PORT] [--at DIR] [--program PATH] [--image NAME] [--memory MIB] [--json]
                       [--home DIR]

            Writes a unit of systemd with its variables, a Containerfile, or manifests of Kubernetes (a
            StatefulSet of one, a Service, probes, limits). All of them serve one environment, and stop it
            by SIGTERM, after which it drains. No file that is there is written over.

              --target WHAT    systemd, container or kubernetes
              -o DIR           where to write them (default: the working directory)
              --env NAME       the environment (default: dev)
              --port PORT      where it listens (default: that of the environment, or 7777)
              --at DIR         where its files are there (default: /var/lib/hunch)
              --program PATH   where hunch is there (default: /usr/local/bin/hunch)
              --image NAME     what a container is made from (default: debian:12), or the image that
                               Kubernetes runs (default: hunch:latest)
              --memory MIB     mebibytes that it may take, with the programs and trainings that it starts
                               (default: 2048)
              --json           print the files as one object
              --home DIR       where to look for the environment (default: $HUNCH_HOME or .hunch)
            """
    ) { try CreateDeploymentCommand(arguments: $0).run() }

    private let target: DeploymentFiles.Target
    private let files: DeploymentFiles
    private let folder: String
    private let isJSON: Bool

    init(arguments: [String]) throws {
        var arguments = Arguments(arguments, command: "create")
        let home = try Home(&arguments)
        guard let target = try arguments.choice("--target", of: DeploymentFiles.Target.self) else {
            throw arguments.error("say where it is to run: --target systemd")
        }
        self.target = target
        folder = try arguments.value("-o") ?? "."
        let port = try arguments.integer("--port", in: 1...65535)
        let place = try arguments.value("--at") ?? "/var/lib/hunch"
        let program = try arguments.value("--program") ?? "/usr/local/bin/hunch"
        let image = try arguments.value("--image")
        let memory = try arguments.integer("--memory", in: 64...1_048_576) ?? 2048
        isJSON = arguments.flag("--json")
        try arguments.noun("deployment")
        try arguments.end()
        for path in [place, program] where !Self.isPlain(path) || !path.hasPrefix("/") {
            throw arguments.error("'\(path)' must be a path from /, without spaces or quotes")
        }
        if let image, !Self.isPlain(image) {
            throw arguments.error("'\(image)' cannot be the name of an image")
        }
        let environment = try Self.environment(of: home)
        files = DeploymentFiles(
            environment: home.environment,
            port: port ?? environment.port ?? ServeCommand.usualPort, home: place,
            program: program,
            image: image ?? (target == .kubernetes ? "hunch:latest" : "debian:12"),
            memory: memory, drain: environment.limits[.drainSeconds] ?? 8)
    }

    /// Whether a text means the same in a unit, a Containerfile and YAML.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                let sign = Unicode.Scalar(byte)
                return sign.properties.isAlphabetic || 0x30...0x39 ~= byte
                    || "/._-:@".unicodeScalars.contains(sign)
            }
    }

    /// What is known of the environment here; it need not be here.
    private static func environment(of home: Home) throws -> Environment {
        guard try home.registry.environments().contains(home.environment) else {
            return Environment()
        }
        return try home.registry.environment(home.environment)
    }

    func run() throws {
        let written = files.files(for: target).map { (path: "\(folder)/\($0.name)", text: $0.text) }
        for file in written where FileSystem.exists(file.path) {
            throw Failure("\(file.path) is there already; choose another folder: -o DIR")
        }
        try FileSystem.makeFolders(folder)
        for file in written { try FileSystem.writeAtomically(Array(file.text.utf8), to: file.path) }
        if isJSON {
            let names = written.map { JSONValue.string($0.path) }
            return Output.line(
                JSONValue.object([("target", .string(target.rawValue)), ("files", .array(names))])
                    .description)
        }
        for file in written { Output.line("created \(file.path)") }
        Output.line("next: \(files.next(for: target))")
    }
}
