// A program that runs beside us, with pipes to its standard streams.

internal import CEpoll
internal import Glibc

/// Owns a child process, the process group that it leads, and our ends of its pipes.
///
/// The end of this value is the end of the group: whoever is left of it is killed, the child is
/// reaped, the pipes are closed. Our own end, be it by SIGKILL, is the end of the group too.
package struct ChildProcess: ~Copyable {
    /// The child's number, and that of its group.
    package let identifier: Int32
    /// What it answers and what it complains of: descriptors to watch and to `read`.
    package let output: Int32
    package let errors: Int32
    /// What it reads; nil once it was closed.
    package private(set) var input: Int32?
    private let watch: GroupWatch?

    /// Starts a program, which is looked for in PATH unless its name has a slash.
    ///
    /// It runs in `folder` with our environment, but for variables whose names begin with one of
    /// `hidden`, and with the usual answers to all signals.
    package init(
        _ command: [String], in folder: String, hiding hidden: [String] = []
    ) throws(SocketError) {
        precondition(!command.isEmpty)
        let toChild = try Pipe()
        let fromChild = try Pipe()
        let complaints = try Pipe()
        identifier = try Self.spawn(
            command, in: folder, hiding: hidden,
            streams: [toChild.reading, fromChild.writing, complaints.writing])
        watch = GroupWatch(over: identifier)
        input = toChild.keepWriting()
        output = fromChild.keepReading()
        errors = complaints.keepReading()
    }

    deinit {
        // Before it is reaped: its number, and so the group's, could be another's afterwards.
        Glibc.kill(-identifier, SIGKILL)
        for descriptor in [input, output, errors].compactMap(\.self) { close(descriptor) }
        Reaper.reap(identifier)
    }

    private static func spawn(
        _ command: [String], in folder: String, hiding hidden: [String], streams: [Int32]
    ) throws(SocketError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        _ = posix_spawn_file_actions_addchdir_np(&actions, folder)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setSignals(&attributes)
        let arguments = command.map { strdup($0) }
        let variables = environment(hiding: hidden).map { strdup($0) }
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawnp(
            &child, command[0], &actions, &attributes, arguments + [nil], variables + [nil])
        guard code == 0 else { throw SocketError("start \(command[0])", code: code) }
        return child
    }

    /// A group of its own; signals that we ignore or block are not ignored or blocked there.
    private static func setSignals(_ attributes: inout posix_spawnattr_t) {
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
    }

    private static func environment(hiding hidden: [String]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let text = next.pointee {
            let variable = String(cString: text)
            if !hidden.contains(where: variable.hasPrefix) { variables.append(variable) }
            next += 1
        }
        return variables
    }

    // MARK: Talking to it

    /// Reads once from `output` or `errors`.
    package func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Socket.Outcome {
        let count = buffer.withUnsafeMutableBytes {
            Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        return count == 0 ? .endOfStream : outcome(count, "read")
    }

    /// Writes what its standard input takes of `bytes[start...]`.
    ///
    /// SIGPIPE must be ignored: a child that does not read any more is a failure like any other.
    package func write(_ bytes: [UInt8], from start: Int) -> Socket.Outcome {
        guard let input else { return .failed(SocketError("write", code: EPIPE)) }
        let count = bytes.withUnsafeBytes {
            Glibc.write(input, $0.baseAddress.map { $0 + start }, $0.count - start)
        }
        return outcome(count, "write")
    }

    private func outcome(_ count: Int, _ call: String) -> Socket.Outcome {
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed(SocketError(call))
    }

    /// Asks it to end: closes its standard input, and sends SIGTERM to all of its group.
    package mutating func terminate() {
        if let input { close(input) }
        input = nil
        Glibc.kill(-identifier, SIGTERM)
    }
}

/// Both ends of a pipe, closed at the end of its life unless they are kept.
private struct Pipe: ~Copyable {
    private let ends: (reading: Int32, writing: Int32)

    init() throws(SocketError) {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SocketError("pipe") }
        self.ends = (ends[0], ends[1])
    }

    deinit {
        close(ends.reading)
        close(ends.writing)
    }

    var reading: Int32 { ends.reading }
    var writing: Int32 { ends.writing }

    /// Gives one end, which does not block any more, and closes the other.
    consuming func keepReading() -> Int32 { keep(ends.reading) }
    consuming func keepWriting() -> Int32 { keep(ends.writing) }

    private consuming func keep(_ end: Int32) -> Int32 {
        let ends = ends
        discard self
        close(end == ends.reading ? ends.writing : ends.reading)
        _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
        return end
    }
}
