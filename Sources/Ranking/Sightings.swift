// What somebody was shown, and how often.

/// Counts the impressions of items by who saw them.
///
/// Bounds: 10,000 viewers, of whom the oldest is forgotten, with 500 items each, of which the one that was
/// seen longest ago is forgotten.
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
