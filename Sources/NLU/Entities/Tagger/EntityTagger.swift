// Entities that examples taught.

import Numerics

/// Finds entities by tagging every token: a linear-chain conditional random field.
///
/// The rows of the features of a token, and of the text it stands in, add up to how well each tag
/// fits it; the transitions say how well tags follow each other. The likeliest tags of the whole
/// text are the answer.
///
/// Source: Lafferty, McCallum, Pereira, "Conditional Random Fields", ICML 2001.
package struct EntityTagger: Sendable {
    /// The types of entities it knows.
    package let types: [String]
    let tags: TagSet
    let vocabulary: Vocabulary
    /// Shape (features,): the unit of each row.
    let units: Table<Float>
    /// Shape (features, tags), row-major, in units; whole vectors of padding at the end.
    let rows: Table<Int8>
    let transitions: TagTransitions
    private let factors: TagTransitions

    /// Memory for calls, grown as needed and used again.
    struct Scratch {
        var features = TokenFeatures()
        var lattice = TagLattice()
        fileprivate var hashes: [UInt64] = []
        /// Where the features of the text, then those of each token end.
        fileprivate var ends: [Int] = []
        fileprivate var rows: [UInt32] = []
        fileprivate var scales: [Float] = []
        fileprivate var textSums: [Float] = []
        fileprivate var path: [Int] = []
    }

    init(
        types: [String], vocabulary: Vocabulary, units: Table<Float>, rows: Table<Int8>,
        transitions: TagTransitions
    ) {
        self.types = types
        tags = TagSet(typeCount: types.count)
        self.vocabulary = vocabulary
        self.units = units
        self.rows = rows
        self.transitions = transitions
        factors = transitions.exponentials()
    }

    /// How many features it knows.
    package var featureCount: Int { units.count }

    /// Appends what it finds to `candidates`, which lists and patterns have found.
    func find(
        _ text: EntityText, keys: TagMarkKeys, _ scratch: inout Scratch,
        _ candidates: inout [EntityCandidate]
    ) {
        guard !text.tokens.isEmpty else { return }
        scratch.features.mark(candidates, tokenCount: text.tokens.count, keys: keys)
        emit(text, &scratch)
        scratch.lattice.keepEmissions()
        scratch.lattice.findBest(transitions, into: &scratch.path)
        guard scratch.path.contains(where: { $0 > 0 }) else { return }
        scratch.lattice.restoreEmissions()
        scratch.lattice.measure(factors)
        tags.forEachSpan(scratch.path) { tokens, type in
            var candidate = EntityCandidate(tokens: tokens, source: .tagger, rank: type)
            candidate.confidence = scratch.lattice.probability(
                ofSpan: tokens, type: type, factors)
            candidates.append(candidate)
        }
    }

    /// Fills the emissions of a text.
    private func emit(_ text: EntityText, _ scratch: inout Scratch) {
        scratch.lattice.begin(tokenCount: text.tokens.count, tags)
        findFeatures(text, &scratch)
        if scratch.textSums.count != tags.width {
            scratch.textSums = Array(repeating: 0, count: tags.width)
        }
        addRows(
            scratch.rows, scratch.scales, scratch.ends, &scratch.textSums,
            to: &scratch.lattice.emissions)
    }

    /// Writes the emissions of all tokens: what the text says and what their features say.
    private func addRows(
        _ rows: [UInt32], _ scales: [Float], _ ends: [Int], _ textSums: inout [Float],
        to emissions: inout [Float]
    ) {
        var whole = textSums.mutableSpan
        for tag in whole.indices { whole[tag] = 0 }
        addRows(0..<ends[0], rows, scales, to: &whole, at: whole.indices)
        var sums = emissions.mutableSpan
        for i in 0..<ends.count - 1 {
            let place = i * tags.width..<(i + 1) * tags.width
            for tag in 0..<tags.count { sums[place.lowerBound + tag] = whole[tag] }
            addRows(ends[i]..<ends[i + 1], rows, scales, to: &sums, at: place)
        }
    }

    /// Finds the rows and units of the features of a text and of its tokens.
    ///
    /// All at once, so that the tables are fetched ahead of their use.
    private func findFeatures(_ text: EntityText, _ scratch: inout Scratch) {
        scratch.hashes.removeAll(keepingCapacity: true)
        scratch.ends.removeAll(keepingCapacity: true)
        scratch.features.forEach(of: text) { scratch.hashes.append($0) }
        scratch.ends.append(scratch.hashes.count)
        for i in text.tokens.indices {
            scratch.features.forEach(at: i, in: text, ignoringCase: false) {
                scratch.hashes.append($0)
            }
            scratch.ends.append(scratch.hashes.count)
        }
        find(scratch.hashes, &scratch.ends, &scratch.rows, &scratch.scales)
    }

    private func find(
        _ hashes: [UInt64], _ ends: inout [Int], _ rows: inout [UInt32], _ scales: inout [Float]
    ) {
        while rows.count < hashes.count { rows.append(0) }
        var places = rows.mutableSpan
        var bounds = ends.mutableSpan
        findRows(of: hashes.span, in: vocabulary.slots.span, groupedBy: &bounds, into: &places)
        scales.removeAll(keepingCapacity: true)
        let units = units.span
        for i in 0..<bounds[bounds.count - 1] { scales.append(units[Int(places[i])]) }
    }

    /// Adds rows of features, each times its unit.
    private func addRows(
        _ range: Range<Int>, _ rows: [UInt32], _ scales: [Float],
        to sums: inout MutableSpan<Float>, at place: Range<Int>
    ) {
        sumRows(
            rows.span.extracting(range), scales: scales.span.extracting(range),
            of: self.rows.span, stride: tags.count, into: &sums, at: place)
    }
}
