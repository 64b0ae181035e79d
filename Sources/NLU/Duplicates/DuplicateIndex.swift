// Where else a text stands: the texts of a workspace, equal and nearly equal.

/// Finds the places that have the same text as another, or nearly the same.
///
/// Texts that may be near are found by MinHash and locality-sensitive hashing, and then compared by their
/// shingles: what is found is right, and what is near is found with the probability `recall`. While no
/// bound is reached the answers depend on what the index holds, not on the order in which it came.
package struct DuplicateIndex: Sendable {
    /// A block of a document; without a block the document as a whole.
    package struct Place: Hashable, Comparable, Sendable {
        package let document: String
        package let block: UInt32?

        package init(document: String, block: UInt32?) {
            self.document = document
            self.block = block
        }

        package static func < (a: Place, b: Place) -> Bool {
            (a.document, a.block ?? 0) < (b.document, b.block ?? 0)
        }
    }

    /// Another place that has the same text, or one that is near.
    package struct Match: Equatable, Sendable {
        package let place: Place
        /// From the threshold to 1; 1 for the same words.
        package let similarity: Float
        /// Whether the words are the same in the same order.
        package let isExact: Bool

        package init(place: Place, similarity: Float, isExact: Bool) {
            self.place = place
            self.similarity = similarity
            self.isExact = isExact
        }
    }

    /// A text, wherever it stands: equal ones are held once.
    private struct Text {
        let fingerprint: Fingerprint
        /// In the order of their documents' names and of their blocks.
        var places: [PlaceKey]
    }

    package let settings: DuplicateSettings
    private var names = DocumentNames()
    private var ages = PlaceAges()
    private var textOf: [PlaceKey: Int32] = [:]
    private var texts: [Text?] = []
    private var free: [Int32] = []
    private var byWords: [UInt64: Int32] = [:]
    private let minHash = MinHash()
    private var table = BandTable()
    /// The keys of one text, and for each text the last search that met it.
    private var keys = [UInt32](repeating: 0, count: MinHash.bands)
    private var met: [UInt32] = []
    private var searches: UInt32 = 0

    package init(settings: DuplicateSettings = DuplicateSettings()) {
        self.settings = settings
    }

    /// How many places are known.
    package var count: Int { textOf.count }

    /// The documents of which places are known, in the order of their names.
    package var documents: [String] { names.documents }

    /// The places that are known of a document, in their order.
    package func places(in document: String) -> [Place] {
        names.keys(in: document).map(names.place)
    }

    /// All that is known of a document in one; nil where less than two of its blocks are.
    ///
    /// - Complexity: O(shingles of its blocks).
    package func whole(_ document: String) -> Fingerprint? {
        let blocks = names.keys(in: document).compactMap { key in
            textOf[key].flatMap { texts[Int($0)]?.fingerprint }
        }
        return blocks.count < 2 ? nil : Fingerprint(joining: blocks)
    }

    // MARK: Changes

    /// Says what stands at a place now; gives a place that was forgotten for it.
    ///
    /// A text of fewer than `fewestWords` words leaves the place unknown.
    ///
    /// - Complexity: O(shingles), and O(n) moves for a text that stands at n places.
    @discardableResult
    package mutating func put(_ fingerprint: Fingerprint, at place: Place) -> Place? {
        guard fingerprint.wordCount >= settings.fewestWords else {
            remove(place)
            return nil
        }
        if let key = names.key(of: place), let known = textOf[key],
            texts[Int(known)]?.fingerprint == fingerprint
        {
            return nil
        }
        remove(place)
        let evicted = count < settings.capacity ? nil : removeOldest()
        let key = names.use(place)
        let text = text(with: fingerprint)
        textOf[key] = Int32(text)
        if let at = texts[text].map({ position(of: key, in: $0.places) }) {
            texts[text]?.places.insert(key, at: at)
        }
        ages.append(key)
        return evicted
    }

    /// Forgets what stands at a place; gives whether anything was known.
    @discardableResult
    package mutating func remove(_ place: Place) -> Bool {
        guard let key = names.key(of: place), textOf[key] != nil else { return false }
        remove(key)
        ages.remove(key)
        return true
    }

    private mutating func removeOldest() -> Place? {
        guard let key = ages.removeFirst() else { return nil }
        let place = names.place(of: key)
        remove(key)
        return place
    }

    private mutating func remove(_ key: PlaceKey) {
        guard let number = textOf.removeValue(forKey: key).map(Int.init),
            let at = texts[number].map({ position(of: key, in: $0.places) })
        else { return }
        texts[number]?.places.remove(at: at)
        names.release(key)
        guard let text = texts[number], text.places.isEmpty else { return }
        byWords[text.fingerprint.words] = nil
        if hasNear(text.fingerprint) { table.remove(number) }
        texts[number] = nil
        free.append(Int32(number))
    }

    /// The number of a text, which is added if it is new.
    private mutating func text(with fingerprint: Fingerprint) -> Int {
        if let known = byWords[fingerprint.words] { return Int(known) }
        let number = free.popLast().map(Int.init) ?? texts.count
        if number == texts.count {
            texts.append(nil)
            met.append(0)
        }
        texts[number] = Text(fingerprint: fingerprint, places: [])
        byWords[fingerprint.words] = Int32(number)
        if hasNear(fingerprint) {
            minHash.keys(of: fingerprint.shingles, into: &keys)
            table.insert(number, keys)
        }
        return number
    }

    private func hasNear(_ fingerprint: Fingerprint) -> Bool {
        fingerprint.wordCount >= settings.fewestNearWords
    }

    /// Where a place stands, or belongs, among those of a text.
    private func position(of key: PlaceKey, in places: [PlaceKey]) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if names.precedes(places[middle], key) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Answers

    /// The other places with the text that stands at a place, or one near it; the best first.
    package mutating func matches(of place: Place) -> [Match] {
        guard let key = names.key(of: place), let number = textOf[key],
            let text = texts[Int(number)]
        else { return [] }
        return matches(of: text.fingerprint, except: key)
    }

    /// The places with a text or one near it; the best first, then in the order of their names.
    ///
    /// At most `settings.matches` are given, and at most `candidateLimit` texts looked at.
    package mutating func matches(of fingerprint: Fingerprint) -> [Match] {
        matches(of: fingerprint, except: nil)
    }

    /// The probability that a text of similarity `s` to another is found by it: 0.99 at 0.6.
    package static func recall(of s: Double) -> Double { MinHash.probability(of: s) }

    /// Texts that are compared with one at most, the newest of each band: it bounds the time where very
    /// many texts begin alike, and changed nothing in what `hunch-bench duplicates` finds.
    package static let candidateLimit = 64

    private mutating func matches(of fingerprint: Fingerprint, except own: PlaceKey?) -> [Match] {
        guard fingerprint.wordCount >= settings.fewestWords else { return [] }
        var found: [(text: Int, similarity: Float)] = []
        let equal = byWords[fingerprint.words].map(Int.init)
        if let equal { found.append((equal, .infinity)) }
        if hasNear(fingerprint) {
            // A text that is known has been hashed before.
            if let equal {
                table.copyKeys(of: equal, into: &keys)
            } else {
                minHash.keys(of: fingerprint.shingles, into: &keys)
            }
            found += near(fingerprint)
        }
        found.sort { $0.similarity > $1.similarity }
        var matches: [(key: PlaceKey, similarity: Float)] = []
        var last = Float.infinity
        for (text, similarity) in found {
            if similarity < last, matches.count >= settings.matches { break }
            last = similarity
            let places = texts[text]?.places.prefix(settings.matches + 1) ?? []
            for key in places where key != own { matches.append((key, similarity)) }
        }
        matches.sort {
            $0.similarity != $1.similarity
                ? $0.similarity > $1.similarity : names.precedes($0.key, $1.key)
        }
        return matches.prefix(settings.matches).map {
            Match(
                place: names.place(of: $0.key), similarity: min($0.similarity, 1),
                isExact: $0.similarity == .infinity)
        }
    }

    /// Texts near to one, whose keys are in `keys`, and not equal to it, in no order that counts.
    private mutating func near(_ fingerprint: Fingerprint) -> [(text: Int, similarity: Float)] {
        var found: [(text: Int, similarity: Float)] = []
        for text in candidates() {
            guard let other = texts[text]?.fingerprint, !other.equals(fingerprint) else { continue }
            let similarity = fingerprint.similarity(to: other, from: settings.similarity)
            if let similarity { found.append((text, similarity)) }
        }
        return found
    }

    /// The texts that have one of `keys`, each once.
    private mutating func candidates() -> [Int] {
        searches &+= 1
        var candidates: [Int] = []
        for key in keys {
            guard candidates.count < Self.candidateLimit else { break }
            table.forEach(key) { text in
                guard met[text] != searches else { return }
                met[text] = searches
                candidates.append(text)
            }
        }
        return candidates
    }
}
