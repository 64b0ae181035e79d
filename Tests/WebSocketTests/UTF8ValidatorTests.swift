import Numerics
import Testing
import WebSocket

@Suite struct UTF8ValidatorTests {
    /// How many bytes were taken before the refusal, byte by byte; and whether the text is complete.
    private func verdict(_ bytes: [UInt8]) -> (accepted: Int, isComplete: Bool) {
        var validator = UTF8Validator()
        for (i, byte) in bytes.enumerated() where !validator.append([byte].span) {
            return (i, false)
        }
        return (bytes.count, validator.isComplete)
    }

    private func isValid(_ bytes: [UInt8], cuts: [Int] = []) -> Bool {
        var validator = UTF8Validator()
        var start = 0
        for end in cuts + [bytes.count] {
            guard validator.append(bytes[start..<end].span) else { return false }
            start = end
        }
        return validator.isComplete
    }

    @Test func `every scalar is valid in one piece and byte by byte`() {
        for value in stride(from: UInt32(0), to: 0x11_0000, by: 7) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(scalar.utf8)
            // With company, so that the path for four bytes at a time is taken.
            #expect(isValid(bytes + Array("abcd".utf8)))
            #expect(verdict(bytes).isComplete)
        }
    }

    @Test(arguments: UInt64(0)..<500)
    func `the standard library agrees, however the bytes are cut`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("aZ é߿ࠀ퟿￿𐀀𝄞😀日本語 the quick brown fox".unicodeScalars)
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            bytes += alphabet.randomElement(using: &random).map { Array($0.utf8) } ?? []
        }
        if Bool.random(using: &random), !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
        }
        let expected = String(validating: bytes, as: UTF8.self) != nil
        #expect(isValid(bytes) == expected)
        #expect(isValid(bytes, cuts: random.cuts(bytes.count)) == expected)
        #expect(verdict(bytes).isComplete == expected)
    }

    @Test(arguments: [
        ("c0 80", 0), ("c1 bf", 0), ("e0 80 80", 1), ("e0 9f bf", 1), ("ed a0 80", 1),
        ("ed bf bf", 1),
        ("f0 80 80 80", 1), ("f0 8f bf bf", 1), ("f4 90 80 80", 1), ("f5 80 80 80", 0), ("ff", 0),
        ("80", 0), ("61 bf", 1),
        ("ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80 65 64 69 74 65 64", 12),
        ("c3 28", 1), ("e2 82 28", 2), ("f0 9f 98 28", 3),
    ])
    func `the first impossible byte is refused at once`(hex: String, offset: Int) {
        let bytes = [UInt8](hex: hex)
        #expect(verdict(bytes).accepted == offset)
        #expect(!isValid(bytes + Array("abcd".utf8)))
        #expect(!isValid(Array("abcdefghijklmnopqrstuvwxyz".utf8) + bytes))
    }

    @Test func `a text may not end inside a character`() {
        let bytes = Array("日😀".utf8)
        for end in bytes.indices where end != 0 && end != 3 {
            #expect(verdict(Array(bytes[..<end])) == (end, false))
        }
    }
}
