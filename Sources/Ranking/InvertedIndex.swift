// Which items hold which terms, and how well a query fits each of them.

internal import Numerics

/// Scores texts against queries by BM25, and takes texts in and out at any time.
///
/// A text is several fields, each with a whole weight: a term in a field of weight 3 counts three
/// times, and so does the length of that field (BM25F with one b for all fields: Robertson,
/// Zaragoza, Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004). With f the
/// weighted frequency of the term, l the weighted length of the text, L the mean length, N texts
/// and n of them with the term:
///
///     score = Σ over the terms of the query, each once, of  idf · (k₁ + 1) · f / (f + k₁ · (1 − b + b · l / L))
///     idf = ln(1 + (N − n + ½) / (n + ½))
///
/// The index depends only on the texts that are in it, not on the order in which they came and
/// went: equal texts in equal slots give an equal index.
package struct InvertedIndex: Equatable, Sendable {
    /// The usual values of k₁ and b (Robertson, Zaragoza, "The probabilistic relevance framework:
    /// BM25 and beyond", 2009, section 3.5).
    static let saturation: Float = 1.2
    static let lengthShare: Float = 0.75

    fileprivate struct Posting: Equatable {
        let slot: UInt32
        let frequency: Float
    }

    /// By term, in ascending order of slots; never empty.
    private var postings: [UInt64: [Posting]] = [:]
    /// Weighted length by slot; 0 where there is no text, and never at the end.
    private var lengths: [Float] = []
    private var totalLength = 0
    /// How many texts there are.
    package private(set) var count = 0

    package init() {}

    /// A text as the index takes it: its terms with their weighted frequencies.
    package struct Text: Equatable, Sendable {
        fileprivate var frequencies: [UInt64: Int] = [:]
        fileprivate var length = 0

        package init() {}

        /// Counts the terms of a field.
        package mutating func add(_ words: [TextAnalyzer.Word], weight: Int) {
            guard weight > 0 else { return }
            for word in words { frequencies[word.term, default: 0] += weight }
            length += weight * words.count
        }
    }

    /// Takes a text in; its slot must be free.
    ///
    /// - Complexity: O(terms × items with the term) at worst, a move of memory; O(terms) where
    ///   `slot` is the highest one.
    package mutating func insert(_ text: Text, at slot: Int) {
        if text.length > 0, slot >= lengths.count {
            lengths.append(contentsOf: repeatElement(0, count: slot + 1 - lengths.count))
        }
        for (term, frequency) in text.frequencies {
            let posting = Posting(slot: UInt32(slot), frequency: Float(frequency))
            Self.insert(posting, into: &postings[term, default: []])
        }
        if text.length > 0 { lengths[slot] = Float(text.length) }
        totalLength += text.length
        count += 1
    }

    /// Takes a text out; it must be the one that was inserted there.
    package mutating func remove(_ text: Text, at slot: Int) {
        for term in text.frequencies.keys {
            guard let found = postings.index(forKey: term) else { continue }
            Self.remove(slot, from: &postings.values[found])
            if postings.values[found].isEmpty { postings.remove(at: found) }
        }
        if text.length > 0 { lengths[slot] = 0 }
        while lengths.last == 0 { lengths.removeLast() }
        totalLength -= text.length
        count -= 1
    }

    private static func insert(_ posting: Posting, into list: inout [Posting]) {
        list.insert(posting, at: place(of: Int(posting.slot), in: list))
    }

    private static func remove(_ slot: Int, from list: inout [Posting]) {
        list.remove(at: place(of: slot, in: list))
    }

    /// The first place in the list whose slot is not below `slot`.
    fileprivate static func place(of slot: Int, in list: [Posting]) -> Int {
        if let last = list.last, last.slot < slot { return list.count }
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].slot < slot { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// MARK: Queries

extension InvertedIndex {
    /// The texts that hold a term.
    package struct Matches: Sendable {
        fileprivate let postings: [Posting]
        /// What the term adds to a score at most; no text reaches it.
        package let weight: Float

        /// Whether the text in that slot is one of them.
        package func contains(_ slot: Int) -> Bool {
            let place = InvertedIndex.place(of: slot, in: postings)
            return place < postings.count && postings[place].slot == slot
        }
    }

    /// Looks a term up; one that occurs nowhere weighs most and matches nothing.
    package func matches(of term: UInt64) -> Matches {
        let postings = postings[term] ?? []
        let with = Double(postings.count)
        let inverseFrequency = Double.log(1 + (Double(count) - with + 0.5) / (with + 0.5))
        return Matches(
            postings: postings, weight: Float(inverseFrequency) * (Self.saturation + 1))
    }

    /// Adds what a term contributes to each text that holds it.
    ///
    /// - Parameters:
    ///   - matches: of this index as it stands now.
    ///   - scores: by slot, long enough for all slots.
    /// - Complexity: O(matches).
    package func accumulate(_ matches: Matches, into scores: inout [Float]) {
        let base = Self.saturation * (1 - Self.lengthShare)
        let slope = Self.saturation * Self.lengthShare * Float(count) / Float(totalLength)
        let postings = matches.postings.span
        let lengths = lengths.span
        var scores = scores.mutableSpan
        for i in postings.indices {
            let posting = postings[i]
            let slot = Int(posting.slot)
            let norm = base + slope * lengths[slot]
            scores[slot] += matches.weight * posting.frequency / (posting.frequency + norm)
        }
    }
}
