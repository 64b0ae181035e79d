// The second stage: which candidates must not be shown.

/// Takes candidates away.
package protocol Filter: Sendable {
    /// What reports call it.
    var name: String { get }

    /// Removes what must not be shown; it has no deadline, and runs however late it is.
    ///
    /// - Throws: where it cannot tell; no candidate is shown then.
    func filter(
        _ candidates: inout [Candidate], for request: Request, in catalog: Catalog
    ) throws(StageFailure)
}

/// Keeps back what was dismissed in the scope of the request.
package struct DismissedFilter: Filter {
    package var name: String { "dismissed" }

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
    package var name: String { "tags" }

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

/// Keeps back what the same person was shown before, or the same document where nobody is named.
package struct SeenFilter: Filter {
    /// So many impressions are allowed.
    package let most: Int
    /// In seconds: an item that was not seen for so long may come again; `nil` for never.
    package let window: Double?
    package var name: String { "seen" }

    package init(most: Int = 0, window: Double? = nil) {
        self.most = most
        self.window = window
    }

    package func filter(
        _ candidates: inout [Candidate], for request: Request, in catalog: Catalog
    ) {
        guard let person = request.person else { return }
        let seen = catalog.sightings.items(seenBy: person)
        guard !seen.isEmpty else { return }
        candidates.removeAll { candidate in
            guard let sighting = seen[catalog.profiles[candidate.slot].id] else { return false }
            let isForgotten = window.map { request.now - sighting.last > $0 } ?? false
            return sighting.count > most && !isForgotten
        }
    }
}

/// Keeps items for which a condition holds.
package struct RuleFilter: Filter {
    package let condition: FieldCondition
    package var name: String { "rule/\(condition.field)" }

    package init(_ condition: FieldCondition) {
        self.condition = condition
    }

    package func filter(
        _ candidates: inout [Candidate], for request: Request, in catalog: Catalog
    ) {
        candidates.removeAll {
            !condition.holds(for: catalog.value(of: condition.field, at: $0.slot))
        }
    }
}

/// Keeps back what the one who asks may not see; every recommender begins its filters with it.
struct AccessFilter: Filter {
    var name: String { "access" }

    func filter(_ candidates: inout [Candidate], for request: Request, in catalog: Catalog) {
        candidates.removeAll { !catalog.mayRead($0.slot, request.viewer) }
    }
}

/// Keeps back what the caller excluded, and the item that others are wanted for.
struct ExcludedFilter: Filter {
    var name: String { "excluded" }

    func filter(_ candidates: inout [Candidate], for request: Request, in catalog: Catalog) {
        guard !request.excluded.isEmpty || request.item != nil else { return }
        candidates.removeAll {
            let id = catalog.profiles[$0.slot].id
            return id == request.item || request.excluded.contains(id)
        }
    }
}
