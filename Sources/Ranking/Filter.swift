// The second stage: which candidates must not be shown.

/// Takes candidates away.
package protocol Filter: Sendable {
    func filter(_ candidates: inout [Candidate], for request: Request, in catalog: Catalog)
}

/// Keeps back what was dismissed in the scope of the request.
package struct DismissedFilter: Filter {
    package init() {}

    package func filter(
        _ candidates: inout [Candidate], for request: Request, in catalog: Catalog
    ) {
        guard let scope = request.scope else { return }
        let dismissed = catalog.dismissals.items(in: scope)
        guard !dismissed.isEmpty else { return }
        candidates.removeAll { dismissed.contains(catalog.profiles[$0.slot].id) }
    }
}

/// Keeps items by their tags: at least one of `any`, unless that is empty, and none of `none`.
package struct TagFilter: Filter {
    package let any: [String]
    package let none: [String]
    private let anyKeys: [UInt64]
    private let noneKeys: [UInt64]

    package init(any: [String] = [], none: [String] = []) {
        self.any = any
        self.none = none
        anyKeys = any.map(Catalog.key)
        noneKeys = none.map(Catalog.key)
    }

    package func filter(
        _ candidates: inout [Candidate], for request: Request, in catalog: Catalog
    ) {
        candidates.removeAll { candidate in
            let tags = catalog.profiles[candidate.slot].tags
            if !anyKeys.isEmpty, !tags.contains(where: anyKeys.contains) { return true }
            return tags.contains(where: noneKeys.contains)
        }
    }
}

/// Keeps back what the caller excluded; every recommender begins its filters with it.
struct ExcludedFilter: Filter {
    func filter(_ candidates: inout [Candidate], for request: Request, in catalog: Catalog) {
        guard !request.excluded.isEmpty else { return }
        candidates.removeAll { request.excluded.contains(catalog.profiles[$0.slot].id) }
    }
}
