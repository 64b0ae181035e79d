// Why an item is recommended, in words for people.

/// Names what contributes notably to a score.
///
/// It goes by the weights that score; where trees do, by those of the definition: to take trees apart costs more
/// than the list, and `explain` does it for whoever asks.
struct Reasons {
    /// A contribution below this share of all that speaks for the item is not worth a word.
    private static let notable = 0.1
    /// At most so many words of the query are named.
    private static let mostWords = 3

    private let definition: RecommenderDefinition
    private let weights: [Double]
    private let query: String
    private let intent: String?
    private let terms: [Workspace.Term]
    /// Places in `terms`, the rarest word first.
    private let byRarity: [Int]

    init(
        for request: Request, _ definition: RecommenderDefinition, weights: [Double],
        _ work: Workspace
    ) {
        self.definition = definition
        self.weights = weights
        query = request.query
        intent = request.intent?.name
        terms = work.terms
        let rarities = work.terms.map(\.matches.weight)
        byRarity = rarities.indices.sorted { a, b in
            rarities[a] == rarities[b] ? a < b : rarities[a] > rarities[b]
        }
    }

    /// The reasons, the weightiest first, each once.
    func of(_ candidate: Candidate, _ features: [Double]) -> [String] {
        let contributions = weights.indices.map {
            (feature: $0, value: LinearScorer.contribution(weights[$0], features[$0]))
        }.filter { $0.value > 0 }
        let least = Self.notable * contributions.reduce(0) { $0 + $1.value }
        var reasons: [String] = []
        for (i, _) in contributions.filter({ $0.value >= least }).sorted(by: {
            $0.value > $1.value
        }) {
            let reason =
                i < definition.features.count
                ? phrase(definition.features[i], features[i], candidate)
                : phrase(definition.declared[i - definition.features.count].kind, candidate)
            if let reason, !reasons.contains(reason) { reasons.append(reason) }
        }
        return reasons
    }

    private func phrase(
        _ feature: Feature, _ value: Double, _ candidate: Candidate
    ) -> String? {
        switch feature {
        case .textSimilarity, .coverage, .titleOverlap: mentions(candidate.slot)
        case .intentMatch:
            intent.map { "about " + $0.split(separator: "_").joined(separator: " ") }
        case .popularity: value > definition.popularity.prior ? Self.often : nil
        case .recency: value >= 0.5 ? "recent" : nil
        }
    }

    private func phrase(_ kind: DeclaredFeature.Kind, _ candidate: Candidate) -> String? {
        switch kind {
        case .textSimilarity: return mentions(candidate.slot)
        case .interacted(let action): return action.isChoice ? "chosen before" : nil
        case .share(let action, _, _), .profile(let action, _):
            return action.isChoice ? "like what was chosen before" : nil
        case .companions(let action, _):
            return action.isChoice ? "goes with what was chosen before" : nil
        case .count(let counter, _), .rate(let counter, _, _, _):
            guard counter.action.isChoice else { return nil }
            switch counter.key {
            case .item: return Self.often
            case .userItem: return "chosen before"
            case .userValue: return "like what was chosen before"
            case .all, .user, .value: return nil
            }
        case .field, .recency, .sum: return nil
        }
    }

    private static let often = "often chosen"

    /// Nothing where the item shares no word with the query.
    private func mentions(_ slot: Int) -> String? {
        let words = commonWords(slot)
        return words.isEmpty ? nil : "mentions " + words.joined(separator: ", ")
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

extension Action {
    /// Whether it speaks for an item.
    fileprivate var isChoice: Bool { ![.impression, .dismiss, .undo].contains(self) }
}
