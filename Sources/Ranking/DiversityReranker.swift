// Lists whose items differ from one another.

/// Trades score for variety: maximal marginal relevance.
///
/// Takes, one after another, the candidate with the greatest
/// `balance · merit − (1 − balance) · similarity`, where the merit is divided by the best one and
/// the similarity is that to the most similar candidate taken before. A balance of 1 changes nothing.
///
/// Source: Carbonell, Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998.
///
/// - Complexity: O(limit² × candidates) similarities at worst; those of a candidate are computed only
///   when its score lets it hope.
package struct DiversityReranker: Reranker {
    /// What makes two items alike; in 0...1.
    package enum Measure: Equatable, Sendable {
        /// The Jaccard index of the terms of title and tags.
        case subject
        /// The Jaccard index of the texts in a field: 1 or 0 where each has one.
        case field(String)
        /// The cosine in a space of vectors, 0 below 0 or without a vector.
        case space(String)
    }

    package let balance: Double
    package let measure: Measure
    package var name: String { "diversity" }

    package init(balance: Double = 0.7, over measure: Measure = .subject) {
        precondition((0...1).contains(balance))
        self.balance = balance
        self.measure = measure
    }

    package func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog,
        by deadline: Deadline
    ) throws(StageFailure) {
        guard let best = candidates.first?.merit, best > 0 else { return }
        let likeness = try Likeness(measure, candidates, catalog)
        var hopes = candidates.map { Hope(candidate: $0, value: balance * $0.merit / best) }
        for place in 0..<min(limit, hopes.count) {
            try deadline.check()
            let next = mostValuable(&hopes, from: place, likeness)
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
        _ hopes: inout [Hope], from start: Int, _ likeness: Likeness
    ) -> Int {
        var (choice, greatest) = (start, -Double.infinity)
        for i in start..<hopes.count {
            // No later one can be worth more than its share of the score.
            if hopes[i].value <= greatest { break }
            while hopes[i].compared < start {
                let taken = hopes[hopes[i].compared].candidate.slot
                let similarity = likeness.of(taken, hopes[i].candidate.slot)
                hopes[i].nearest = max(hopes[i].nearest, similarity)
                hopes[i].compared += 1
            }
            let value = hopes[i].value - (1 - balance) * hopes[i].nearest
            if value > greatest { (choice, greatest) = (i, value) }
        }
        return choice
    }
}

/// How alike candidates are, by one measure.
private enum Likeness {
    /// By slot, ascending keys.
    case keys([Int: [UInt64]])
    case vectors(VectorIndex)

    init(
        _ measure: DiversityReranker.Measure, _ candidates: [Candidate], _ catalog: Catalog
    ) throws(StageFailure) {
        var keys: [Int: [UInt64]] = [:]
        switch measure {
        case .subject:
            for slot in candidates.lazy.map(\.slot) { keys[slot] = catalog.profiles[slot].subject }
        case .field(let field):
            for slot in candidates.lazy.map(\.slot) {
                keys[slot] = catalog.texts(of: field, at: slot).map(Catalog.key).sortedUnique()
            }
        case .space(let name):
            guard let space = catalog.spaces.first(where: { $0.rule.name == name }) else {
                throw .failed("there is no space of vectors called \(name): define it")
            }
            self = .vectors(space.index)
            return
        }
        self = .keys(keys)
    }

    func of(_ a: Int, _ b: Int) -> Double {
        switch self {
        case .vectors(let index): Double(max(index.similarity(a, b), 0))
        case .keys(let keys): (keys[a] ?? []).likeness(to: keys[b] ?? [])
        }
    }
}
