// The five stages, one after another, over one corpus.

package import Learning

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
    package private(set) var store: FeatureStore
    private let trees: LearnedOrder?
    private var work = Workspace()

    /// Makes a recommender without items; with `trees` they score, in place of the weights.
    ///
    /// The trees take rows of the definition's features, as many as it has.
    package init(_ definition: RecommenderDefinition, trees: TreeEnsemble? = nil) {
        precondition(trees.map { $0.featureCount == definition.featureNames.count } ?? true)
        self.definition = definition
        self.trees = trees.map { LearnedOrder($0) }
        catalog = Catalog(text: definition.text, popularity: definition.popularity)
        store = FeatureStore(definition.declared)
    }

    /// Learns of a new item, one that is gone, or an interaction.
    ///
    /// - Throws: `.wrongCorpus` for an item of another corpus; nothing is changed then.
    package mutating func apply(_ event: RecommenderEvent) throws(RecommenderError) {
        switch event {
        case .upsert(let item):
            guard item.corpus == definition.corpus else { throw .wrongCorpus(item.corpus) }
            catalog.upsert(item)
            store.upsert(item.id, item.fields)
        case .remove(let item):
            catalog.remove(item)
            store.remove(item)
        case .interaction(let interaction):
            catalog.count(interaction)
            store.count(
                Action(rawValue: interaction.action.rawValue), of: interaction.item,
                by: interaction.user, at: interaction.time)
        }
    }

    /// Learns of an event of a log; actions that are not among an interaction's only count for features.
    package mutating func apply(_ event: RankingEvent) throws(RecommenderError) {
        if case .item(let item, _) = event { return try apply(.upsert(item)) }
        store.apply(event)
        switch event {
        case .item: break
        case .impression(let impression):
            for item in impression.items {
                catalog.count(Interaction(item: item, action: .impression, time: impression.time))
            }
        case .response(let response):
            guard let action = Interaction.Action(rawValue: response.action.rawValue) else {
                return
            }
            catalog.count(Interaction(item: response.item, action: action, time: response.time))
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
        augment(request)
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
        let (names, values) = (definition.featureNames, recommendation.features)
        precondition(values.count == names.count)
        let learned = trees?.explanation(of: values)
        let scorer = definition.scorer
        let contributions = names.indices.map { i in
            Explanation.Contribution(
                feature: names[i], value: values[i],
                contribution: learned?.contributions[i]
                    ?? LinearScorer.contribution(scorer.weights[i], values[i]))
        }
        return Explanation(bias: learned?.bias ?? scorer.bias, contributions: contributions)
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
    private mutating func augment(_ request: Request) {
        fillDeclared(request)
        for i in work.candidates.indices {
            work.candidates[i].row = work.features.count
            for feature in definition.features {
                let slot = work.candidates[i].slot
                work.features.append(feature.value(of: slot, at: request.now, in: catalog, work))
            }
            let count = definition.declared.count
            work.features.append(contentsOf: work.declared[i * count..<(i + 1) * count])
        }
    }

    private mutating func fillDeclared(_ request: Request) {
        guard !definition.declared.isEmpty else { return }
        let query = FeatureQuery(user: request.user, text: request.query, now: request.now)
        let candidates = work.candidates.map { catalog.profiles[$0.slot].id }
        let count = candidates.count * definition.declared.count
        // Out of the workspace and back: a span into it would hold all of it.
        var declared: [Double] = []
        swap(&declared, &work.declared)
        declared.removeLast(max(0, declared.count - count))
        while declared.count < count { declared.append(0) }
        var rows = declared.mutableSpan
        store.fill(&rows, for: query, candidates: candidates, scratch: &work.featureScratch)
        swap(&declared, &work.declared)
    }

    /// Scores the candidates, drops what is not relevant, and sorts.
    private mutating func score() {
        let learned = trees?.scores(work.features)
        for i in work.candidates.indices {
            let row = work.candidates[i].row
            let (score, relevance) = definition.scorer.score(work.features, from: row, definition)
            work.candidates[i].score = learned?[i] ?? score
            work.candidates[i].isRelevant = definition.scorer.admits(relevance)
        }
        work.candidates.removeAll { !$0.isRelevant }
        work.candidates.sort { a, b in
            a.score == b.score
                ? catalog.profiles[a.slot].id < catalog.profiles[b.slot].id : a.score > b.score
        }
    }

    private func recommendation(_ candidate: Candidate, _ reasons: Reasons) -> Recommendation {
        let end = candidate.row + definition.features.count + definition.declared.count
        let features = Array(work.features[candidate.row..<end])
        return Recommendation(
            item: catalog.profiles[candidate.slot].id, score: candidate.score,
            reasons: reasons.of(candidate, features), features: features)
    }
}
