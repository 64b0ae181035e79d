import Numerics
import Testing

@testable import NLU

/// Lists compiled to tables, and what tables are refused.
@Suite struct ListedTablesTests {
    private static func lists(_ random: inout SplitMix64) -> [EntityList] {
        func word() -> String {
            let letters = "abcdé"
            return String(
                (0..<Int.random(in: 3...10, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? "a"
                })
        }
        return (0..<Int.random(in: 0...4, using: &random)).map { place in
            EntityList(
                type: "type \(place)",
                values: (0..<Int.random(in: 0...30, using: &random)).map { _ in
                    EntityList.Value(
                        word() + " " + word(),
                        synonyms: (0..<Int.random(in: 0...2, using: &random)).map { _ in word() })
                }, isFuzzy: Bool.random(using: &random), isSearched: Bool.random(using: &random))
        }
    }

    private static func encoded(_ lists: [EntityList]) -> [UInt8] {
        var writer = ArchiveWriter(magic: "entities", format: 1)
        EntityRecogniser(lists: EntityLists(lists, familiar: [7]), patterns: []).write(to: &writer)
        return writer.encoded()
    }

    @Test(arguments: UInt64(0)..<20)
    func `lists are the same in a file, and equal lists give equal bytes`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let lists = Self.lists(&random)
        let bytes = Self.encoded(lists)
        #expect(bytes == Self.encoded(lists))
        let archive = try Archive(Memory(copying: bytes.span), magic: "entities")
        let opened = try #require(try EntityRecogniser(in: archive))
        #expect(opened.entityLists == lists)
        #expect(opened.lists.familiar == [7])
        let compiled = EntityRecogniser(lists: EntityLists(lists), patterns: [])
        var scratch = EntityRecogniser.Scratch()
        for value in lists.flatMap(\.values) {
            for text in [value.name] + value.synonyms + [String(value.name.dropLast())] {
                let found = opened.recognise(text, scratch: &scratch)
                #expect(found == compiled.recognise(text, scratch: &scratch))
            }
            let isSearched = lists.contains { $0.isSearched && $0.values.contains(value) }
            let found = opened.recognise(value.name, scratch: &scratch)
            #expect(!isSearched || found.contains { $0.span.range == 0..<value.name.utf16.count })
        }
    }

    @Test func `values in the definition, as artifacts of before have them, are read`() throws {
        var writer = ArchiveWriter(magic: "entities", format: 1)
        let definition =
            #"{"patterns":[],"lists":[{"type":"city","fuzzy":true,"searched":true,"#
            + #""values":[["New York","NYC"]]}]}"#
        writer.add("entities", Array(definition.utf8))
        writer.add("entity familiar", [UInt64]())
        let archive = try Archive(Memory(copying: writer.encoded().span), magic: "entities")
        let opened = try #require(try EntityRecogniser(in: archive))
        var scratch = EntityRecogniser.Scratch()
        let found = opened.recognise("nyc", scratch: &scratch).map(\.span)
        #expect(found == [EntitySpan(range: 0..<3, type: "city", value: "New York")])
    }

    /// Whatever number of whatever table is another one, look-ups stay within the tables.
    @Test(arguments: UInt64(0)..<60)
    func `tables that lead astray are refused, others do no harm`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let values = ["New York", "Berlin", "San Francisco"].map { EntityList.Value($0) }
        let lists = EntityLists([EntityList(type: "city", values: values)])
        var writer = ArchiveWriter(magic: "entities", format: 1)
        lists.write(to: &writer)
        let archive = try Archive(Memory(copying: writer.encoded().span), magic: "entities")
        let names =
            ["words", "hashes", "letters", "starts", "buckets", "deletions", "edges"]
            + ["targets", "ends", "entries", "values", "strings", "text"]
        let changed = names.randomElement(using: &random) ?? ""
        var other = ArchiveWriter(magic: "entities", format: 1)
        for name in names {
            var bytes = try archive.section("list " + name, of: UInt8.self).elements
            if name == changed, !bytes.isEmpty {
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
            }
            other.add("list " + name, bytes)
        }
        let memory = Memory(copying: other.encoded().span)
        guard
            let opened = try? EntityLists(
                in: Archive(memory, magic: "entities"), lists.kinds, familiar: [])
        else { return }
        let recogniser = EntityRecogniser(lists: opened, patterns: [])
        var scratch = EntityRecogniser.Scratch()
        for text in ["fly to new york", "berln", "san fransisco", "new berlin york"] {
            _ = recogniser.recognise(text, scratch: &scratch)
        }
        _ = recogniser.entityLists
    }
}
