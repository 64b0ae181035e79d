// Places of lists that were filled by chance, and what another order would have put there.

package import Learning

/// The places of a log whose items came there by chance.
///
/// A place is explored where its propensity is below 1. What could have come there are its own item, those of the
/// explored places after it, and the runners-up that were drawn from. The items before it count as given, so that
/// each place is one decision; its reward is 1 if somebody took the item. Lists that nobody answered count, with
/// rewards of 0.
package struct ExploredPlaces: Sendable {
    /// A place with what could have come there, the item that did first.
    private struct Place {
        let items: [String]
        /// Shape (items, features).
        let rows: [Double]
        let reward: Double
        let propensity: Double
        let list: Int
    }

    private let places: [Place]
    package var count: Int { places.count }

    /// Finds them in lists with rows of features.
    ///
    /// `pool` gives from how many candidates, those shown at explored places included, the model that is named
    /// has drawn; nil for all that were logged.
    package init(
        _ groups: [JoinedImpression], featureCount: Int, pool: (String?) -> Int? = { _ in nil }
    ) {
        var places: [Place] = []
        for (list, group) in groups.enumerated() {
            let impression = group.impression
            let explored = impression.propensities.indices.filter {
                impression.propensities[$0] < 1 && impression.propensities[$0] > 0
            }
            let others = pool(impression.model).map { max(0, $0 - explored.count) } ?? .max
            let runnersUp = impression.runnersUp.prefix(others)
                .filter { $0.features.count == featureCount }
            for place in explored {
                let open = explored.filter { $0 >= place }
                let rows = open.flatMap {
                    impression.features[$0 * featureCount..<($0 + 1) * featureCount]
                }
                places.append(
                    Place(
                        items: open.map { impression.items[$0] } + runnersUp.map(\.item),
                        rows: rows + runnersUp.flatMap(\.features),
                        reward: group.labels[place] > 0 ? 1 : 0,
                        propensity: impression.propensities[place], list: list))
            }
        }
        self.places = places
    }

    /// The decisions as a policy sees them that takes the best score; of equal ones the first by id, as
    /// recommenders do.
    ///
    /// - Parameters:
    ///   - score: the scores of rows, shape (rows, features).
    ///   - expected: the chance that somebody takes an item of that score, and the number of its list.
    /// - Returns: one for each place; decisions of one list are a cluster.
    package func decisions(
        score: ([Double]) -> [Double], expected: (_ score: Double, _ list: Int) -> Double
    ) -> [LoggedDecision] {
        places.map { place in
            let scores = score(place.rows)
            var best = 0
            for i in scores.indices
            where scores[i] > scores[best]
                || scores[i] == scores[best] && place.items[i] < place.items[best]
            { best = i }
            return LoggedDecision(
                reward: place.reward, propensity: place.propensity, chance: best == 0 ? 1 : 0,
                expected: (expected(scores[0], place.list), expected(scores[best], place.list)),
                cluster: place.list)
        }
    }
}
