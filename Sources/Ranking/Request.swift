// What goes into a recommender and what comes out.

/// Asks for what may be wanted next at one place in the product.
package struct Request: Equatable, Sendable {
    package var source: Source
    /// The text that the recommendations are for, such as the block being edited.
    package var query: String
    package var intent: Intent?
    /// At most so many items; `nil` for as many as the definition says.
    package var limit: Int?
    /// Seconds since 1970.
    package var now: Double
    /// Where a dismissal counts: a document or a session.
    package var scope: String?
    /// Who asks, for features and what is remembered of people; nil where nobody is known.
    package var user: String?
    /// Items that the caller does not want.
    package var excluded: Set<String>
    /// Who asks, as far as visibility is concerned; `nil` sees only what everybody may see.
    package var viewer: Viewer?
    /// An item that others like it are wanted for; it is not recommended itself.
    package var item: String?
    /// What is known of where the recommendations are wanted, such as its author or document, by field.
    package var values: [String: String] = [:]
    /// A vector of the caller's own, for spaces that items bring along.
    package var vector: [Float]?
    /// Where exploration gets its random numbers from; without it nothing is explored.
    package var seed: UInt64?

    package init(
        source: Source, query: String, intent: Intent? = nil, limit: Int? = nil, now: Double,
        scope: String? = nil, user: String? = nil, excluded: Set<String> = []
    ) {
        self.source = source
        self.query = query
        self.intent = intent
        self.limit = limit
        self.now = now
        self.scope = scope
        self.user = user
        self.excluded = excluded
    }

    /// By whom or where interactions are remembered.
    var person: String? { user ?? viewer?.user ?? scope }

    /// What a classifier takes the query to mean.
    package struct Intent: Equatable, Sendable {
        package let name: String
        /// In 0...1.
        package let confidence: Double

        package init(name: String, confidence: Double) {
            self.name = name
            self.confidence = confidence
        }
    }
}

/// The answer to a request: the items to show, in that order.
package struct Recommendations: Equatable, Sendable {
    package let corpus: Corpus
    package let source: Source
    package let items: [Recommendation]
    /// What each stage did, in their order.
    package let stages: [StageReport]
    /// The best of those that are not shown, the best first, for the log.
    package let runnersUp: [Impression.RunnerUp]

    /// The stages that had no effect, since they failed or were late; empty where all went well.
    package var degraded: [String] {
        stages.filter { $0.failure != nil }.map(\.stage)
    }
}

/// One item of an answer.
package struct Recommendation: Equatable, Sendable {
    package let item: String
    package let score: Double
    /// Short phrases for people, the weightiest first: "mentions refund, invoice".
    package let reasons: [String]
    /// The features as scored, in the order of the definition's `featureNames`; NaN where missing.
    package let features: [Double]
    /// The fetchers that brought it, in the order of the definition.
    package let origins: [Origin]
    /// How likely it was to come to its place, given the items before it; 1 where nothing was left to chance.
    package let propensity: Double

    package init(
        item: String, score: Double, reasons: [String], features: [Double],
        origins: [Origin] = [], propensity: Double = 1
    ) {
        self.item = item
        self.score = score
        self.reasons = reasons
        self.features = features
        self.origins = origins
        self.propensity = propensity
    }

    /// Equality to the last bit: missing features equal each other.
    package static func == (a: Recommendation, b: Recommendation) -> Bool {
        a.item == b.item && a.score == b.score && a.reasons == b.reasons
            && a.features.equalsWithMissing(b.features) && a.origins == b.origins
            && a.propensity == b.propensity
    }
}

/// Something that a recommender learns.
package enum RecommenderEvent: Equatable, Sendable {
    /// A new item, or a newer form of one; what is known of its popularity stays.
    case upsert(Item)
    /// The item and its popularity are forgotten; unknown items are ignored.
    case remove(item: String)
    /// Ignored where the item is no longer known.
    case interaction(Interaction)
    /// The spaces of vectors are learned anew from the items and interactions so far.
    case learnVectors
}

/// What somebody did with an item that was shown.
package struct Interaction: Equatable, Sendable {
    package enum Action: String, CaseIterable, Sendable {
        case impression, click, accept, dismiss
        /// Takes back what the same person did last with the item.
        case undo
    }

    package let item: String
    package let action: Action
    /// Seconds since 1970.
    package let time: Double
    /// The document or session in which an item that was dismissed stays away.
    package let scope: String?
    /// Who did it, and whose taste it tells; without it, that of the scope.
    package let user: String?

    package init(
        item: String, action: Action, time: Double, scope: String? = nil, user: String? = nil
    ) {
        self.item = item
        self.action = action
        self.time = time
        self.scope = scope
        self.user = user
    }
}

/// Why a recommender could not do what it was asked.
package enum RecommenderError: Error, Equatable, Sendable {
    /// The item belongs to a corpus that this recommender does not recommend from.
    case wrongCorpus(Corpus)
    /// This recommender does not serve that place.
    case unknownSource(Source)
}
