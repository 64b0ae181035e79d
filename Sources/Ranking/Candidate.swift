// An item on its way through the stages.

/// An item that may be recommended.
package struct Candidate: Equatable, Sendable {
    package let slot: Int
    /// What the scorer gave.
    package internal(set) var score = 0.0
    /// What rerankers order by: the score, and what they add to it.
    package internal(set) var merit = 0.0
    /// Its row in `Workspace.fetchScores`.
    let number: Int
    /// Where its row begins in `Workspace.features`.
    var row = 0
    var isRelevant = true
    /// Whether it stands at a place that was chosen for it.
    var isPinned = false
    /// How likely it was to come to its place, given those before it.
    var propensity = 1.0

    init(slot: Int, number: Int) {
        self.slot = slot
        self.number = number
    }
}

/// Who brought a candidate.
package struct Origin: Equatable, Sendable {
    /// The name of the fetcher.
    package let fetcher: String
    /// As the fetcher measures: BM25 for texts, a cosine for vectors; greater is better.
    package let score: Double

    package init(fetcher: String, score: Double) {
        self.fetcher = fetcher
        self.score = score
    }
}

extension [Candidate] {
    /// Puts them in order of merit; equals keep theirs.
    mutating func sortByMerit() {
        let order = indices.sorted { a, b in
            self[a].merit == self[b].merit ? a < b : self[a].merit > self[b].merit
        }
        self = order.map { self[$0] }
    }
}
