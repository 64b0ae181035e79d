// A recommender in a few declarative lines.

package import JSON

/// Names the stages of a recommender and their settings; in a file it is JSON
/// (`RecommenderDefinition+JSON.swift`), in Swift a call of this initialiser.
package struct RecommenderDefinition: Sendable {
    package let name: String
    package let corpus: Corpus
    /// The places in the product that it serves.
    package let sources: [Source]
    /// The file of items to begin with, beside the definition.
    package let items: String?
    /// The file of events to learn from, beside the definition.
    package let events: String?
    package let text: TextRule
    package let popularity: PopularityRule
    package let fetchers: [any Fetcher]
    package let filters: [any Filter]
    package let features: [Feature]
    /// Features that are computed from events; in a row they stand after `features`.
    package let declared: [DeclaredFeature]
    package let scorer: LinearScorer
    package let rerankers: [any Reranker]
    /// The names of all features, in the order of a row.
    package var featureNames: [String] { features.map(\.name.rawValue) + declared.map(\.name) }
    /// How many items a request gets that does not say.
    package let limit: Int
    /// Spaces of vectors, by the names that fetchers and rerankers use.
    package var vectors: [VectorRule] = []
    package var companions = CompanionRule()
    /// Without a rule everybody may see every item.
    package var access: AccessRule?
    package var budgets = StageBudgets()
    /// Off unless there is one, and then only for requests with a seed.
    package var exploration: Exploration?
    /// What its items look like.
    package var schema = CorpusSchema()
    /// What is watched of it while it is in use.
    package var metrics = OnlineMetric.standard
    package var training = TrainingRule()
    /// The file of trees, beside the definition, that were trained elsewhere to score in place of the weights.
    package var trees: String?
    package var log = LogRule()

    package init(
        name: String, corpus: Corpus, sources: [Source], items: String? = nil,
        events: String? = nil,
        text: TextRule = TextRule(), popularity: PopularityRule = PopularityRule(),
        fetchers: [any Fetcher], filters: [any Filter] = [], features: [Feature],
        declared: [DeclaredFeature] = [], scorer: LinearScorer, rerankers: [any Reranker] = [],
        limit: Int = 5
    ) {
        precondition(features.count + declared.count == scorer.weights.count)
        self.name = name
        self.corpus = corpus
        self.sources = sources
        self.items = items
        self.events = events
        self.text = text
        self.popularity = popularity
        self.fetchers = fetchers
        self.filters = filters
        self.features = features
        self.declared = declared
        self.scorer = scorer
        self.rerankers = rerankers
        self.limit = limit
    }

    /// Checks that an item is as the corpus wants it, and brings along vectors of the right length.
    package func check(_ item: Item) throws(FieldError) {
        try schema.check(item)
        for rule in vectors { try rule.check(item) }
    }

    /// What the catalog reads of items and interactions.
    var rules: Catalog.Rules {
        var rules = Catalog.Rules()
        rules.text = text
        rules.popularity = popularity
        rules.companions = companions
        rules.vectors = vectors
        rules.groups = fetchers.compactMap { ($0 as? GroupFetcher)?.field }
        rules.access = access
        rules.countsCompanions =
            fetchers.contains { $0 is CompanionFetcher || $0 is VectorFetcher }
            || vectors.contains { $0.origin == .interactions }
        rules.countsSightings = filters.contains { $0 is SeenFilter }
        return rules
    }
}

/// How much of a list is logged.
package struct LogRule: Equatable, Sendable {
    /// How many candidates that were not shown stand beside those that were.
    package let runnersUp: Int
    /// The share of the lists whose features and scores are logged; of the others it is only what was shown.
    package let share: Double

    package init(runnersUp: Int = 10, share: Double = 1) {
        self.runnersUp = runnersUp
        self.share = share
    }
}
