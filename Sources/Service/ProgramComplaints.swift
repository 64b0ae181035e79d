// What a program writes to its standard error, as far as anybody wants to hear it.

internal import Reactor
internal import Wire

/// Cuts the stream into lines and lets some of them through, so that a flood costs little.
///
/// In a second ten lines pass, each of at most 1,000 bytes, and a mebibyte is read: past that the
/// program waits until the second is over, as its pipe is full.
struct ProgramComplaints: ~Copyable {
    private static let lines = 10
    private static let bytes = 1 << 20

    private var framer = LineFramer(maximumLength: 1000)
    private var second = Instant(nanoseconds: 0)
    private var lines = 0
    private var bytes = 0
    /// Lines that did not pass, since one did.
    private var dropped = 0

    /// Takes what was read; gives the lines that pass.
    mutating func take(_ input: ArraySlice<UInt8>, at now: Instant) -> [String] {
        if now.since(second) >= 1_000_000_000 {
            second = now
            lines = 0
            bytes = 0
        }
        bytes += input.count
        let input = Array(input)
        var offset = 0
        var passed: [String] = []
        while let line = framer.next(in: input.span, from: &offset) {
            switch line {
            case .inInput(let range): add(input[range], to: &passed)
            case .assembled: add(framer.assembled[...], to: &passed)
            case .tooLong: dropped += 1
            }
        }
        return passed
    }

    private mutating func add(_ line: ArraySlice<UInt8>, to passed: inout [String]) {
        guard lines < Self.lines else { return dropped += 1 }
        lines += 1
        let more = dropped > 0 ? "(\(dropped) lines left out) " : ""
        dropped = 0
        passed.append(more + String(decoding: line, as: UTF8.self))
    }

    /// When it may be read on, if too much has come.
    var pause: Instant? { bytes >= Self.bytes ? second.advanced(byMilliseconds: 1000) : nil }
}
