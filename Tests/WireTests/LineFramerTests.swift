import Numerics
import Testing
import Wire

@Suite struct LineFramerTests {
    /// What a framer gives for a stream that comes in the given pieces.
    private func lines(of pieces: [[UInt8]], limit: Int, atEnd: Bool = false) -> [String] {
        var framer = LineFramer(maximumLength: limit)
        var lines: [String] = []
        for piece in pieces {
            let input = piece.span
            var offset = 0
            while let line = framer.next(in: input, from: &offset) {
                switch line {
                case .inInput(let range):
                    lines.append(String(decoding: piece[range], as: UTF8.self))
                case .assembled: lines.append(String(decoding: framer.assembled, as: UTF8.self))
                case .tooLong: lines.append("too long")
                }
            }
            #expect(offset == piece.count && framer.pendingCount <= limit + 1)
        }
        switch atEnd ? framer.end() : nil {
        case .assembled: lines.append(String(decoding: framer.assembled, as: UTF8.self))
        case .tooLong: lines.append("too long")
        case .inInput, nil: break
        }
        return lines
    }

    @Test func `lines end with a newline, with or without a carriage return`() {
        let stream = [UInt8]("one\r\ntwo\n\n\r\nth\rree\n\r\r\nfour".utf8)
        #expect(lines(of: [stream], limit: 10) == ["one", "two", "th\rree", "\r"])
        #expect(lines(of: [stream], limit: 10, atEnd: true).last == "four")
    }

    @Test func `the limit counts neither the newline nor the carriage return`() {
        let stream = [UInt8]("12345\r\n12345\n123456\n12\n123456\r\n3\n".utf8)
        #expect(
            lines(of: [stream], limit: 5) == ["12345", "12345", "too long", "12", "too long", "3"])
    }

    @Test func `a line without end is refused as soon as it is too long, and once`() {
        var framer = LineFramer(maximumLength: 4)
        let piece = [UInt8]("abc".utf8)
        var answers: [LineFramer.Line?] = []
        for _ in 0..<4 {
            var offset = 0
            answers.append(framer.next(in: piece.span, from: &offset))
        }
        #expect(answers == [nil, .tooLong, nil, nil])
    }

    @Test(arguments: UInt64(0)..<200)
    func `the cutting of the stream never changes the lines`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = [UInt8]("ab\r\n\n".utf8)
        let stream = (0..<Int.random(in: 0...80, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? 0
        }
        let limit = Int.random(in: 1...8, using: &random)
        var pieces: [[UInt8]] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, 12), using: &random)
            pieces.append([UInt8](rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        let whole = String(decoding: stream, as: UTF8.self).utf8.split(separator: 0x0a).map {
            $0.last == 0x0d ? $0.dropLast() : $0
        }
        let ended = stream.last == 0x0a || stream.isEmpty ? whole[...] : whole.dropLast()
        let expected = ended.filter { !$0.isEmpty }.map {
            $0.count > limit ? "too long" : String(decoding: $0, as: UTF8.self)
        }
        let got = lines(of: pieces, limit: limit)
        // A line still without end may have been refused already.
        #expect(Array(got.prefix(expected.count)) == expected)
        #expect(got.count == expected.count || got.dropFirst(expected.count) == ["too long"])
    }
}
