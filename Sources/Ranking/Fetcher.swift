// The first stage: which items may be wanted at all.

/// Finds candidates; several fetchers add to one list, which holds no item twice.
package protocol Fetcher: Sendable {
    func fetch(_ request: Request, from catalog: Catalog, into work: inout Workspace)
}

/// The items whose texts are most similar to the query, by BM25.
package struct TextFetcher: Fetcher {
    package let limit: Int

    package init(limit: Int = 40) {
        self.limit = limit
    }

    package func fetch(_ request: Request, from catalog: Catalog, into work: inout Workspace) {
        work.addBest(limit, in: catalog)
    }
}

/// The items that bear the intent of the request as a tag, those most similar to the query first.
package struct IntentFetcher: Fetcher {
    package let limit: Int

    package init(limit: Int = 20) {
        self.limit = limit
    }

    package func fetch(_ request: Request, from catalog: Catalog, into work: inout Workspace) {
        guard let intent = work.intent, let slots = catalog.tagged[intent.tag] else { return }
        work.addBest(limit, of: slots, in: catalog)
    }
}

/// The items with the greatest decayed sum of rewards; none that nobody wanted yet.
package struct PopularityFetcher: Fetcher {
    package let limit: Int

    package init(limit: Int = 20) {
        self.limit = limit
    }

    package func fetch(_ request: Request, from catalog: Catalog, into work: inout Workspace) {
        for slot in catalog.popular.first(limit) { work.add(slot) }
    }
}

/// The items that were published last; none without a date.
package struct RecencyFetcher: Fetcher {
    package let limit: Int

    package init(limit: Int = 20) {
        self.limit = limit
    }

    package func fetch(_ request: Request, from catalog: Catalog, into work: inout Workspace) {
        for slot in catalog.recent.first(limit) { work.add(slot) }
    }
}
