// The first stage: which items may be wanted at all.

/// Finds candidates; several fetchers add to one list, which holds no item twice.
package protocol Fetcher: Sendable {
    /// What reports and origins call it.
    var name: String { get }

    /// Adds candidates, the best first.
    ///
    /// - Throws: where it has none to give; what it added is then taken back.
    func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) throws(StageFailure)
}

/// The items whose texts are most similar to the query, by BM25.
package struct TextFetcher: Fetcher {
    package let limit: Int
    package var name: String { "text" }

    package init(limit: Int = 40) {
        self.limit = limit
    }

    package func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) {
        work.addBest(limit, in: catalog)
    }
}

/// The items that bear the intent of the request as a tag, those most similar to the query first.
package struct IntentFetcher: Fetcher {
    package let limit: Int
    package var name: String { "intent" }

    package init(limit: Int = 20) {
        self.limit = limit
    }

    package func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) {
        guard let intent = work.intent, let slots = catalog.tagged[intent.tag] else { return }
        work.addBest(limit, of: slots, in: catalog)
    }
}

/// The items with the greatest decayed sum of rewards; none that nobody wanted yet.
package struct PopularityFetcher: Fetcher {
    package let limit: Int
    package var name: String { "popularity" }

    package init(limit: Int = 20) {
        self.limit = limit
    }

    package func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) {
        let rule = catalog.popularityRule
        for slot in catalog.popular.first(limit) {
            let rewards = catalog.profiles[slot].popularity.rewards
            work.add(slot, score: rewards.value(at: request.now, halfLife: rule.halfLife))
        }
    }
}

/// The items that were published last; none without a date.
package struct RecencyFetcher: Fetcher {
    package let limit: Int
    package var name: String { "recency" }

    package init(limit: Int = 20) {
        self.limit = limit
    }

    package func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) {
        for slot in catalog.recent.first(limit) {
            work.add(slot, score: catalog.profiles[slot].published ?? 0)
        }
    }
}

/// The items that have the same text in a field, such as author or document.
///
/// That is, the text at the place where they are wanted (`Request.values`), or else that of the item which
/// others are wanted for, or which was wanted last. The items most similar to the query come first.
package struct GroupFetcher: Fetcher {
    package let field: String
    package let limit: Int
    package var name: String { "same/\(field)" }

    package init(field: String, limit: Int = 20) {
        self.field = field
        self.limit = limit
    }

    package func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) {
        let values =
            request.values[field].map { [$0] }
            ?? catalog.slots(wantedFor: request).prefix(1).flatMap {
                catalog.texts(of: field, at: $0)
            }
        let slots = values.reduce(into: Set<Int>()) {
            $0.formUnion(catalog.groups.slots(field, $1))
        }
        work.addBest(limit, of: slots, in: catalog)
    }
}
