// The five stages, one after another, over one corpus.

/// Recommends items of a corpus, and learns of items and interactions as they come.
///
///     fetch → filter → augment → score → rerank
///
/// It is a value without clock and randomness: the same events and the same request give the same
/// answer. What an event changes the next request sees.
///
/// - Complexity of a request: O(occurrences of the query's words in the corpus) to score texts,
///   plus O(candidates × features).
package struct Recommender: Sendable {
    /// No request gets more items than that.
    package static let maximumLimit = 100

    package let definition: RecommenderDefinition
    package private(set) var catalog: Catalog
    private var work = Workspace()

    package init(_ definition: RecommenderDefinition) {
        self.definition = definition
        catalog = Catalog(text: definition.text, popularity: definition.popularity)
    }

    /// Learns of a new item, one that is gone, or an interaction.
    ///
    /// - Throws: `.wrongCorpus` for an item of another corpus; nothing is changed then.
    package mutating func apply(_ event: RecommenderEvent) throws(RecommenderError) {
        switch event {
        case .upsert(let item):
            guard item.corpus == definition.corpus else { throw .wrongCorpus(item.corpus) }
            catalog.upsert(item)
        case .remove(let item): catalog.remove(item)
        case .interaction(let interaction): catalog.count(interaction)
        }
    }

    /// Gives what may be wanted next, the best first; equal scores in the order of their ids.
    ///
    /// - Throws: `.unknownSource` where the definition does not name the source.
    package mutating func recommend(
        _ request: Request
    ) throws(RecommenderError) -> Recommendations {
        guard definition.sources.contains(request.source) else {
            throw .unknownSource(request.source)
        }
        let limit = min(max(request.limit ?? definition.limit, 0), Self.maximumLimit)
        work.begin(request, in: catalog)
        fetch(request)
        filter(request)
        augment(now: request.now)
        score()
        for reranker in definition.rerankers {
            reranker.rerank(&work.candidates, limit: limit, for: request, in: catalog)
        }
        let reasons = Reasons(for: request, definition, work)
        let items = work.candidates.prefix(limit).map { recommendation($0, reasons) }
        work.end()
        return Recommendations(
            corpus: definition.corpus, source: request.source, items: items)
    }

    /// Takes the score of a recommendation apart; its features are read, not computed again.
    package func explain(_ recommendation: Recommendation) -> Explanation {
        precondition(recommendation.features.count == definition.features.count)
        let contributions = definition.features.indices.map { i in
            Explanation.Contribution(
                feature: definition.features[i].name, value: recommendation.features[i],
                weight: definition.scorer.weights[i])
        }
        return Explanation(bias: definition.scorer.bias, contributions: contributions)
    }

    // MARK: Stages

    private mutating func fetch(_ request: Request) {
        for fetcher in definition.fetchers {
            fetcher.fetch(request, from: catalog, into: &work)
        }
        work.endFetching()
    }

    private mutating func filter(_ request: Request) {
        ExcludedFilter().filter(&work.candidates, for: request, in: catalog)
        for filter in definition.filters {
            filter.filter(&work.candidates, for: request, in: catalog)
        }
    }

    /// Writes a row of features for each candidate.
    private mutating func augment(now: Double) {
        for i in work.candidates.indices {
            work.candidates[i].row = work.features.count
            for feature in definition.features {
                let slot = work.candidates[i].slot
                work.features.append(feature.value(of: slot, at: now, in: catalog, work))
            }
        }
    }

    /// Scores the candidates, drops what is not relevant, and sorts.
    private mutating func score() {
        for i in work.candidates.indices {
            let row = work.candidates[i].row
            let (score, relevance) = definition.scorer.score(
                work.features, from: row, definition.features)
            work.candidates[i].score = score
            work.candidates[i].isRelevant = definition.scorer.admits(relevance)
        }
        work.candidates.removeAll { !$0.isRelevant }
        work.candidates.sort { a, b in
            a.score == b.score
                ? catalog.profiles[a.slot].id < catalog.profiles[b.slot].id : a.score > b.score
        }
    }

    private func recommendation(_ candidate: Candidate, _ reasons: Reasons) -> Recommendation {
        let end = candidate.row + definition.features.count
        let features = Array(work.features[candidate.row..<end])
        return Recommendation(
            item: catalog.profiles[candidate.slot].id, score: candidate.score,
            reasons: reasons.of(candidate, features), features: features)
    }
}
