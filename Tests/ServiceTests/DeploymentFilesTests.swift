import Foundation
import JSON
import Testing

/// The files of `hunch create deployment`, read by those who are to read them, as far as they are here.
@Suite struct DeploymentFilesTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func create(_ target: String, _ more: String...) throws -> [String] {
        let words = ["create", "deployment", "--target", target, "-o", "out", "--json"]
        let output = try Program.run(words + more, in: folder)
        return try #require(
            try JSONValue(parsing: output.trimmed)["files"]?.array?.compactMap(\.string))
    }

    private func isThere(_ program: String) throws -> Bool {
        try folder.shell(["sh", "-c", "command -v \(program) > /dev/null"]) == 0
    }

    /// Makes the environment as a file says, in a home of the test: twice is as once.
    private func prepare(_ script: String) throws {
        let own = script.replacing("/usr/local/bin/hunch", with: Program.path)
            .replacing("/var/lib/hunch", with: "home")
        for _ in 0..<2 { #expect(try folder.shell(["/bin/sh", "-c", own]) == 0, "\(own)") }
        #expect(folder.text("home/environments/staging/environment.json").contains("port"))
    }

    /// Starts a server as a file says, on any port of this machine, in a home of the test.
    private func start(_ words: [String]) throws {
        #expect(words.first == "/usr/local/bin/hunch")
        let own = ["/var/lib/hunch": "home", "0.0.0.0": "127.0.0.1", "7801": "0"]
        let program = try Program(words.dropFirst().map { own[$0] ?? $0 }, in: folder)
        let line = try program.line()
        #expect(line.contains("serves 'staging'"), "\(line)")
        program.send(SIGTERM)
        #expect(try program.exitStatus() == 0)
    }

    private func value(_ key: String, in text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(key + "=") }.map {
            String($0.dropFirst(key.count + 1))
        }
    }

    @Test func `the unit of systemd starts a server, and systemd understands it`() throws {
        let files = try create("systemd", "--env", "staging", "--port", "7801")
        #expect(files == ["out/hunch-staging.service", "out/hunch-staging.env"])
        let (unit, variables) = (folder.text(files[0]), folder.text(files[1]))
        let port = try #require(value("HUNCH_PORT", in: variables))
        let host = try #require(value("HUNCH_HOST", in: variables))
        let command = try #require(value("ExecStart", in: unit))
        let words = command.replacing("${HUNCH_PORT}", with: port).replacing(
            "${HUNCH_HOST}", with: host)
        let script = try #require(value("ExecStartPre", in: unit)).dropFirst("/bin/sh -c '".count)
        try prepare(String(script.dropLast()))
        try start(words.split(separator: " ").map(String.init))
        #expect(value("KillSignal", in: unit) == "SIGTERM")
        #expect(try #require(value("TimeoutStopSec", in: unit).flatMap { Int($0) }) > 8)
        #expect(
            value("KillMode", in: unit) == "mixed" && value("OOMPolicy", in: unit) == "continue")
        #expect(value("MemoryMax", in: unit) == "2048M")
        guard try isThere("systemd-analyze") else { return }
        // The program must be there, or systemd complains.
        let own = try create("systemd", "--env", "own", "--program", Program.path)
        let status = try folder.shell(["systemd-analyze", "verify", "./\(own[0])"])
        #expect(status == 0, "systemd-analyze refuses \(folder.text(own[0]))")
    }

    @Test func `the Containerfile holds known instructions only, and its command starts a server`()
        throws
    {
        let files = try create("container", "--env", "staging", "--port", "7801")
        let text = folder.text(try #require(files.first))
        var lines: [(instruction: String, rest: String)] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            try #require(parts.count == 2, "\(line)")
            lines.append((parts[0], parts[1]))
        }
        let known: Set = [
            "ARG", "FROM", "RUN", "COPY", "USER", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL",
            "HEALTHCHECK", "ENTRYPOINT",
        ]
        #expect(Set(lines.map(\.instruction)) == known)
        let rest = { (name: String) in lines.first { $0.instruction == name }?.rest ?? "" }
        #expect(lines[0].rest == "BASE=debian:12" && lines[1] == ("FROM", "${BASE}"))
        #expect(rest("EXPOSE") == "7801" && rest("STOPSIGNAL") == "SIGTERM")
        #expect(rest("COPY") == "hunch /usr/local/bin/hunch")
        let script = try #require(text.split(separator: "\n").first { $0.hasPrefix("# test -e") })
        try prepare(String(script.dropFirst(2)))
        let command = try JSONValue(parsing: rest("ENTRYPOINT")).array?.compactMap(\.string)
        #expect(command?.prefix(2) == ["/usr/bin/tini", "--"] && text.contains(" tini "))
        try start(Array(try #require(command).dropFirst(2)))
        let check = try #require(rest("HEALTHCHECK").split(separator: "CMD ").last)
        let words = try #require(
            try JSONValue(parsing: String(check)).array?.compactMap(\.string))
        let asked = try Program(words.dropFirst().map { $0 } + ["--help"], in: folder)
        #expect(try asked.exitStatus() == 0 && words[1] == "status")
    }

    @Test func `the manifests of Kubernetes are YAML, and what they start serves`() throws {
        let files = try create("kubernetes", "--env", "staging", "--port", "7801")
        let path = try #require(files.first)
        let text = folder.text(path)
        for part in ["/v2/health/live", "/v2/health/ready", "terminationGracePeriodSeconds: 30"] {
            #expect(text.contains(part))
        }
        func list(_ key: String) throws -> [String] {
            let line = try #require(text.split(separator: "\n").first { $0.contains(key + ": [") })
            let list = line[(line.firstIndex(of: "[") ?? line.startIndex)...]
            return try #require(try JSONValue(parsing: String(list)).array?.compactMap(\.string))
        }
        try prepare(try #require(try list("command").last))
        let arguments = try list("args")
        try start(["/usr/local/bin/hunch"] + arguments)
        guard try folder.shell(["python3", "-c", "import yaml"]) == 0 else { return }
        try folder.write(
            """
            import json, sys, yaml
            print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))), file=open("parsed.json", "w"))
            """, to: "parse.py")
        #expect(try folder.shell(["python3", "parse.py", path]) == 0)
        let parsed = try #require(try JSONValue(parsing: folder.text("parsed.json").trimmed).array)
        #expect(parsed.map { $0["kind"]?.string } == ["Service", "StatefulSet"])
        let pod = parsed[1]["spec"]?["template"]?["spec"]
        let container = pod?["containers"]?.array?.first
        #expect(container?["ports"]?.array?.first?["containerPort"] == 7801)
        #expect(container?["args"]?.array?.compactMap(\.string) == arguments)
        #expect(parsed[0]["spec"]?["selector"] == parsed[1]["spec"]?["selector"]?["matchLabels"])
        #expect(container?["resources"]?["limits"]?["memory"] == "2048Mi")
        #expect(pod?["enableServiceLinks"] == false && pod?["shareProcessNamespace"] == true)
    }

    @Test func `a server has the time and the memory that are set for it`() throws {
        _ = try Program.run("create", "env", "-n", "slow_", in: folder)
        let path = ".hunch/environments/slow_/environment.json"
        try folder.write(#"{"limits": {"drainSeconds": 100}}"#, to: path)
        let unit = folder.text(try create("systemd", "--env", "slow_", "--memory", "512")[0])
        #expect(value("TimeoutStopSec", in: unit).flatMap { Int($0) } ?? 0 > 108)
        #expect(value("MemoryMax", in: unit) == "512M")
        let text = folder.text(try create("kubernetes", "--env", "slow_", "--memory", "512")[0])
        #expect(text.contains("terminationGracePeriodSeconds: 115") && text.contains("512Mi}"))
        #expect(text.contains("name: hunch-slow\n"), "a label ends with a letter or number")
    }

    @Test func `nothing is written over, and what would break a file is refused`() throws {
        _ = try create("container")
        let again = ["create", "deployment", "--target", "container", "-o", "out"]
        #expect(try Program(again, in: folder).exitStatus() == 1)
        for words in [
            ["--target", "elsewhere"], ["--target", "systemd", "--at", "relative"],
            ["--target", "systemd", "--program", "/a b"],
            ["--target", "container", "--image", "a\"b"],
            [],
        ] {
            let words = ["create", "deployment", "-o", "new"] + words
            #expect(try Program(words, in: folder).exitStatus() == 2, "\(words)")
        }
    }
}
