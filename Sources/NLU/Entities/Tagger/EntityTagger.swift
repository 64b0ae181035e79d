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
        fileprivate var rows: [UInt32] = []
        fileprivate var scales: [Float] = []
        fileprivate var textSums: [Float] = []
        fileprivate var sums: [Float] = []
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
        scratch.hashes.removeAll(keepingCapacity: true)
        scratch.features.forEach(of: text) { scratch.hashes.append($0) }
        if scratch.textSums.count != tags.width {
            scratch.textSums = Array(repeating: 0, count: tags.width)
            scratch.sums = scratch.textSums
        }
        for tag in scratch.textSums.indices { scratch.textSums[tag] = 0 }
        addRows(scratch.hashes, &scratch.rows, &scratch.scales, to: &scratch.textSums)
        for i in text.tokens.indices {
            scratch.hashes.removeAll(keepingCapacity: true)
            scratch.features.forEach(at: i, in: text, ignoringCase: false) {
                scratch.hashes.append($0)
            }
            let base = i * tags.width
            for tag in 0..<tags.width { scratch.sums[tag] = scratch.textSums[tag] }
            addRows(scratch.hashes, &scratch.rows, &scratch.scales, to: &scratch.sums)
            for tag in 0..<tags.count { scratch.lattice.emissions[base + tag] = scratch.sums[tag] }
        }
    }

    /// Adds the rows of the features that are known; `rows` and `scales` are memory for the call.
    private func addRows(
        _ hashes: [UInt64], _ rows: inout [UInt32], _ scales: inout [Float],
        to sums: inout [Float]
    ) {
        while rows.count < hashes.count { rows.append(0) }
        var places = rows.mutableSpan
        let count = findRows(of: hashes.span, in: vocabulary.slots.span, into: &places)
        scales.removeAll(keepingCapacity: true)
        let units = units.span
        for i in 0..<count { scales.append(units[Int(places[i])]) }
        var output = sums.mutableSpan
        sumRows(
            rows.span.extracting(first: count), scales: scales.span, of: self.rows.span,
            stride: tags.count, into: &output)
    }
}
