// Why an item is recommended, in words for people.

/// Names what contributes notably to a score.
struct Reasons {
    /// A contribution below this share of the score is not worth a word.
    private static let notable = 0.1
    /// At most so many words of the query are named.
    private static let mostWords = 3

    private let definition: RecommenderDefinition
    private let query: String
    private let intent: String?
    private let terms: [Workspace.Term]
    /// Places in `terms`, the rarest word first.
    private let byRarity: [Int]

    init(for request: Request, _ definition: RecommenderDefinition, _ work: Workspace) {
        self.definition = definition
        query = request.query
        intent = request.intent?.name
        terms = work.terms
        let weights = work.terms.map(\.matches.weight)
        byRarity = weights.indices.sorted { a, b in
            weights[a] == weights[b] ? a < b : weights[a] > weights[b]
        }
    }

    /// The reasons, the weightiest first, each once.
    func of(_ candidate: Candidate, _ features: [Double]) -> [String] {
        let weights = definition.scorer.weights
        let notable = definition.features.indices
            .map { (feature: $0, contribution: weights[$0] * features[$0]) }
            .filter { $0.contribution > 0 && $0.contribution >= Self.notable * candidate.score }
            .sorted { $0.contribution > $1.contribution }
        var reasons: [String] = []
        var areWordsNamed = false
        for (i, _) in notable {
            switch definition.features[i] {
            case .textSimilarity, .coverage, .titleOverlap:
                if areWordsNamed { continue }
                areWordsNamed = true
                reasons.append("mentions " + commonWords(candidate.slot).joined(separator: ", "))
            case .intentMatch:
                guard let intent else { continue }
                reasons.append("about " + intent.split(separator: "_").joined(separator: " "))
            case .popularity:
                if features[i] > definition.popularity.prior { reasons.append("often chosen") }
            case .recency:
                if features[i] >= 0.5 { reasons.append("recent") }
            }
        }
        return reasons
    }

    /// The rarest words of the query that the item holds, as they stand in the query.
    private func commonWords(_ slot: Int) -> [String] {
        var words: [String] = []
        for i in byRarity where terms[i].matches.contains(slot) {
            words.append(word(terms[i].range))
            if words.count == Self.mostWords { break }
        }
        return words
    }

    private func word(_ range: Range<Int>) -> String {
        let utf8 = query.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let end = utf8.index(start, offsetBy: range.count)
        return query[start..<end].lowercased()
    }
}
