// A server process for one test, and the home that it serves.

import Foundation
import Glibc
import JSON
import Testing

/// A server in a process of its own, with a home that it can be started on again.
final class TestServer {
    let folder: Folder
    private var program: Program
    private(set) var port = 0
    private let arguments: [String]

    /// Serves the folder's home.
    convenience init(_ folder: Folder, _ arguments: String...) throws {
        try self.init(folder, arguments: arguments)
    }

    init(_ folder: Folder, arguments: [String]) throws {
        self.folder = folder
        self.arguments = arguments
        program = try Self.start(folder, arguments)
        try becomeReady()
    }

    /// Serves a home of its own that has the demo models; `limits` are those of `environment.json`.
    convenience init(shards: Int = 1, limits: JSONValue? = nil) throws {
        let folder = try Demo.copy()
        if let limits { try folder.setEnvironment("limits", to: limits) }
        try self.init(folder, "--shards", "\(shards)")
    }

    private static func start(_ folder: Folder, _ arguments: [String]) throws -> Program {
        try Program(["serve", "--port", "0"] + arguments, in: folder)
    }

    /// Waits for the address in its first line, and for its models.
    private func becomeReady() throws {
        let line = try program.line()
        let address = try #require(line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\//), "\(line)")
        port = try #require(Int(address.output.1))
        let deadline = Deadline()
        while try get("/v2/health/ready").status != 200 {
            guard deadline.millisecondsLeft > 0 else { throw Timeout() }
        }
    }

    var controlPath: String { folder.path + "/.hunch/environments/\(environment)/control.sock" }

    private var environment: String {
        arguments.firstIndex(of: "--env").map { arguments[$0 + 1] } ?? "dev"
    }

    // MARK: Ending

    /// Ends it between two instructions, and starts it again on the same home.
    func killAndRestart() throws {
        program.send(SIGKILL)
        try #require(try program.exitStatus() == -SIGKILL, "it ended by itself")
        try restart()
    }

    /// Asks it to stop in order.
    func terminate() { program.send(SIGTERM) }

    func exitStatus() throws -> Int32 { try program.exitStatus() }

    /// Starts it again after its end.
    func restart() throws {
        program = try Self.start(folder, arguments)
        try becomeReady()
    }

    /// What it said on standard error.
    var errors: String { folder.text("errors.txt") }
}

extension TestServer {
    /// Asks for a page.
    func get(_ path: String) throws -> (status: Int, head: String, body: String) {
        try request("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }

    /// Sends bytes and gives the response, after which the server must close.
    func request(_ text: String) throws -> (status: Int, head: String, body: String) {
        let stream = try Stream(port: port)
        try stream.write(Array(text.utf8))
        let response = String(decoding: try stream.readToEnd(), as: UTF8.self)
        let parts = response.split(separator: "\r\n\r\n", maxSplits: 1)
        let head = String(try #require(parts.first, "no response to \(text.prefix(80))"))
        let status = try #require(Int(head.split(separator: " ")[1]))
        return (status, head, parts.count > 1 ? String(parts[1]) : "")
    }

    /// A figure of `/metrics`, by its name and labels as they stand there.
    func metric(_ name: String) throws -> Double? {
        let line = try get("/metrics").body.split(separator: "\n").first {
            $0.hasPrefix(name + " ")
        }
        return line.flatMap { Double($0.dropFirst(name.utf8.count + 1)) }
    }
}

/// The home with the demo models, trained once for all tests.
enum Demo {
    private static let trained = Result { try train() }

    private static func train() throws -> Folder {
        let folder = try Folder()
        let server = try TestServer(folder, "--demo")
        server.terminate()
        try #require(try server.exitStatus() == 0)
        try add("rules", kind: "rules", for: "rules/*", folder)
        try add("topics", kind: "tags", for: "tags/*", folder)
        _ = try Program.run(
            "deploy", "model", "-n", "copies", "--documents", "copies/*", in: folder)
        // The folder is a global's: nothing else would ever remove it.
        atexit { if case .success(let folder) = Demo.trained { folder.remove() } }
        return folder
    }

    /// A model for the conversations about its kind, which reads no other documents.
    private static func add(
        _ name: String, kind: String, for documents: String, _ folder: Folder
    ) throws {
        _ = try Program.run("create", "model", "-n", name, "--kind", kind, in: folder)
        _ = try Program.run(
            "deploy", "model", "-n", name, "--documents", documents, in: folder)
    }

    /// A home of its own with the same models, and nothing said to it yet.
    static func copy() throws -> Folder {
        let folder = try Folder()
        let source = try trained.get().path + "/.hunch"
        let files = FileManager.default
        try files.createDirectory(
            atPath: folder.path + "/.hunch/environments/dev", withIntermediateDirectories: true)
        for name in ["registry", "environments/dev/environment.json"] {
            try files.copyItem(atPath: "\(source)/\(name)", toPath: "\(folder.path)/.hunch/\(name)")
        }
        return folder
    }

    /// The examples that its classifier learned from.
    static func examples() throws -> String {
        try trained.get().text(".hunch/models/support/intents.csv")
    }
}

extension Folder {
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Changes a member of `environment.json`.
    func setEnvironment(_ key: String, to value: JSONValue) throws {
        let name = ".hunch/environments/dev/environment.json"
        let members = try #require(try JSONValue(parsing: text(name)).object)
        let changed = members.filter { $0.key != key } + [(key: key, value: value)]
        try write(JSONValue.object(changed).description, to: name)
    }
}
