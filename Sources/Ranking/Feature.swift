// The third stage: what the scorer is told of each candidate.

/// A number that says something of a candidate, in 0...1 for all features here.
package enum Feature: Equatable, Sendable {
    /// s / (s + half) of the BM25 score s: ½ at a score of `half`, without an upper end.
    case textSimilarity(half: Double)
    /// The share of the greatest score that the query could give which this text gets: low where a
    /// long text shares one word with the item.
    case coverage
    /// The share of the title's terms that the query mentions.
    case titleOverlap
    /// The confidence of the request's intent where the item bears it as a tag, else 0.
    case intentMatch
    /// The smoothed rate of `PopularityRule`.
    case popularity
    /// 1 for what is published now, ½ a half-life (in seconds) later; 0 without a date.
    case recency(halfLife: Double)

    /// What definitions and explanations call it.
    package enum Name: String, CaseIterable, Sendable {
        case textSimilarity, coverage, titleOverlap, intentMatch, popularity, recency
    }

    package var name: Name {
        switch self {
        case .textSimilarity: .textSimilarity
        case .coverage: .coverage
        case .titleOverlap: .titleOverlap
        case .intentMatch: .intentMatch
        case .popularity: .popularity
        case .recency: .recency
        }
    }

    /// Whether it depends on what is asked, not only on the item: what such features add to the
    /// score is the relevance of a candidate.
    package var concernsRequest: Bool {
        switch self {
        case .textSimilarity, .coverage, .titleOverlap, .intentMatch: true
        case .popularity, .recency: false
        }
    }

    func value(of slot: Int, at now: Double, in catalog: Catalog, _ work: Workspace) -> Double {
        switch self {
        case .textSimilarity(let half):
            let score = Double(work.textScores[slot])
            return score / (score + half)
        case .coverage:
            let greatest = Double(work.greatestTextScore)
            return greatest > 0 ? Double(work.textScores[slot]) / greatest : 0
        case .titleOverlap:
            // Where text and query have nothing in common the lists need not be walked.
            let terms = catalog.profiles[slot].titleTerms
            guard work.textScores[slot] > 0, !terms.isEmpty else { return 0 }
            return Double(terms.commonCount(with: work.termKeys)) / Double(terms.count)
        case .intentMatch:
            guard let intent = work.intent else { return 0 }
            return catalog.profiles[slot].tags.contains(intent.tag) ? intent.confidence : 0
        case .popularity:
            return catalog.popularityRule.rate(catalog.profiles[slot].popularity, at: now)
        case .recency(let halfLife):
            guard let published = catalog.profiles[slot].published else { return 0 }
            return halvings(max(0, now - published), halfLife)
        }
    }
}
