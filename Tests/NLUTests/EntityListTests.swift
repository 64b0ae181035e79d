import Numerics
import Testing

@testable import NLU

@Suite struct EntityListTests {
    private static let cities = EntityList(
        type: "city",
        values: [
            .init("New York", synonyms: ["NYC", "big apple"]), .init("York"), .init("Berlin"),
            .init("St. Louis"), .init("San Francisco"), .init("Zürich"),
        ])

    private func found(_ text: String, _ lists: [EntityList]) -> [EntitySpan] {
        let recogniser = EntityRecogniser(lists: EntityLists(lists), patterns: [])
        var scratch = EntityRecogniser.Scratch()
        return recogniser.recognise(text, scratch: &scratch).map(\.span)
    }

    @Test func `a synonym stands for its value, at its place in UTF-16 units`() {
        let text = "😀 from NYC to berlin"
        #expect(
            found(text, [Self.cities]) == [
                EntitySpan(range: 8..<11, type: "city", value: "New York"),
                EntitySpan(range: 15..<21, type: "city", value: "Berlin"),
            ])
    }

    @Test(arguments: [
        ("in new york now", "New York"), ("in york now", "York"), ("the Big Apple!", "New York"),
        ("st louis", "St. Louis"), ("ZÜRICH", "Zürich"), ("san-francisco", "San Francisco"),
        ("berlin's wall", "Berlin"), ("san fransisco", "San Francisco"), ("brelin", "Berlin"),
        ("berln", "Berlin"), ("berlinn", "Berlin"),
    ])
    func `the longest phrase is found, whatever its case and with small slips`(
        text: String, value: String
    ) {
        #expect(found(text, [Self.cities]).map(\.value) == [value])
    }

    @Test(arguments: [
        "newyork yorkshire", "berliners x", "perlin", "brlni", "nyc2", "2nyc", "sun", "don't",
        "nyk",
    ])
    func `nothing is found inside a word, nor what has too many slips`(text: String) {
        #expect(found(text, [Self.cities]) == [])
    }

    @Test func `a list that forgives nothing is met by exact words only`() {
        let list = EntityList(type: "city", values: [.init("Berlin")], isFuzzy: false)
        #expect(found("brelin", [list]) == [])
        #expect(found("berlin", [list]).count == 1)
    }

    @Test func `a word that examples have is not taken for a misspelled one`() {
        let list = EntityList(type: "count", values: [.init("three")])
        var lists = EntityLists([list])
        lists.learnFamiliar(["is there any", "there it is", "threee of them"])
        let recogniser = EntityRecogniser(lists: lists, patterns: [])
        var scratch = EntityRecogniser.Scratch()
        #expect(recogniser.recognise("is there", scratch: &scratch) == [])
        #expect(recogniser.recognise("threee cats", scratch: &scratch).count == 1)
    }

    @Test func `a slip lowers the confidence`() throws {
        let recogniser = EntityRecogniser(lists: EntityLists([Self.cities]), patterns: [])
        var scratch = EntityRecogniser.Scratch()
        let exact = try #require(recogniser.recognise("berlin", scratch: &scratch).first)
        let near = try #require(recogniser.recognise("brelin", scratch: &scratch).first)
        #expect(exact.confidence == 1)
        #expect(near.confidence < 1 && near.confidence > 0.5)
    }

    // MARK: Spelling

    private static func word(_ length: ClosedRange<Int>, _ random: inout SplitMix64) -> [UInt32] {
        (0..<Int.random(in: length, using: &random)).map { _ in
            UInt32.random(in: 0x61...0x63, using: &random)
        }
    }

    /// The definition, by recursion on the ends of both words.
    private static func distance(_ a: ArraySlice<UInt32>, _ b: ArraySlice<UInt32>) -> Int {
        guard let x = a.last, let y = b.last else { return a.count + b.count }
        var best = min(
            distance(a.dropLast(), b.dropLast()) + (x == y ? 0 : 1),
            distance(a.dropLast(), b) + 1, distance(a, b.dropLast()) + 1)
        if a.count > 1, b.count > 1, a[a.endIndex - 2] == y, b[b.endIndex - 2] == x {
            best = min(best, distance(a.dropLast(2), b.dropLast(2)) + 1)
        }
        return best
    }

    @Test(arguments: UInt64(0)..<40)
    func `the distance is that of its definition`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (a, b) = (Self.word(0...6, &random), Self.word(0...6, &random))
        let expected = min(Self.distance(a[...], b[...]), 3)
        #expect(Spelling.distance(a.span, b.span, limit: 2) == expected)
    }

    @Test(arguments: UInt64(0)..<20)
    func `the index finds the words that comparing with all of them finds`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let known = Set((0..<60).map { _ in Self.word(3...11, &random) }).sorted {
            $0.lexicographicallyPrecedes($1)
        }
        var listed = ListedWordsWriter()
        for word in known { _ = listed.add(word, hash: EntityText.hash(word), isFuzzy: true) }
        var writer = ArchiveWriter(magic: "entities", format: 1)
        listed.write(to: &writer)
        let memory = Memory(copying: writer.encoded().span)
        let words = try ListedWords(in: Archive(memory, magic: "entities"))
        for _ in 0..<60 {
            let word = Self.word(3...12, &random)
            var found: [Int32] = []
            var indexed: [Int] = []
            let letters = word.span
            words.forEachCorrection(of: letters, &found) { number, slips in
                indexed.append(Int(number) * 10 + slips)
            }
            let compared = known.indices.compactMap { number -> Int? in
                let limit = Spelling.tolerance(known[number].count)
                let (a, b) = (word, known[number])
                let slips = Spelling.distance(a.span, b.span, limit: limit)
                let isNear = limit > 0 && slips <= limit && word.first == known[number].first
                return isNear ? number * 10 + slips : nil
            }
            #expect(indexed == compared)
        }
    }
}
