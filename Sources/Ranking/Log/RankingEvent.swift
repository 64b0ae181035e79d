// What is logged of recommendations: what was shown, and what came of it.

/// A list that was shown, with all that its scores were made of.
package struct Impression: Equatable, Sendable {
    /// The request's id, by which interactions refer to it.
    package let request: String
    /// Seconds since 1970.
    package let time: Double
    package let user: String?
    package let source: Source
    /// The text that was asked about; empty where there was none.
    package let query: String
    /// In the order shown: the position of an item is its index.
    package let items: [String]
    /// What the scorer knew, shape (items, features), row-major, NaN where missing; empty if not logged.
    package var features: [Double]
    /// One for each item, or none.
    package var scores: [Double]
    /// The chance with which each item came to its place; one for each item, or none.
    package var propensities: [Double]
    /// The model and its version, `name@version`; nil where the log does not say.
    package var model: String?
    package var arm: String?

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

    /// Equality to the last bit: missing features equal each other.
    package static func == (a: Impression, b: Impression) -> Bool {
        a.request == b.request && a.time == b.time && a.user == b.user && a.source == b.source
            && a.query == b.query && a.items == b.items && a.scores == b.scores
            && a.propensities == b.propensities && a.model == b.model && a.arm == b.arm
            && a.features.equalsWithMissing(b.features)
    }
}

extension [Double] {
    /// Equality of rows of features: what is missing in both is equal.
    func equalsWithMissing(_ other: [Double]) -> Bool {
        elementsEqual(other) { $0.isNaN ? $1.isNaN : $0 == $1 }
    }
}

/// What somebody did with an item that was shown.
package struct Response: Equatable, Sendable {
    /// The event's own id, by which it is known if it comes again; empty where it has none.
    package let id: String
    /// The request whose answer showed the item.
    package let request: String
    package let item: String
    package let user: String?
    package let action: Action
    /// Seconds since 1970.
    package let time: Double

    package init(
        id: String = "", request: String, item: String, user: String?, action: Action, time: Double
    ) {
        self.id = id
        self.request = request
        self.item = item
        self.user = user
        self.action = action
        self.time = time
    }
}

/// One entry of the log of a recommender.
package enum RankingEvent: Equatable, Sendable {
    /// A new item or a newer form of one.
    case item(Item, time: Double)
    case impression(Impression)
    case response(Response)

    package var time: Double {
        switch self {
        case .item(_, let time): time
        case .impression(let impression): impression.time
        case .response(let response): response.time
        }
    }

    /// Events in the order in which they can be known.
    ///
    /// At equal times items come first and responses last: a response that carries the time of its impression
    /// is known to no impression of that time. Otherwise the order given is kept.
    package static func ordered(_ events: [RankingEvent]) -> [RankingEvent] {
        let order = events.indices.sorted { a, b in
            (events[a].time, events[a].precedence, a) < (events[b].time, events[b].precedence, b)
        }
        return order.map { events[$0] }
    }

    private var precedence: Int {
        switch self {
        case .item: 0
        case .impression: 1
        case .response: 2
        }
    }
}
