// A classifier as a file that can be mapped and used in place.

package import Numerics

/// Why bytes are not a classifier that can be used.
package enum ClassifierError: Error, Equatable {
    case archive(ArchiveError)
    case unknownFormat(UInt32)
    case badSection(String)
}

extension IntentClassifier {
    private static let magic = "hnchnlu\n"
    private static let format: UInt32 = 1

    /// Opens an artifact; the tables stay where they are in `memory`.
    package init(_ memory: Memory) throws(ClassifierError) {
        let archive: Archive
        let slots: Table<UInt64>
        do throws(ArchiveError) {
            archive = try Archive(memory, magic: Self.magic)
            slots = try archive.table("slots")
            features = try archive.table("features")
            rows = try archive.table("rows")
            intents = try Self.intents(in: archive)
            (temperature, threshold) = try Self.settings(in: archive)
        } catch {
            throw .archive(error)
        }
        guard archive.format == Self.format else { throw .unknownFormat(archive.format) }
        guard features.count.isMultiple(of: 2) else { throw .badSection("features") }
        guard rows.count == features.count / 2 * intents.count + vectorLanes else {
            throw .badSection("rows")
        }
        vocabulary = try Vocabulary(slots: slots, rowCount: features.count / 2)
    }

    /// The artifact as bytes: equal classifiers give equal bytes.
    package func encoded() -> [UInt8] {
        Self.encoded(
            intents: intents, temperature: temperature, threshold: threshold,
            slots: vocabulary.slots.elements, features: features.elements, rows: rows.elements)
    }

    /// Lays out an artifact; shapes as in the properties of the same names.
    static func encoded(
        intents: [String], temperature: Float, threshold: Float, slots: [UInt64],
        features: [Float], rows: [Int8]
    ) -> [UInt8] {
        var writer = ArchiveWriter(magic: magic, format: format)
        let names = intents.map { Array($0.utf8) }
        writer.add("intents", names.flatMap(\.self))
        writer.add("intent lengths", names.map { UInt32($0.count) })
        writer.add("settings", [temperature, threshold])
        writer.add("slots", slots)
        writer.add("features", features)
        writer.add("rows", rows)
        return writer.encoded()
    }

    private static func intents(in archive: Archive) throws(ArchiveError) -> [String] {
        let text = try archive.table("intents", of: UInt8.self).elements
        let lengths = try archive.table("intent lengths", of: UInt32.self).elements
        var names: [String] = []
        var start = 0
        for length in lengths {
            guard Int(length) <= text.count - start else { throw .badSection("intent lengths") }
            names.append(String(decoding: text[start..<start + Int(length)], as: UTF8.self))
            start += Int(length)
        }
        guard names.count > 0, start == text.count else { throw .badSection("intents") }
        return names
    }

    private static func settings(in archive: Archive) throws(ArchiveError) -> (Float, Float) {
        let settings = try archive.table("settings", of: Float.self)
        guard settings.count == 2, settings[0] > 0, settings[0].isFinite, settings[1].isFinite
        else {
            throw .badSection("settings")
        }
        return (settings[0], settings[1])
    }
}

extension Table {
    fileprivate var elements: [Element] { (0..<count).map { self[$0] } }
}
