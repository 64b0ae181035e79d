// A number of each item.

internal import JSON
internal import Numerics

/// A number that an item has by its fields alone, by slot.
struct FieldColumn: Sendable {
    let field: String
    let reading: DeclaredFeature.Reading
    private var values: [Double] = []

    init(field: String, reading: DeclaredFeature.Reading) {
        self.field = field
        self.reading = reading
    }

    @inline(__always)
    subscript(slot: Int) -> Double {
        slot >= 0 && slot < values.count ? values[slot] : reading.missing
    }

    mutating func set(_ fields: JSONValue, of slot: Int) {
        while values.count <= slot { values.append(reading.missing) }
        values[slot] = reading.value(of: fields[field] ?? .null)
    }
}

extension FieldColumn {
    func write(to writer: inout StateWriter) { writer.add(values) }

    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        values = try reader.doubles()
    }
}
