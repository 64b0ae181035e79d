// Which answers change when a text does.

/// An index, and what was last said of the places in documents that somebody has open.
///
/// When a text changes, not only its own duplicates do: the places that named it, and those that it is like
/// now, have others, too. What was told so far is always what the index would answer, once
/// `takeChanges` has been called.
package struct DuplicateWatch: Sendable {
    package typealias Place = DuplicateIndex.Place
    package typealias Match = DuplicateIndex.Match

    package private(set) var index: DuplicateIndex
    private var watched: Set<String> = []
    /// What was last told of watched places; none where that was an empty list.
    private var told: [Place: [Match]] = [:]
    /// The watched places in whose lists a place stands.
    private var namedBy: [Place: Set<Place>] = [:]
    /// Watched places whose list may be another by now.
    private var touched: Set<Place> = []

    package init(settings: DuplicateSettings = DuplicateSettings()) {
        index = DuplicateIndex(settings: settings)
    }

    /// Says what stands at a place now.
    package mutating func put(_ fingerprint: Fingerprint, at place: Place) {
        let evicted = index.put(fingerprint, at: place)
        touch(place)
        if let evicted { touch(evicted) }
        for match in index.matches(of: place) where watched.contains(match.place.document) {
            touched.insert(match.place)
        }
    }

    /// Says that a place is gone.
    package mutating func remove(_ place: Place) {
        guard index.remove(place) else { return }
        touch(place)
    }

    private mutating func touch(_ place: Place) {
        if watched.contains(place.document) { touched.insert(place) }
        if let places = namedBy[place] { touched.formUnion(places) }
    }

    // MARK: Watching

    /// Begins to keep account of a document: all its places count as told of with an empty list.
    package mutating func watch(_ document: String) {
        unwatch(document)
        watched.insert(document)
        touched.formUnion(index.places(in: document))
    }

    /// Ends the account of a document; its texts are still known.
    package mutating func unwatch(_ document: String) {
        guard watched.remove(document) != nil else { return }
        for place in told.keys where place.document == document { tell([], of: place) }
        touched = touched.filter { $0.document != document }
    }

    /// Whether it holds nothing, and keeps account of nothing.
    package var isEmpty: Bool { index.count == 0 && watched.isEmpty }

    package func isWatched(_ document: String) -> Bool { watched.contains(document) }

    /// What was last told of a place.
    package func list(of place: Place) -> [Match] { told[place] ?? [] }

    /// The watched places of which something else is to be told now, in the order of their names.
    package mutating func takeChanges() -> [(place: Place, matches: [Match])] {
        var changes: [(place: Place, matches: [Match])] = []
        for place in touched {
            let matches = index.matches(of: place)
            guard matches != list(of: place) else { continue }
            tell(matches, of: place)
            changes.append((place, matches))
        }
        touched.removeAll(keepingCapacity: true)
        return changes.sorted { $0.place < $1.place }
    }

    private mutating func tell(_ matches: [Match], of place: Place) {
        for match in list(of: place) {
            namedBy[match.place]?.remove(place)
            if namedBy[match.place]?.isEmpty == true { namedBy[match.place] = nil }
        }
        for match in matches { namedBy[match.place, default: []].insert(place) }
        told[place] = matches.isEmpty ? nil : matches
    }
}
