// A connected socket with what waits to be written to it.

internal import CEpoll
internal import Glibc

/// How much may wait to be written, in bytes.
package struct Watermarks: Sendable {
    /// From here on the peer counts as slow: what can be replaced is held back, and nothing is read from it.
    package let low: Int
    /// Past here the peer is given up.
    package let high: Int

    package init(low: Int, high: Int) {
        precondition(0 < low && low < high)
        self.low = low
        self.high = high
    }
}

/// Writes in as few system calls as can be, and reads when asked.
///
/// What is enqueued in a round leaves in one call at its end. Short messages are copied together,
/// long ones are kept by reference, so that one text sent to many is held once. An idle channel
/// owns no buffer.
package struct Channel: ~Copyable {
    /// Copying is cheaper than a reference and an entry in a vectored write up to about here.
    private static var copyLimit: Int { 4096 }
    private static var vectorLimit: Int { 64 }

    private let socket: Socket
    /// What goes before `tail`, in order.
    private var segments: [[UInt8]] = []
    private var tail: [UInt8] = []
    /// Bytes of the first segment, or of `tail` where there is none, that the kernel has.
    private var sent = 0
    /// Bytes that wait.
    package private(set) var backlog = 0
    private var watched: Interest = []
    /// Whether the owner wants to read; readiness to read is not reported while it does not.
    package var isReading = true
    /// Whether the peer has said that it writes no more.
    package private(set) var isAtEnd = false

    package init(_ socket: consuming Socket) { self.socket = socket }

    package var descriptor: Int32 { socket.descriptor }

    /// Has the loop report on this channel under `token`.
    package mutating func watch(on loop: EventLoop, token: SlabToken) {
        watched = wanted
        loop.add(socket.descriptor, token: token.rawValue, interest: watched)
    }

    /// Tells the loop what is wanted now; a system call only where that changed.
    package mutating func updateInterest(on loop: EventLoop, token: SlabToken) {
        guard wanted != watched else { return }
        watched = wanted
        loop.change(socket.descriptor, token: token.rawValue, interest: watched)
    }

    /// Stops the loop's reports, so that the channel can move to another loop.
    package mutating func unwatch(on loop: EventLoop) {
        loop.remove(socket.descriptor)
        watched = []
    }

    private var wanted: Interest {
        var interest: Interest = []
        if isReading && !isAtEnd { interest.insert(.read) }
        if backlog > 0 { interest.insert(.write) }
        return interest
    }

    /// Reads once; the end of the stream is remembered.
    package mutating func receive(into buffer: inout [UInt8]) -> Socket.Outcome {
        let outcome = socket.receive(into: &buffer)
        if outcome == .endOfStream { isAtEnd = true }
        return outcome
    }

    /// Adds what `write` appends to the bytes that wait to be written.
    package mutating func enqueue(_ write: (inout [UInt8]) -> Void) {
        if tail.isEmpty { tail.reserveCapacity(512) }
        let before = tail.count
        write(&tail)
        backlog += tail.count - before
    }

    /// Adds bytes to what waits to be written.
    package mutating func enqueue(_ bytes: [UInt8]) {
        if bytes.count <= Self.copyLimit {
            enqueue { $0.append(contentsOf: bytes) }
        } else {
            backlog += bytes.count
            if !tail.isEmpty { segments.append(tail) }
            tail = []
            segments.append(bytes)
        }
    }

    /// Writes what the kernel takes.
    ///
    /// - Returns: `nil`, or why the connection is lost.
    package mutating func flush() -> SocketError? {
        while backlog > 0 {
            let outcome = segments.isEmpty ? socket.send(tail, from: sent) : writeVector()
            switch outcome {
            case .bytes(let count): advance(count)
            case .wouldBlock: return nil
            case .endOfStream: return nil
            case .failed(let error): return error
            }
        }
        return nil
    }

    private func writeVector() -> Socket.Outcome {
        // The tail comes after all segments: it has its turn only where all of them have theirs.
        let parts =
            segments.count < Self.vectorLimit
            ? segments + [tail] : Array(segments.prefix(Self.vectorLimit))
        return socket.send(parts, from: sent)
    }

    private mutating func advance(_ count: Int) {
        backlog -= count
        sent += count
        var done = 0
        while done < segments.count && sent >= segments[done].count {
            sent -= segments[done].count
            done += 1
        }
        segments.removeFirst(done)
        guard backlog == 0 else { return trimTail() }
        segments = []
        tail = []
        sent = 0
    }

    /// Frees what the kernel has of the tail, once that is the greater part of it.
    ///
    /// A reader that is always a little behind never empties the backlog; without this, all that it
    /// was ever sent would stay here.
    private mutating func trimTail() {
        guard segments.isEmpty, sent >= Self.trimmedBytes, 2 * sent >= tail.count else { return }
        tail.removeFirst(sent)
        sent = 0
    }

    private static var trimmedBytes: Int { 64 << 10 }

    /// Says that nothing more will be written; call it when the backlog is empty.
    package func finishWriting() { socket.shutdownWriting() }

    /// Has the end of this channel reset the peer and drop the backlog.
    package func reset() { socket.resetOnClose() }
}
