// What is logged of recommendations: what was shown, and what came of it.

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
    /// The document in which an item that is dismissed stays away.
    package var scope: String?

    package init(
        id: String = "", request: String, item: String, user: String?, action: Action,
        time: Double, scope: String? = nil
    ) {
        self.scope = scope
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
    /// An item that is gone.
    case removal(item: String, time: Double)
    case impression(Impression)
    case response(Response)

    package var time: Double {
        switch self {
        case .item(_, let time), .removal(_, let time): time
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

    /// When it takes effect: a list when it counts as shown.
    package var shown: Double {
        if case .impression(let impression) = self { impression.shown } else { time }
    }

    /// Events of a log in the order in which they took effect; equal ones keep theirs.
    package static func inEffect(_ events: [RankingEvent]) -> [RankingEvent] {
        let order = events.indices.sorted { (events[$0].shown, $0) < (events[$1].shown, $1) }
        return order.map { events[$0] }
    }

    private var precedence: Int {
        switch self {
        case .item, .removal: 0
        case .impression: 1
        case .response: 2
        }
    }
}
