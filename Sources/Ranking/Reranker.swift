// The fifth stage: from the best candidates to a good list.

internal import JSON

/// Reorders or thins out candidates that stand in order of their scores.
///
/// Of the result the first `limit` will be shown; what comes behind them need not be in order.
package protocol Reranker: Sendable {
    func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog)
}

/// Trades score for variety: maximal marginal relevance.
///
/// Takes, one after another, the candidate with the greatest
/// `balance · score − (1 − balance) · similarity`, where the score is divided by the best one and
/// the similarity is that to the most similar candidate taken before: the Jaccard index of the
/// terms of title and tags. A balance of 1 changes nothing.
///
/// Source: Carbonell, Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998.
///
/// - Complexity: O(limit² × candidates) similarities at worst; those of a candidate are computed only
///   when its score lets it hope.
package struct DiversityReranker: Reranker {
    package let balance: Double

    package init(balance: Double = 0.7) {
        precondition((0...1).contains(balance))
        self.balance = balance
    }

    package func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog
    ) {
        guard let best = candidates.first?.score, best > 0 else { return }
        var hopes = candidates.map { Hope(candidate: $0, value: balance * $0.score / best) }
        for place in 0..<min(limit, hopes.count) {
            let next = mostValuable(&hopes, from: place, in: catalog)
            // Rotating, not swapping, keeps the rest in order of scores.
            hopes.insert(hopes.remove(at: next), at: place)
        }
        for i in hopes.indices { candidates[i] = hopes[i].candidate }
    }

    /// A candidate, and what it is worth beside those that were taken and looked at.
    private struct Hope {
        let candidate: Candidate
        /// The share of the score.
        let value: Double
        /// The similarity to the nearest of the first `compared` that were taken.
        var nearest = 0.0
        var compared = 0
    }

    /// Finds the next to take; those before `start` are taken.
    private func mostValuable(
        _ hopes: inout [Hope], from start: Int, in catalog: Catalog
    ) -> Int {
        var (choice, greatest) = (start, -Double.infinity)
        for i in start..<hopes.count {
            // No later one can be worth more than its share of the score.
            if hopes[i].value <= greatest { break }
            while hopes[i].compared < start {
                let taken = hopes[hopes[i].compared].candidate.slot
                let similarity = Self.similarity(
                    catalog.profiles[taken].subject,
                    catalog.profiles[hopes[i].candidate.slot].subject)
                hopes[i].nearest = max(hopes[i].nearest, similarity)
                hopes[i].compared += 1
            }
            let value = hopes[i].value - (1 - balance) * hopes[i].nearest
            if value > greatest { (choice, greatest) = (i, value) }
        }
        return choice
    }

    /// The Jaccard index of two ascending lists.
    private static func similarity(_ a: [UInt64], _ b: [UInt64]) -> Double {
        let common = a.commonCount(with: b)
        let all = a.count + b.count - common
        return all > 0 ? Double(common) / Double(all) : 0
    }
}

/// Lets at most so many candidates with the same tag, or the same value of a field, through.
package struct CapReranker: Reranker {
    package enum Group: Equatable, Sendable {
        /// Every tag counts: an item passes only while none of its tags is used up.
        case tag
        /// The text of a field; items without it are not capped.
        case field(String)
    }

    package let group: Group
    package let most: Int

    package init(by group: Group, most: Int) {
        precondition(most > 0)
        self.group = group
        self.most = most
    }

    package func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog
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
            catalog.item(at: slot)?.fields[name]?.string.map { [Catalog.key(ofTag: $0)] } ?? []
        }
    }
}

/// Moves these items to the front, in this order, where they are candidates.
package struct PinReranker: Reranker {
    package let items: [String]

    package init(items: [String]) {
        self.items = items
    }

    package func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog
    ) {
        var front = 0
        for slot in items.compactMap(catalog.slot) {
            guard let place = candidates.firstIndex(where: { $0.slot == slot }), place >= front
            else { continue }
            candidates.insert(candidates.remove(at: place), at: front)
            front += 1
        }
    }
}
