// The fifth stage: from the best candidates to a good list.

/// Reorders or thins out candidates that stand in order of their scores.
///
/// Of the result the first `limit` will be shown; what comes behind them need not be in order.
package protocol Reranker: Sendable {
    /// What reports call it.
    var name: String { get }

    /// Changes the order, or drops candidates; it adds none.
    ///
    /// - Throws: where it has no effect; the candidates stay as they were.
    func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog,
        by deadline: Deadline
    ) throws(StageFailure)
}

/// Lets at most so many candidates with the same tag, or the same value of a field, through.
package struct CapReranker: Reranker {
    package enum Group: Equatable, Sendable {
        /// Every tag counts: an item passes only while none of its tags is used up.
        case tag
        /// The text of a field, or each of a list of them; items without it are not capped.
        case field(String)
    }

    package let group: Group
    package let most: Int
    package var name: String { "cap" }

    package init(by group: Group, most: Int) {
        precondition(most > 0)
        self.group = group
        self.most = most
    }

    package func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog,
        by deadline: Deadline
    ) {
        var counts: [UInt64: Int] = [:]
        candidates.removeAll { candidate in
            let keys = keys(of: candidate.slot, in: catalog)
            if keys.contains(where: { counts[$0, default: 0] >= most }) { return true }
            for key in keys { counts[key, default: 0] += 1 }
            return false
        }
    }

    private func keys(of slot: Int, in catalog: Catalog) -> [UInt64] {
        switch group {
        case .tag: catalog.profiles[slot].tags
        case .field(let name):
            catalog.texts(of: name, at: slot).map(Catalog.key)
        }
    }
}

/// Puts these items at a place and those behind it, in this order, where they are candidates.
///
/// Rerankers behind it may move them again, but exploration does not.
package struct PinReranker: Reranker {
    package let items: [String]
    /// The place of the first of them, counted from 1; at the end where the list is shorter.
    package let place: Int
    package var name: String { "pin" }

    package init(items: [String], place: Int = 1) {
        precondition(place > 0)
        self.items = items
        self.place = place
    }

    package func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog,
        by deadline: Deadline
    ) {
        var pinned: [Candidate] = []
        for slot in items.compactMap(catalog.slot) {
            guard let found = candidates.firstIndex(where: { $0.slot == slot }) else { continue }
            pinned.append(candidates.remove(at: found))
            pinned[pinned.count - 1].isPinned = true
        }
        candidates.insert(contentsOf: pinned, at: min(place - 1, candidates.count))
    }
}

/// Raises or lowers the merit of items for which a condition holds.
package struct BoostReranker: Reranker {
    package let condition: FieldCondition
    /// A positive merit is multiplied by it, a negative one divided.
    package let factor: Double
    package let addend: Double
    package var name: String { "boost/\(condition.field)" }

    package init(_ condition: FieldCondition, factor: Double = 1, addend: Double = 0) {
        precondition(factor > 0)
        self.condition = condition
        self.factor = factor
        self.addend = addend
    }

    package func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog,
        by deadline: Deadline
    ) {
        for i in candidates.indices {
            let value = catalog.value(of: condition.field, at: candidates[i].slot)
            guard condition.holds(for: value) else { continue }
            let merit = candidates[i].merit
            candidates[i].merit = (merit > 0 ? merit * factor : merit / factor) + addend
        }
        candidates.sortByMerit()
    }
}

/// Raises the merit of new items: by `weight` times the greatest merit for one that is published now, by half
/// of it a half-life later.
package struct FreshnessReranker: Reranker {
    /// In seconds.
    package let halfLife: Double
    package let weight: Double
    package var name: String { "freshness" }

    package init(halfLife: Double = 7 * 86_400, weight: Double = 0.2) {
        precondition(halfLife > 0 && weight >= 0)
        self.halfLife = halfLife
        self.weight = weight
    }

    package func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog,
        by deadline: Deadline
    ) {
        let scale = weight * (candidates.lazy.map { abs($0.merit) }.max() ?? 0)
        for i in candidates.indices {
            guard let published = catalog.profiles[candidates[i].slot].published else { continue }
            candidates[i].merit += scale * halvings(max(0, request.now - published), halfLife)
        }
        candidates.sortByMerit()
    }
}
