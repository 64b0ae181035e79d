import Glibc
import Testing

@testable import Reactor

@Suite struct ChildProcessTests {
    init() { Signals.ignoreBrokenPipes() }

    private func shell(_ script: String) throws -> ChildProcess {
        try ChildProcess(["sh", "-c", script], in: "/tmp")
    }

    /// All that comes from a stream until its end.
    private func text(
        _ child: borrowing ChildProcess, _ descriptor: Int32, through last: Character? = nil
    ) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while last == nil || String(decoding: bytes, as: UTF8.self).last != last {
            switch child.read(descriptor, into: &buffer) {
            case .bytes(let count): bytes += buffer[..<count]
            case .wouldBlock:
                var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&entry, 1, 60_000)
            case .endOfStream, .failed: return String(decoding: bytes, as: UTF8.self)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether there is a process of that number, be it one that was not reaped.
    private func exists(_ process: Int32) -> Bool { kill(process, 0) == 0 }

    @Test func `what a child is told and says goes through its streams`() throws {
        let child = try shell("read line; echo \"got $line in $PWD\"; echo oops >&2")
        #expect(child.write(Array("this\n".utf8), from: 0) == .bytes(5))
        #expect(text(child, child.output) == "got this in /tmp\n")
        #expect(text(child, child.errors) == "oops\n")
    }

    @Test func `a program that is not there is an error with its name`() {
        #expect(throws: SocketError("start no-such-program", code: ENOENT)) {
            _ = try ChildProcess(["no-such-program"], in: "/tmp")
        }
        #expect(throws: SocketError.self) { _ = try ChildProcess(["true"], in: "/no/such/folder") }
    }

    @Test func `a child that does not read makes writing wait, and one that is gone makes it fail`()
        throws
    {
        let child = try shell("echo started; exec sleep 1000")
        _ = text(child, child.output, through: "\n")
        let much = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        guard case .bytes(let taken) = child.write(much, from: 0) else {
            Issue.record("nothing was taken")
            return
        }
        #expect(taken < much.count)
        #expect(child.write(much, from: taken) == .wouldBlock)
        let gone = try shell("exit 3")
        #expect(text(gone, gone.output) == "")
        // A child that another test begins may hold a copy of its input for a moment.
        let deadline = Instant.now().advanced(byMilliseconds: 60_000)
        var outcome = gone.write(much, from: 0)
        while outcome != .failed(SocketError("write", code: EPIPE)), Instant.now() < deadline {
            outcome = gone.write(much, from: 0)
        }
        #expect(outcome == .failed(SocketError("write", code: EPIPE)))
    }

    @Test func `the end of the value is the end of the child and of its children`() throws {
        let script = "trap '' TERM; sleep 1000 & echo $!; while :; do wait; done"
        var family: [Int32] = []
        do {
            var child = try shell(script)
            let grandchild = text(child, child.output, through: "\n").dropLast()
            family = [child.identifier, try #require(Int32(grandchild))]
            child.terminate()
            #expect(exists(child.identifier))
        }
        #expect(!exists(family[0]))
        // Killed as well, by a signal that may take a moment to arrive.
        let deadline = Instant.now().advanced(byMilliseconds: 60_000)
        while isRunning(family[1]), Instant.now() < deadline { sched_yield() }
        #expect(!isRunning(family[1]))
    }

    @Test func `a child is ended before us where memory is short`() throws {
        let child = try shell("sleep 1000 & echo started; wait")
        _ = text(child, child.output, through: "\n")
        let ours = try #require(Int(try line(of: "/proc/self/oom_score_adj")))
        let score = Int(try line(of: "/proc/\(child.identifier)/oom_score_adj"))
        #expect(score == min(ours + 500, 1000))
    }

    private func line(of path: String) throws -> String {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        try #require(fgets(&line, 64, file) != nil)
        return String(
            decoding: line.prefix { $0 > 32 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    @Test func `a child that does not end is not waited for, and reaped when it has`() throws {
        let command: [String] = ["sleep", "1000"]
        let words = command.map { strdup($0) }
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        try #require(posix_spawnp(&child, "sleep", nil, nil, words + [nil], environ) == 0)
        Reaper.reap(child)
        #expect(exists(child))
        kill(child, SIGKILL)
        let deadline = Instant.now().advanced(byMilliseconds: 60_000)
        while exists(child), Instant.now() < deadline { sched_yield() }
        #expect(!exists(child))
    }

    /// Whether a process runs, rather than waits to be reaped.
    private func isRunning(_ process: Int32) -> Bool {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        guard fgets(&line, 512, file) != nil else { return false }
        let text = String(
            decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return !(text.contains(") Z ") || text.contains(") X "))
    }

    @Test func `the signals that we ignore are not ignored there`() throws {
        var child = try shell("echo started; exec sleep 1000")
        _ = text(child, child.output, through: "\n")
        child.terminate()
        // Its output ends as SIGTERM ends it.
        #expect(text(child, child.output) == "")
    }
}
