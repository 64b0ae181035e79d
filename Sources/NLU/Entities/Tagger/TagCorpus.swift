// Annotated texts as a tagger sees them.

import Numerics

/// The features and tags of annotated texts, passage by passage.
struct TagCorpus {
    /// Rows of features: first those of the text as a whole, then those of its tokens.
    struct Text {
        let tags: [Int]
        /// Places in `rows` where what belongs to the text, then to each token, begins; the last one
        /// is the end.
        fileprivate let starts: [Int]
    }

    /// The types of entities, in order of their names.
    let types: [String]
    private(set) var texts: [Text] = []
    /// The same texts as if written in lower case, in the same order.
    private(set) var lowerCased: [Text] = []
    private(set) var rows: [UInt32] = []
    /// By row, the hash of the feature.
    private(set) var hashes: [UInt64] = []
    /// Entities that begin or end inside a token, and so cannot be learned as they are.
    private(set) var unalignedCount = 0

    private var counts: [UInt32] = []
    private var numbers: [UInt64: UInt32] = [:]

    /// Reads examples; features that occur less than `minimumCount` times are left out.
    init(_ examples: [Example], _ recogniser: EntityRecogniser, minimumCount: Int) {
        types = Set(examples.flatMap { $0.entities.map(\.type) }).sorted()
        let tags = TagSet(typeCount: types.count)
        let places = Dictionary(uniqueKeysWithValues: zip(types, types.indices))
        var scratch = EntityRecogniser.Scratch()
        for example in examples {
            let bytes = example.text.utf8.span
            let end = Words.cut(bytes)
            var (start, offset, aligned) = (0, 0, 0)
            while start < end {
                let next = Passages.end(in: bytes, from: start, end)
                recogniser.findCandidates(bytes.extracting(start..<next), &scratch)
                let spans = example.entities.compactMap { entity in
                    scratch.text.tokens(in: entity.range, from: offset).flatMap { tokens in
                        places[entity.type].map { (tokens: tokens, type: $0) }
                    }
                }
                add(tags.tags(spans, count: scratch.text.tokens.count), recogniser, &scratch)
                offset += scratch.text.length
                aligned += spans.count
                start = next
            }
            unalignedCount += example.entities.count - aligned
        }
        numbers = [:]
        prune(minimumCount)
    }

    /// Adds a passage that was read, with its tags; one without tokens teaches nothing.
    private mutating func add(
        _ path: [Int], _ recogniser: EntityRecogniser, _ scratch: inout EntityRecogniser.Scratch
    ) {
        guard !path.isEmpty else { return }
        scratch.tagger.features.mark(
            scratch.candidates, tokenCount: path.count, keys: recogniser.markKeys)
        texts.append(add(path, scratch.text, scratch.tagger.features, ignoringCase: false))
        lowerCased.append(add(path, scratch.text, scratch.tagger.features, ignoringCase: true))
    }

    private mutating func add(
        _ path: [Int], _ text: EntityText, _ features: TokenFeatures, ignoringCase: Bool
    ) -> Text {
        var starts = [rows.count]
        features.forEach(of: text) { add($0, isCounted: !ignoringCase) }
        starts.append(rows.count)
        for i in path.indices {
            features.forEach(at: i, in: text, ignoringCase: ignoringCase) {
                add($0, isCounted: !ignoringCase)
            }
            starts.append(rows.count)
        }
        return Text(tags: path, starts: starts)
    }

    private mutating func add(_ hash: UInt64, isCounted: Bool) {
        if let row = numbers[hash] {
            rows.append(row)
        } else {
            rows.append(UInt32(hashes.count))
            numbers[hash] = UInt32(hashes.count)
            hashes.append(hash)
            counts.append(0)
        }
        if isCounted { counts[Int(rows[rows.count - 1])] += 1 }
    }

    /// Leaves rare features out, and numbers the others anew.
    private mutating func prune(_ minimumCount: Int) {
        var places = [UInt32?](repeating: nil, count: hashes.count)
        var kept: [UInt64] = []
        for (row, hash) in hashes.enumerated() where counts[row] >= minimumCount {
            places[row] = UInt32(kept.count)
            kept.append(hash)
        }
        hashes = kept
        var output: [UInt32] = []
        output.reserveCapacity(rows.count)
        texts = texts.map { Self.copy($0, rows, places, &output) }
        lowerCased = lowerCased.map { Self.copy($0, rows, places, &output) }
        rows = output
        counts = []
    }

    private static func copy(
        _ text: Text, _ rows: [UInt32], _ places: [UInt32?], _ output: inout [UInt32]
    ) -> Text {
        var starts = [output.count]
        for part in 1..<text.starts.count {
            for row in rows[text.starts[part - 1]..<text.starts[part]] {
                if let place = places[Int(row)] { output.append(place) }
            }
            starts.append(output.count)
        }
        return Text(tags: text.tags, starts: starts)
    }

    /// The rows of a text as a whole.
    @_lifetime(borrow self)
    func rows(of text: Text) -> Span<UInt32> {
        rows.span.extracting(text.starts[0]..<text.starts[1])
    }

    /// The rows of one token.
    @_lifetime(borrow self)
    func rows(of text: Text, at token: Int) -> Span<UInt32> {
        rows.span.extracting(text.starts[token + 1]..<text.starts[token + 2])
    }
}
