// A list as it is logged.

/// A list that was shown, with all that its scores were made of.
package struct Impression: Equatable, Sendable {
    /// A candidate that was scored and not shown.
    package struct RunnerUp: Equatable, Sendable {
        package let item: String
        package let score: Double
        /// As those of the items; empty if not logged.
        package let features: [Double]

        package init(item: String, score: Double, features: [Double] = []) {
            self.item = item
            self.score = score
            self.features = features
        }

        package static func == (a: RunnerUp, b: RunnerUp) -> Bool {
            a.item == b.item && a.score == b.score && a.features.equalsWithMissing(b.features)
        }
    }

    /// The request's id, by which interactions refer to it.
    package let request: String
    /// When it was asked and scored, in seconds since 1970.
    package let time: Double
    /// When it is known to have been seen, and counts as shown; nil for at once.
    package var seen: Double?
    package let user: String?
    package let source: Source
    /// The text that was asked about; empty where there was none.
    package let query: String
    /// What a classifier took the text to mean.
    package var intent: String?
    /// The document that it was shown in.
    package var scope: String?
    /// In the order shown: the position of an item is its index.
    package let items: [String]
    /// What the scorer knew, shape (items, features), row-major, NaN where missing; empty if not logged.
    package var features: [Double]
    /// One for each item, or none.
    package var scores: [Double]
    /// The chance with which each item came to its place; one for each item, or none.
    package var propensities: [Double]
    /// The best of those that were not shown, the best first; few or none of them.
    package var runnersUp: [RunnerUp] = []
    /// The model and its version, `name@version`; nil where the log does not say.
    package var model: String?
    package var arm: String?
    /// The session that is known to have seen it, and its user where it was made for somebody else.
    package var session: String?
    package var viewer: String?

    package init(
        request: String, time: Double, user: String?, source: Source, query: String = "",
        items: [String], features: [Double] = [], scores: [Double] = [],
        propensities: [Double] = [], model: String? = nil, arm: String? = nil
    ) {
        precondition(items.isEmpty ? features.isEmpty : features.count.isMultiple(of: items.count))
        precondition(scores.isEmpty || scores.count == items.count)
        precondition(propensities.isEmpty || propensities.count == items.count)
        self.request = request
        self.time = time
        self.user = user
        self.source = source
        self.query = query
        self.items = items
        self.features = features
        self.scores = scores
        self.propensities = propensities
        self.model = model
        self.arm = arm
    }

    /// The score and features of an item, be it shown or a runner-up; nil where they were not logged.
    package func row(of item: String) -> (score: Double, features: [Double])? {
        if let place = items.firstIndex(of: item) {
            guard !features.isEmpty, !scores.isEmpty else { return nil }
            let count = features.count / items.count
            return (scores[place], Array(features[place * count..<(place + 1) * count]))
        }
        return runnersUp.first { $0.item == item && !$0.features.isEmpty }
            .map { ($0.score, $0.features) }
    }

    /// The list without what its scores were made of.
    package var bare: Impression {
        var bare = self
        (bare.features, bare.scores, bare.propensities, bare.runnersUp) = ([], [], [], [])
        return bare
    }

    /// When it counts as shown.
    package var shown: Double { seen ?? time }

    /// Equality to the last bit: missing features equal each other.
    package static func == (a: Impression, b: Impression) -> Bool {
        a.request == b.request && a.time == b.time && a.seen == b.seen && a.user == b.user
            && a.source == b.source && a.query == b.query && a.intent == b.intent
            && a.scope == b.scope && a.items == b.items && a.scores == b.scores
            && a.propensities == b.propensities && a.runnersUp == b.runnersUp
            && a.model == b.model && a.arm == b.arm && a.session == b.session
            && a.viewer == b.viewer && a.features.equalsWithMissing(b.features)
    }
}

extension [Double] {
    /// Equality of rows of features: what is missing in both is equal.
    func equalsWithMissing(_ other: [Double]) -> Bool {
        elementsEqual(other) { $0.isNaN ? $1.isNaN : $0 == $1 }
    }
}
