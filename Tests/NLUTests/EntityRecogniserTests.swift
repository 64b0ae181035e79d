import Numerics
import Testing

@testable import NLU

@Suite struct EntityRecogniserTests {
    private static let recogniser = EntityRecogniser(
        lists: EntityLists([
            EntityList(type: "city", values: [.init("New York", synonyms: ["NYC"]), .init("May")]),
            EntityList(type: "drink", values: [.init("two beers"), .init("café")]),
        ]),
        expressions: try? EntityExpressions([
            EntityExpression(type: "glued", pattern: #"\d+(pm|é)"#),
            EntityExpression(type: "pair", pattern: #"\w+ \$"#),
        ]), patterns: EntityPattern.allCases)

    /// Texts of parts that entities are made of, and of what breaks them.
    private static func text(_ random: inout SplitMix64) -> String {
        let parts = [
            "2", "30", "pm", ":", ".", ",", "-", "/", "$", "€", "@", "+", "(", ")", "'", "’", "s",
            " ",
            " ", " ", " ", "new york", "NYC", "two", "beers", "hundred", "and", "a", "half",
            "hours",
            "May", "third", "of", "2026", "next", "monday", "in", "ago", "😀", "é", "e\u{301}", "漢",
            "\u{200D}", "\u{FEFF}", "\n", "https://", "www.", "x.com", "ß", "İ", "𝒳", "555", "1234",
            "o'clock", "to", "five", "minutes", "point", "dozen", "usd", "cents", "m", "h",
        ]
        return (0..<Int.random(in: 0...14, using: &random)).map { _ in
            parts.randomElement(using: &random) ?? ""
        }.joined()
    }

    @Test(arguments: UInt64(0)..<300)
    func `ranges lie in the text between characters, in order and apart`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var scratch = EntityRecogniser.Scratch()
        let text = Self.text(&random)
        var end = 0
        for entity in Self.recogniser.recognise(text, scratch: &scratch) {
            #expect(entity.span.range.lowerBound >= end)
            #expect(!entity.span.range.isEmpty)
            #expect(entity.span.stretch(of: text) != nil, "\(entity) in \(text)")
            #expect(entity.span.value != "")
            end = entity.span.range.upperBound
        }
    }

    @Test(arguments: UInt64(0)..<50)
    func `what was read before makes no difference`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var used = EntityRecogniser.Scratch()
        for _ in 0..<6 {
            let text = Self.text(&random)
            var fresh = EntityRecogniser.Scratch()
            #expect(
                Self.recogniser.recognise(text, scratch: &used)
                    == Self.recogniser.recognise(text, scratch: &fresh))
        }
    }

    @Test func `the longer one wins, and a list before a pattern`() {
        var scratch = EntityRecogniser.Scratch()
        let found = Self.recogniser.recognise("in May two beers", scratch: &scratch).map(\.span)
        #expect(
            found == [
                EntitySpan(range: 3..<6, type: "city", value: "May"),
                EntitySpan(range: 7..<16, type: "drink", value: "two beers"),
            ])
        let date = Self.recogniser.recognise("on 3 May 2026", scratch: &scratch).map(\.span)
        #expect(date == [EntitySpan(range: 3..<13, type: "date", value: "2026-05-03")])
    }

    @Test func `lists and patterns survive the way through a file`() throws {
        var writer = ArchiveWriter(magic: "entities", format: 1)
        Self.recogniser.write(to: &writer)
        let memory = Memory(copying: writer.encoded().span)
        let opened = try #require(try EntityRecogniser(in: Archive(memory, magic: "entities")))
        #expect(opened.patterns == Self.recogniser.patterns)
        #expect(opened.entityLists == Self.recogniser.entityLists)
        #expect(opened.expressions?.expressions == Self.recogniser.expressions?.expressions)
        #expect(opened.expressions?.expressions.count == 2)
        var random = SplitMix64(seed: 7)
        var scratch = EntityRecogniser.Scratch()
        for _ in 0..<100 {
            let text = Self.text(&random)
            #expect(
                opened.recognise(text, scratch: &scratch)
                    == Self.recogniser.recognise(text, scratch: &scratch))
        }
    }

    @Test func `an archive without entities has no recogniser`() throws {
        let memory = Memory(copying: ArchiveWriter(magic: "entities", format: 1).encoded().span)
        #expect(try EntityRecogniser(in: Archive(memory, magic: "entities")) == nil)
    }

    @Test func `a section that is no definition is refused`() throws {
        var writer = ArchiveWriter(magic: "entities", format: 1)
        writer.add("entities", Array("{\"patterns\":[\"nothing\"],\"lists\":[]}".utf8))
        let archive = try Archive(Memory(copying: writer.encoded().span), magic: "entities")
        #expect(throws: ArtifactError.badSection("entities")) {
            try EntityRecogniser(in: archive)
        }
    }

    @Test func `a stored expression that is no pattern is refused`() throws {
        var writer = ArchiveWriter(magic: "entities", format: 1)
        let definition =
            #"{"patterns":[],"lists":[],"expressions":[{"type":"x","pattern":"("}]}"#
        writer.add("entities", Array(definition.utf8))
        let archive = try Archive(Memory(copying: writer.encoded().span), magic: "entities")
        #expect(throws: ArtifactError.badSection("entities")) {
            try EntityRecogniser(in: archive)
        }
    }

    @Test func `spans count as found only with exact range and type`() {
        let marked = [
            EntitySpan(range: 0..<3, type: "a"), EntitySpan(range: 4..<6, type: "b"),
            EntitySpan(range: 7..<9, type: "c"),
        ]
        let found = [
            EntitySpan(range: 0..<3, type: "a", value: "other"),
            EntitySpan(range: 4..<6, type: "c"),
        ]
        var score = SpanScore()
        score.record(found: found, marked: marked)
        #expect((score.hits, score.found, score.marked) == (1, 2, 3))
        #expect(score.precision == 0.5)
        #expect(score.recall == 1.0 / 3)
        #expect(score.f1 == 0.4)
    }
}
