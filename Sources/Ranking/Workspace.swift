// What the stages of one request hand on to each other.

/// The query taken apart, the scores of texts, and the candidates as they stand.
///
/// A recommender keeps one workspace and empties it after each request, so that a request
/// allocates next to nothing and costs nothing for items that it does not touch.
package struct Workspace: Sendable {
    /// A word of the query; every term stands here once.
    struct Term: Sendable {
        let key: UInt64
        let range: Range<Int>
        let matches: InvertedIndex.Matches
    }

    /// The words of the query, in the order of their first occurrence.
    private(set) var terms: [Term] = []
    /// The same terms in ascending order.
    private(set) var termKeys: [UInt64] = []
    /// What BM25 scores stay below, for this query.
    private(set) var greatestTextScore: Float = 0
    /// The intent of the request: its tag's key and its confidence.
    private(set) var intent: (tag: UInt64, confidence: Double)?
    /// BM25 scores by slot; 0 for items that share no term with the query.
    private(set) var textScores: [Float] = []
    /// In the order of fetching, until they are scored; then the best first.
    package internal(set) var candidates: [Candidate] = []
    /// Shape (candidates, features), row-major, in the order in which candidates were augmented.
    var features: [Double] = []
    /// Shape (candidates, declared features), row-major.
    var declared: [Double] = []
    var featureScratch = FeatureScratch()

    /// What fetchers are told to measure by.
    private(set) var now = 0.0
    /// Shape (candidates as fetched, fetchers), row-major; NaN where a fetcher did not bring one.
    private var fetchScores: [Double] = []
    private var fetcherCount = 0
    private var fetcher = 0
    /// How many candidates there were before the present fetcher.
    private var fetched = 0
    /// By slot, one more than the number of its candidate; 0 where it is none.
    private var numbers: [UInt32] = []
    /// For searches among vectors.
    var search = SearchScratch()
    private var words: [TextAnalyzer.Word] = []

    package init() {}

    /// Takes the query apart and scores all texts against it.
    mutating func begin(_ request: Request, in catalog: Catalog) {
        let missing = catalog.slotCount - textScores.count
        if missing > 0 {
            textScores.append(contentsOf: repeatElement(0, count: missing))
            numbers.append(contentsOf: repeatElement(0, count: missing))
        }
        now = request.now
        intent = request.intent.map { (Catalog.key(ofTag: $0.name), $0.confidence) }
        takeApart(request.query, catalog)
        for term in terms { catalog.index.accumulate(term.matches, into: &textScores) }
    }

    private mutating func takeApart(_ query: String, _ catalog: Catalog) {
        catalog.text.analyzer.analyze(query, into: &words, limit: Request.maximumWords)
        for word in words where !terms.contains(where: { $0.key == word.term }) {
            let matches = catalog.index.matches(of: word.term)
            terms.append(Term(key: word.term, range: word.range, matches: matches))
            greatestTextScore += matches.weight
        }
        termKeys.append(contentsOf: terms.lazy.map(\.key))
        termKeys.sort()
    }

    /// Forgets the request.
    mutating func end() {
        if !terms.isEmpty {
            var scores = textScores.mutableSpan
            for slot in scores.indices { scores[slot] = 0 }
        }
        terms.removeAll(keepingCapacity: true)
        termKeys.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
        candidates.removeAll(keepingCapacity: true)
        features.removeAll(keepingCapacity: true)
        fetchScores.removeAll(keepingCapacity: true)
        greatestTextScore = 0
        intent = nil
    }

    // MARK: Candidates

    /// Tells who fetches from here on.
    mutating func beginFetcher(_ number: Int, of count: Int) {
        (fetcher, fetcherCount, fetched) = (number, count, candidates.count)
    }

    /// Adds a candidate, or a score to one that another fetcher brought.
    mutating func add(_ slot: Int, score: Double) {
        if numbers[slot] == 0 {
            candidates.append(Candidate(slot: slot, number: candidates.count))
            numbers[slot] = UInt32(candidates.count)
            fetchScores.append(contentsOf: repeatElement(.nan, count: fetcherCount))
        }
        fetchScores[(Int(numbers[slot]) - 1) * fetcherCount + fetcher] = score
    }

    /// Takes back what the present fetcher added.
    mutating func undoFetcher() {
        for candidate in candidates[fetched...] { numbers[candidate.slot] = 0 }
        candidates.removeLast(candidates.count - fetched)
        fetchScores.removeLast(fetchScores.count - fetched * fetcherCount)
        for i in 0..<fetched { fetchScores[i * fetcherCount + fetcher] = .nan }
    }

    /// Ends fetching: from here on candidates only become fewer.
    mutating func endFetching() {
        for candidate in candidates { numbers[candidate.slot] = 0 }
    }

    /// Who brought a candidate, by the number of the fetcher.
    func origins(of candidate: Candidate) -> [(fetcher: Int, score: Double)] {
        let row = candidate.number * fetcherCount
        return (0..<fetcherCount).compactMap { i in
            fetchScores[row + i].isNaN ? nil : (i, fetchScores[row + i])
        }
    }

    /// Adds those `limit` items whose texts fit the query best; of equals, the lesser id.
    mutating func addBest(_ limit: Int, in catalog: Catalog) {
        guard !terms.isEmpty else { return }
        var best = Best(limit: limit)
        best.offer(all: textScores, catalog)
        for entry in best.kept { add(entry.slot, score: Double(entry.score)) }
    }

    /// Adds those `limit` of the slots whose texts fit the query best; of equals, the lesser id.
    mutating func addBest(_ limit: Int, of slots: Set<Int>, in catalog: Catalog) {
        var best = Best(limit: limit)
        for slot in slots { best.offer(slot, textScores[slot], catalog) }
        for entry in best.kept { add(entry.slot, score: Double(entry.score)) }
    }
}

/// Keeps the best few of many slots, the best first.
private struct Best {
    let limit: Int
    private(set) var kept: [(slot: Int, score: Float)] = []
    /// A slot with a lower score has no chance.
    private var least: Float = 0

    init(limit: Int) {
        self.limit = limit
        kept.reserveCapacity(limit)
    }

    /// Offers all slots with a positive score.
    ///
    /// - Complexity: O(slots) where few displace another. Keeping a list of those
    ///   with a score would spare the walk for rare words, and cost more for common ones.
    mutating func offer(all scores: [Float], _ catalog: Catalog) {
        let scores = scores.span
        for slot in scores.indices where scores[slot] >= least && scores[slot] > 0 {
            offer(slot, scores[slot], catalog)
        }
    }

    mutating func offer(_ slot: Int, _ score: Float, _ catalog: Catalog) {
        guard score >= least else { return }
        var place = kept.count
        while place > 0 {
            let other = kept[place - 1]
            guard
                score > other.score
                    || score == other.score
                        && catalog.profiles[slot].id < catalog.profiles[other.slot].id
            else { break }
            place -= 1
        }
        guard place < limit else { return }
        if kept.count == limit { kept.removeLast() }
        kept.insert((slot, score), at: place)
        if kept.count == limit { least = kept[limit - 1].score }
    }
}

extension Request {
    /// Further words of a query, stopwords not counted, are not looked at: it bounds the cost.
    package static let maximumWords = 128
}
