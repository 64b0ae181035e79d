// The commands that README.md shows for a walk, run as they stand there.

import Foundation
import JSON
import Testing

/// One who types what a section of README.md shows, part by part, in an empty folder.
final class Walk {
    /// What stands under one title of the block of commands.
    private struct Part {
        let title: String
        var lines: [String] = []
    }

    let folder: Folder
    private var parts: [Part]
    private(set) var servers: [String: TestServer] = [:]
    private var load: Program?

    /// Reads the block of commands below a heading.
    init(_ heading: String) throws {
        let readme = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "README.md")
        let text = try String(contentsOf: readme, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## \(heading)\n").last)
        let blocks = section.components(separatedBy: "\n```")
        let lines = try #require(blocks.dropFirst().first).split(separator: "\n").dropFirst()
        parts = lines.reduce(into: []) { parts, line in
            if line.hasPrefix("# ") {
                parts.append(Part(title: String(line.dropFirst(2))))
            } else {
                parts[parts.count - 1].lines.append(String(line))
            }
        }
        folder = try Folder()
    }

    var isOver: Bool { parts.isEmpty }

    func server(_ environment: String) throws -> TestServer {
        try #require(servers[environment], "nobody has served \(environment)")
    }

    /// Runs the next part, whose title must begin so; gives what its commands said.
    @discardableResult
    func take(_ title: String) throws -> String {
        let part = try #require(parts.first)
        try #require(part.title.hasPrefix(title), "README.md goes on with: \(part.title)")
        parts.removeFirst()
        return try part.lines.map(run).joined()
    }

    private func run(_ line: String) throws -> String {
        guard line.hasSuffix(" &") else { return try runToEnd(line) }
        var words = line.split(separator: " ").map(String.init)
        try #require(words.removeFirst() == "hunch" && words.removeLast() == "&")
        if words[0] == "serve" {
            let environment = try #require(words.last)
            servers[environment] = try TestServer(folder, arguments: Array(words.dropFirst()))
        } else {
            try edit(words, on: server("production"))
        }
        return ""
    }

    /// Has editors write from now on; waits until all have their documents open.
    private func edit(_ words: [String], on server: TestServer) throws {
        // The ports of README.md may be taken here.
        load = try Program(words.map { $0 == "7779" ? "\(server.port)" : $0 }, in: folder)
        let count = words.firstIndex(of: "--connections").flatMap { Double(words[$0 + 1]) } ?? 0
        let deadline = Deadline()
        while try server.metric("hunch_subscriptions") ?? 0 < count {
            guard deadline.millisecondsLeft > 0 else { throw Timeout() }
        }
    }

    /// Runs a line in a shell that finds `hunch` and has a name to commit as.
    private func runToEnd(_ line: String) throws -> String {
        let tools = URL(filePath: Program.path).deletingLastPathComponent().path()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let person = ["AUTHOR", "COMMITTER"].flatMap {
            ["GIT_\($0)_NAME=Ada", "GIT_\($0)_EMAIL=ada@example.org"]
        }
        // A hook of git would name its own repository.
        let hidden = ["-u", "GIT_DIR", "-u", "GIT_INDEX_FILE", "-u", "GIT_WORK_TREE"]
        let shell = ["sh", "-c", "{ \(line)\n} > said.txt 2>> errors.txt"]
        let status = try folder.shell(hidden + ["PATH=\(tools):\(path)"] + person + shell)
        let said = folder.text("said.txt")
        try #require(status == 0, "\(line)\n\(said)\(folder.text("errors.txt").suffix(2000))")
        return said
    }

    /// Ends the editors of `hunch load`; gives its report and whether it found nothing wrong.
    func endLoad() throws -> (report: String, isFlawless: Bool) {
        let load = try #require(load)
        load.send(SIGINT)
        let report = try load.rest()
        return (report, try load.exitStatus() == 0)
    }

    /// An operator of an environment who sees what becomes of versions that are tried.
    func watch(_ environment: String, _ types: JSONValue) throws -> Peer {
        let control = try Peer(server(environment), over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": types])
        return control
    }
}

/// What a model says of a line.
struct Said {
    let model: String
    let intent: String
    let prediction: JSONValue
}

extension Peer {
    /// Writes a line into a new document; gives what is said of it.
    func say(_ text: String, in document: String) throws -> Said {
        _ = try ask(["type": "open", "doc": .string(document)])
        _ = try ask(edit(document, base: 0, sequence: 1, at: 0, text))
        let results = try expect("results", kind: "intent")
        _ = try ask(["type": "close", "doc": .string(document)])
        let entry = try #require(results["results"]?.array?.first)
        return Said(
            model: results["model"]?.string ?? "", intent: entry["intent"]?.string ?? "",
            prediction: entry["prediction"] ?? .null)
    }
}
