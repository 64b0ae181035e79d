// A tagger in a file that can be mapped and used in place.

import Numerics

extension EntityTagger {
    /// Opens a tagger's sections; nil in an archive without one.
    init?(in archive: Archive) throws(ArtifactError) {
        guard archive.has("tag types") else { return nil }
        let types = try Self.types(in: archive)
        let tags = TagSet(typeCount: types.count)
        let units: Table<Float> = try archive.section("tag units")
        let rows: Table<Int8> = try archive.section("tag rows")
        guard rows.count == units.count * tags.count + vectorLanes else {
            throw .badSection("tag rows")
        }
        guard units.elements.allSatisfy(\.isFinite) else { throw .badSection("tag units") }
        var transitions = TagTransitions(tags)
        transitions.free = try Self.weights("tag free", transitions.free.count, in: archive)
        transitions.onward = try Self.weights("tag onward", transitions.onward.count, in: archive)
        let vocabulary = try Vocabulary(
            slots: archive.section("tag slots"), rowCount: units.count)
        self.init(
            types: types, vocabulary: vocabulary, units: units, rows: rows,
            transitions: transitions)
    }

    /// Adds the sections that `init(in:)` opens.
    func write(to writer: inout ArchiveWriter) {
        Self.write(
            types: types, slots: vocabulary.slots.elements, units: units.elements,
            rows: rows.elements, transitions: transitions, to: &writer)
    }

    /// Adds the sections; shapes as in the properties of the same names.
    static func write(
        types: [String], slots: [UInt64], units: [Float], rows: [Int8],
        transitions: TagTransitions, to writer: inout ArchiveWriter
    ) {
        let names = types.map { Array($0.utf8) }
        writer.add("tag types", names.flatMap(\.self))
        writer.add("tag lengths", names.map { UInt32($0.count) })
        writer.add("tag slots", slots)
        writer.add("tag units", units)
        writer.add("tag rows", rows)
        writer.add("tag free", transitions.free)
        writer.add("tag onward", transitions.onward)
    }

    private static func types(in archive: Archive) throws(ArtifactError) -> [String] {
        let text = try archive.section("tag types", of: UInt8.self).elements
        let lengths = try archive.section("tag lengths", of: UInt32.self).elements
        var names: [String] = []
        var start = 0
        for length in lengths {
            guard Int(length) <= text.count - start else { throw .badSection("tag lengths") }
            names.append(String(decoding: text[start..<start + Int(length)], as: UTF8.self))
            start += Int(length)
        }
        guard (1...1000).contains(names.count), start == text.count else {
            throw .badSection("tag types")
        }
        return names
    }

    /// Weights of transitions are small: their exponentials have to be finite.
    private static func weights(
        _ name: String, _ count: Int, in archive: Archive
    ) throws(ArtifactError) -> [Float] {
        let weights = try archive.section(name, of: Float.self).elements
        guard weights.count == count, weights.allSatisfy({ abs($0) <= 40 }) else {
            throw .badSection(name)
        }
        return weights
    }
}
