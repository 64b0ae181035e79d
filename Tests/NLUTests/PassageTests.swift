import Numerics
import Testing

@testable import NLU

@Suite struct PassageTests {
    private static let parts = [
        "book ", "new york", "NYC", " ", " ", " ", "two beers", ". ", "! ", "? ", "\n", "tomorrow",
        "at 2pm", "😀", "é", "e\u{301}", "漢字。", "Dr. ", "p.m. ", "3 May 2026", "!", "x", ".) ",
        "a sentence that goes on for quite a while without an end to it ",
    ]

    private static func text(_ random: inout SplitMix64, parts count: Int = 150) -> String {
        (0..<Int.random(in: 0...count, using: &random)).map { _ in
            parts.randomElement(using: &random) ?? ""
        }.joined()
    }

    private static func passages(_ text: String) -> [Substring.UTF8View] {
        let bytes = text.utf8.span
        var (start, passages) = (0, [Substring.UTF8View]())
        while start < bytes.count {
            let end = Passages.end(in: bytes, from: start, bytes.count)
            let utf8 = text.utf8
            passages.append(
                utf8[
                    utf8.index(
                        utf8.startIndex, offsetBy: start)..<utf8.index(
                            utf8.startIndex, offsetBy: end)])
            start = end
        }
        return passages
    }

    private static let recogniser = EntityRecogniser(
        lists: EntityLists([
            EntityList(type: "city", values: [.init("New York", synonyms: ["NYC"]), .init("May")]),
            EntityList(type: "drink", values: [.init("two beers"), .init("café")]),
        ]), patterns: EntityPattern.allCases)

    @Test(arguments: UInt64(0)..<60)
    func `passages follow each other, are short and cut no character`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let text = seed < 4 ? String(repeating: "é", count: 900) : Self.text(&random)
        let passages = Self.passages(text)
        #expect(passages.flatMap { Array($0) } == Array(text.utf8))
        for passage in passages {
            #expect(!passage.isEmpty && passage.count <= Passages.most)
            #expect(String(validating: passage, as: UTF8.self) != nil)
        }
        for passage in passages.dropLast() { #expect(passage.count >= Passages.least) }
    }

    @Test(arguments: [
        "Call Dr. Miller at 2 p.m. today and order 3. Then go to St. Louis by the first train of all ",
        "a line that has an end but not a stop, which is why nothing ends here, and so on and so on, ",
    ])
    func `an abbreviation ends no passage, a sentence does`(text: String) {
        let passages = Self.passages(text + text + "here. And more of it.")
        #expect(passages.map { String($0) ?? "" } == [text + text + "here. ", "And more of it."])
        #expect(Self.passages(text + "here. And more.").count == 1)
    }

    @Test(arguments: UInt64(0)..<60)
    func `entities of a text are those of its passages`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let text = Self.text(&random)
        guard text.utf8.count <= Words.limit else { return }
        var scratch = EntityRecogniser.Scratch()
        var expected: [Entity] = []
        var offset = 0
        for passage in Self.passages(text) {
            let part = String(passage) ?? ""
            let found = Self.recogniser.recognise(part, scratch: &scratch)
            expected += found.map { $0.moved(by: offset) }
            offset += part.utf16.count
        }
        #expect(Self.recogniser.recognise(text, scratch: &scratch) == expected)
    }

    @Test(arguments: UInt64(0)..<20)
    func `a text that is edited has the entities of the same text read anew`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var scratch = EntityRecogniser.Scratch()
        var (known, entities) = (KnownPassages(), [Entity]())
        var text = Array(Self.text(&random).unicodeScalars)
        for _ in 0..<60 {
            let at = Int.random(in: 0...text.count, using: &random)
            let end = Int.random(in: at...min(at + 3, text.count), using: &random)
            let part = Self.parts.randomElement(using: &random) ?? ""
            text.replaceSubrange(at..<end, with: part.unicodeScalars)
            var string = String.UnicodeScalarView()
            string.append(contentsOf: text)
            let whole = String(string)
            let bytes = whole.utf8.span
            Self.recogniser.recognise(bytes, after: &known, scratch: &scratch, into: &entities)
            #expect(entities == Self.recogniser.recognise(whole, scratch: &scratch))
        }
    }

    @Test func `a key in a long text costs the passage it is in`() {
        var scratch = EntityRecogniser.Scratch()
        var (known, entities) = (KnownPassages(), [Entity]())
        let before = String(repeating: "Fly to NYC on 3 May 2026, then take the train. ", count: 30)
        var text = before + before
        var bytes = text.utf8.span
        Self.recogniser.recognise(bytes, after: &known, scratch: &scratch, into: &entities)
        let first = known.readCount
        #expect(first > 10)
        for key in "and so" {
            text = before + String(key) + text.dropFirst(before.count)
            bytes = text.utf8.span
            Self.recogniser.recognise(bytes, after: &known, scratch: &scratch, into: &entities)
        }
        #expect(known.readCount - first <= 6 * 2)
    }

    @Test func `tokens beyond the limit are not read`() {
        var scratch = EntityRecogniser.Scratch()
        let text = String(repeating: "!", count: 4000) + " NYC"
        #expect(Self.recogniser.recognise(text, scratch: &scratch) == [])
        #expect(scratch.text.tokens.count <= Passages.most)
    }
}
