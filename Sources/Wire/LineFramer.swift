// Newline-delimited JSON: where one message ends and the next begins.

/// Cuts a stream of bytes into lines, without I/O.
///
/// However the stream is cut into inputs, the lines are the same. A line that lies within one input is
/// not copied; only the beginning of one that goes on in the next input is kept. A carriage return
/// before the newline is dropped, and empty lines, by which peers keep a connection alive, are
/// passed over.
///
///     var offset = 0
///     while let line = framer.next(in: input, from: &offset) {
///         switch line {
///         case .inInput(let range): receive(input.extracting(range))
///         case .assembled: receive(framer.assembled.span)
///         case .tooLong: refuse()
///         }
///     }
package struct LineFramer: ~Copyable {
    /// Where the next line is.
    package enum Line: Equatable, Sendable {
        case inInput(Range<Int>)
        /// It came in several inputs and stands in `assembled` until the next call.
        case assembled
        /// It is longer than the limit; its bytes are dropped up to its end, then lines go on.
        case tooLong
    }

    private enum State {
        /// What `assembled` holds, if anything, is the beginning of a line.
        case line
        /// What `assembled` holds was given to the caller.
        case given
        /// In a line that was too long.
        case skipping
    }

    /// The line last given as `.assembled`.
    package private(set) var assembled: [UInt8] = []
    private let maximumLength: Int
    private var state = State.line

    /// - Parameter maximumLength: of a line in bytes, without its end.
    package init(maximumLength: Int) {
        precondition(maximumLength > 0)
        self.maximumLength = maximumLength
    }

    /// The bytes that are kept of a line whose end has not come.
    package var pendingCount: Int { state == .line ? assembled.count : 0 }

    /// Gives the next line of `input` and moves `offset` behind it; `nil` when all of it is used up.
    package mutating func next(in input: Span<UInt8>, from offset: inout Int) -> Line? {
        if state == .given { reset() }
        while offset < input.count {
            let start = offset
            guard let end = input.firstIndex(of: UInt8(ascii: "\n"), from: start) else {
                offset = input.count
                return keep(input, start..<input.count)
            }
            offset = end + 1
            if let line = finish(input, start..<end) { return line }
        }
        return nil
    }

    /// Takes what is left as the last line, when the stream has ended without a newline.
    package mutating func end() -> Line? {
        if state == .given { reset() }
        return finish(Span(), 0..<0)
    }

    private mutating func reset() {
        assembled.removeAll(keepingCapacity: assembled.capacity <= Self.keptCapacity)
        state = .line
    }

    /// A connection that is idle keeps no larger buffer than this.
    private static let keptCapacity = 1024

    /// Keeps the beginning of a line; one byte more than the limit, for it may be the carriage return.
    private mutating func keep(_ input: Span<UInt8>, _ range: Range<Int>) -> Line? {
        guard state == .line else { return nil }
        guard assembled.count + range.count <= maximumLength + 1 else {
            reset()
            state = .skipping
            return .tooLong
        }
        append(input, range)
        return nil
    }

    /// Ends a line; gives nothing if it is empty or was refused before.
    private mutating func finish(_ input: Span<UInt8>, _ range: Range<Int>) -> Line? {
        if state == .skipping {
            state = .line
            return nil
        }
        if assembled.isEmpty {
            let line = input.trimmingReturn(range)
            if line.isEmpty { return nil }
            return line.count <= maximumLength ? .inInput(line) : .tooLong
        }
        // Before the copy: a line of any length may come after the beginning of one.
        if assembled.count + range.count > maximumLength + 1 {
            reset()
            return .tooLong
        }
        append(input, range)
        if assembled.last == UInt8(ascii: "\r") { assembled.removeLast() }
        if assembled.isEmpty { return nil }
        if assembled.count > maximumLength {
            reset()
            return .tooLong
        }
        state = .given
        return .assembled
    }

    private mutating func append(_ input: Span<UInt8>, _ range: Range<Int>) {
        unsafe input.extracting(range).withUnsafeBufferPointer {
            unsafe assembled.append(contentsOf: $0)
        }
    }
}

extension Span<UInt8> {
    fileprivate func trimmingReturn(_ range: Range<Int>) -> Range<Int> {
        guard let last = range.last, self[last] == UInt8(ascii: "\r") else { return range }
        return range.lowerBound..<last
    }

    /// Looks at eight bytes at a time: a byte that equals `byte` becomes zero, and a zero byte borrows.
    fileprivate func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var i = start
        while i + 8 <= count {
            let word = UInt64(
                littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self))
            let difference = word ^ (ones &* UInt64(byte))
            let marks = (difference &- ones) & ~difference & (ones << 7)
            if marks != 0 { return i + marks.trailingZeroBitCount / 8 }
            i += 8
        }
        while i < count {
            if self[i] == byte { return i }
            i += 1
        }
        return nil
    }
}
