// A recommender in a few declarative lines.

/// Names the stages of a recommender and their settings; in a file it is JSON
/// (`RecommenderDefinition+JSON.swift`), in Swift a call of this initialiser.
package struct RecommenderDefinition: Sendable {
    package let name: String
    package let corpus: Corpus
    /// The places in the product that it serves.
    package let sources: [Source]
    /// The file of items to begin with, beside the definition.
    package let items: String?
    package let text: TextRule
    package let popularity: PopularityRule
    package let fetchers: [any Fetcher]
    package let filters: [any Filter]
    package let features: [Feature]
    package let scorer: LinearScorer
    package let rerankers: [any Reranker]
    /// How many items a request gets that does not say.
    package let limit: Int

    package init(
        name: String, corpus: Corpus, sources: [Source], items: String? = nil,
        text: TextRule = TextRule(), popularity: PopularityRule = PopularityRule(),
        fetchers: [any Fetcher], filters: [any Filter] = [], features: [Feature],
        scorer: LinearScorer, rerankers: [any Reranker] = [], limit: Int = 5
    ) {
        precondition(features.count == scorer.weights.count)
        self.name = name
        self.corpus = corpus
        self.sources = sources
        self.items = items
        self.text = text
        self.popularity = popularity
        self.fetchers = fetchers
        self.filters = filters
        self.features = features
        self.scorer = scorer
        self.rerankers = rerankers
        self.limit = limit
    }
}
