// What somebody was shown, and how often.

internal import Numerics

/// Counts the impressions of items by who saw them.
///
/// Bounds: 10,000 viewers, of whom the one who saw nothing for longest is forgotten, with 500 items each, of
/// which the one that was seen longest ago is forgotten.
struct Sightings: Equatable, Sendable {
    struct Sighting: Equatable, Sendable {
        var count = 0
        var last = -Double.infinity
    }

    static let maximumItems = 500
    private var seen = ScopeMemory<[String: Sighting]>(capacity: 10_000)

    mutating func count(_ item: String, by viewer: String, at time: Double) {
        seen.update(viewer, initial: [:]) { items in
            items[item, default: Sighting()].count += 1
            items[item, default: Sighting()].last = max(items[item]?.last ?? time, time)
            guard items.count > Self.maximumItems else { return }
            let oldest = items.min { a, b in
                a.value.last == b.value.last ? a.key < b.key : a.value.last < b.value.last
            }
            if let oldest { items[oldest.key] = nil }
        }
    }

    func items(seenBy viewer: String) -> [String: Sighting] {
        seen[viewer] ?? [:]
    }
}

extension Sightings {
    func write(to writer: inout StateWriter) {
        seen.write(to: &writer) { items, writer in
            let items = items.sorted { $0.key < $1.key }
            writer.add(items.map(\.key))
            writer.add(items.map { UInt32(clamping: $0.value.count) })
            writer.add(items.map(\.value.last))
        }
    }

    /// Reads what `write` wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        try seen.read(&reader) { reader throws(ArchiveError) in
            let (names, counts) = (try reader.strings(), try reader.numbers())
            let times = try reader.doubles()
            try reader.check(names.count == counts.count && names.count == times.count)
            var items: [String: Sighting] = [:]
            for (i, name) in names.enumerated() {
                items[name] = Sighting(count: Int(counts[i]), last: times[i])
            }
            return items
        }
    }
}
