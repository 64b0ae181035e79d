// A program that runs beside us, with pipes to its standard streams.

internal import CEpoll
internal import Glibc

/// Owns a process group and our ends of the pipes to its leader; they are closed with the group's end.
package struct ChildProcess: ~Copyable {
    /// The child's number, and that of its group.
    package var identifier: Int32 { group.identifier }
    /// What it answers and what it complains of: descriptors to watch and to `read`.
    package let output: Int32
    package let errors: Int32
    /// What it reads; nil once it was closed.
    package private(set) var input: Int32?
    private let group: ProcessGroup

    /// Starts a program in `folder`, with our environment but for the variables that are hidden.
    package init(
        _ command: [String], in folder: String, hiding hidden: [String] = []
    ) throws(SocketError) {
        let toChild = try Pipe()
        let fromChild = try Pipe()
        let complaints = try Pipe()
        var spawn = Spawn(command)
        spawn.folder = folder
        spawn.hidden = hidden
        spawn.streams = [toChild.reading, fromChild.writing, complaints.writing]
        group = try ProcessGroup(spawn)
        input = toChild.keepWriting()
        output = fromChild.keepReading()
        errors = complaints.keepReading()
    }

    deinit {
        for descriptor in [input, output, errors].compactMap(\.self) { close(descriptor) }
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
        group.send(SIGTERM)
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
