// The `hunch` that was built with the tests, as a process of its own.

import Foundation
import Glibc
import Testing

/// A running `hunch`; whatever becomes of the test, it is killed in the end.
final class Program {
    /// Lies beside the bundle of the tests.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(readlink("/proc/self/exe", &buffer, buffer.count), 0)
        let path = String(
            decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path[...(path.lastIndex(of: "/") ?? path.startIndex)] + "hunch"
    }()

    private let child: pid_t
    private let output: Int32
    private var read: [UInt8] = []
    private var status: Int32?

    /// Starts it in `folder`; what it says on standard error is added to `errors.txt` there.
    init(_ arguments: [String], in folder: Folder) throws {
        try #require(access(Self.path, X_OK) == 0, "\(Self.path) is not there")
        var ends: [Int32] = [0, 0]
        // Not a pipe: these ends are kept from children that other tests start from the beginning on.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        defer { close(ends[1]) }
        output = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        let errors = folder.path + "/errors.txt"
        posix_spawn_file_actions_addopen(
            &actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.path, Self.path]
        let words = (shell + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        try #require(posix_spawn(&child, shell[0], &actions, nil, words + [nil], [nil]) == 0)
        self.child = child
    }

    deinit {
        send(SIGKILL)
        if status == nil { waitpid(child, nil, 0) }
        close(output)
    }

    /// Runs it to its end; gives what it said.
    static func run(_ arguments: String..., in folder: Folder) throws -> String {
        try run(arguments, in: folder)
    }

    static func run(_ arguments: [String], in folder: Folder) throws -> String {
        let program = try Program(arguments, in: folder)
        let output = try program.rest()
        let status = try program.exitStatus()
        try #require(status == 0, "hunch \(arguments): \(output)\(folder.text("errors.txt"))")
        return output
    }

    func send(_ signal: Int32) {
        if status == nil { kill(child, signal) }
    }

    /// The next line that it says.
    func line() throws -> String {
        while true {
            if let end = read.firstIndex(of: UInt8(ascii: "\n")) {
                defer { read.removeFirst(end + 1) }
                return String(decoding: read[..<end], as: UTF8.self)
            }
            try #require(try readMore(), "it ended without a line")
        }
    }

    /// All that it says from now to its end.
    func rest() throws -> String {
        while try readMore() {}
        return String(decoding: read, as: UTF8.self)
    }

    private func readMore() throws -> Bool {
        try awaitInput(output, Deadline())
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(output, &buffer, buffer.count)
        read += buffer[..<max(count, 0)]
        return count > 0
    }

    /// Waits for its end, which closes its output; gives the exit code, or minus the signal.
    func exitStatus() throws -> Int32 {
        if let status { return status }
        _ = try rest()
        var raw: Int32 = 0
        waitpid(child, &raw, 0)
        let signal = raw & 0x7f
        status = signal == 0 ? (raw >> 8) & 0xff : -signal
        return status ?? 0
    }
}

/// A folder that is gone when the test is over.
final class Folder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/hunch-service-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    /// Runs another program in it; gives its exit code.
    func shell(_ words: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The text of a file; empty if there is none.
    func text(_ name: String) -> String {
        (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
    }
}

/// When waiting is given up: far beyond what a busy machine takes, so that only what hangs meets it.
struct Deadline {
    private let end = ContinuousClock.now + .seconds(120)

    var millisecondsLeft: Int32 {
        Int32(max((end - ContinuousClock.now) / .milliseconds(1), 0))
    }
}

/// Waits until there is something to read.
func awaitInput(_ descriptor: Int32, _ deadline: Deadline) throws {
    while true {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let count = poll(&entry, 1, deadline.millisecondsLeft)
        if count > 0 { return }
        if count == 0 { throw Timeout() }
    }
}

/// Nothing came in time.
struct Timeout: Error {}
