import NLU
import Numerics
import Testing

@Suite struct FingerprintTests {
    private func fingerprint(_ text: String) -> Fingerprint {
        var fingerprinter = Fingerprinter()
        let bytes = Array(text.utf8)
        return fingerprinter.fingerprint(of: bytes.span)
    }

    @Test func `letter case, spaces and signs make no difference`() {
        let plain = fingerprint("where is my order it should have come")
        let marked = fingerprint("  Where is MY order? – It should have come!! 👍")
        #expect(plain == marked)
        #expect(plain.wordCount == 8)
    }

    @Test(arguments: [
        "where is my order it should come have", "where is my order",
        "where is our order it should have come",
    ])
    func `other words, or other places of them, make another text`(other: String) {
        #expect(!fingerprint("where is my order it should have come").equals(fingerprint(other)))
    }

    @Test func `signs alone are no words`() {
        #expect(fingerprint("--- * ** … 👍").wordCount == 0)
        #expect(fingerprint("").wordCount == 0)
        #expect(fingerprint("書名です").wordCount > 0)
    }

    @Test(arguments: UInt64(0)..<30)
    func `similarity is the Jaccard index of words and pairs`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let first = (0..<30).map { _ in Int.random(in: 0..<40, using: &random) }
        let second = first.map { Int.random(in: 0..<4, using: &random) == 0 ? $0 + 40 : $0 }
        let (a, b) = (shingles(first), shingles(second))
        let expected = Float(a.intersection(b).count) / Float(a.union(b).count)
        let found = fingerprint(text(first)).similarity(to: fingerprint(text(second)))
        #expect(found == expected)
    }

    @Test(arguments: UInt64(0)..<5)
    func `of long texts it is estimated within an eighth`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let first = (0..<3000).map { _ in Int.random(in: 0..<2000, using: &random) }
        let second = first.map { Int.random(in: 0..<8, using: &random) == 0 ? $0 + 2000 : $0 }
        let (a, b) = (shingles(first), shingles(second))
        let exact = Float(a.intersection(b).count) / Float(a.union(b).count)
        let found = fingerprint(text(first)).similarity(to: fingerprint(text(second)))
        #expect(abs(found - exact) < 0.125)
    }

    @Test func `two long texts that part only behind the limit are near and not equal`() {
        let start = String(repeating: "all the same words ", count: 4000)
        let (a, b) = (fingerprint(start + "one end"), fingerprint(start + "other end"))
        #expect(!a.equals(b))
        #expect(a.similarity(to: b) == 1)
        #expect(a.equals(fingerprint(start + "one end")))
    }

    private func text(_ words: [Int]) -> String {
        words.map { "word\($0)" }.joined(separator: " ")
    }

    private func shingles(_ words: [Int]) -> Set<[Int]> {
        Set(words.map { [$0] } + zip(words, words.dropFirst()).map { [$0, $1] })
    }
}
