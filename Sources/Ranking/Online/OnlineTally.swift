// What people did with the lists of a recommender, counted as it happens.

internal import Learning

/// Counts what was seen and done, each once for a list.
///
/// Whoever does something with a list has seen it: tell of that first, where it was not told.
///
/// Bounds: the last `capacity` lists are remembered, with 1,000 items each. What comes again of a list that
/// was forgotten counts again, and cannot be undone.
package struct OnlineTally: Equatable, Sendable {
    /// What is known of a list that was seen or answered.
    private struct List: Equatable, Sendable {
        var isSeen = false
        /// Whether all of its items were.
        var isWhole = false
        var seen: Set<String> = []
        var done: [String: Done] = [:]

        var isHit: Bool { done.values.contains(where: \.isHit) }
    }

    /// What was done with an item, and not undone.
    private struct Done: Equatable, Sendable {
        let position: Int
        var actions: Set<Action> = []

        var isHit: Bool { actions.contains(.click) || actions.contains(.accept) }
    }

    private static let maximumItems = 1000

    private var lists: ScopeMemory<List>
    private var seenLists = 0
    private var hits = 0
    private var actions: [Action: Int] = [:]
    /// How many items were clicked or accepted by their position; whole numbers, so that what is undone
    /// leaves no trace.
    private var positions = [Int](repeating: 0, count: Recommender.maximumLimit)

    package init(capacity: Int = 10_000) {
        lists = ScopeMemory(capacity: capacity)
    }

    // MARK: Counting

    /// Counts a whole list; gives how many lists and items were not known to be seen.
    @discardableResult
    package mutating func saw(_ request: String, items: Int) -> (lists: Int, items: Int) {
        see(request) { list in
            defer { list.isWhole = true }
            return list.isWhole ? 0 : max(items - list.seen.count, 0)
        }
    }

    /// Counts one item of a list; gives how many lists and items were not known to be seen.
    @discardableResult
    package mutating func saw(_ request: String, item: String) -> (lists: Int, items: Int) {
        see(request) { list in
            guard !list.isWhole, list.seen.count < Self.maximumItems else { return 0 }
            return list.seen.insert(item).inserted ? 1 : 0
        }
    }

    private mutating func see(
        _ request: String, _ items: (inout List) -> Int
    ) -> (lists: Int, items: Int) {
        var new = (lists: 0, items: 0)
        lists.update(request, initial: List()) { list in
            new = (list.isSeen ? 0 : 1, items(&list))
            list.isSeen = true
        }
        seenLists += new.lists
        actions[.impression, default: 0] += new.items
        return new
    }

    /// Counts what somebody did with an item, or takes back what was done with it.
    ///
    /// `impression` is not among the actions: `saw` counts it. The position is 0 for the first of the list;
    /// those beyond the longest list count as its last.
    ///
    /// - Returns: whether it counts: not what was done before, and no `undo` of nothing.
    @discardableResult
    package mutating func did(
        _ action: Action, with item: String, at position: Int, of request: String
    ) -> Bool {
        guard action != .impression else { return false }
        let old = lists[request]?.done[item]
        if action == .undo {
            guard let old, !old.actions.isEmpty else { return false }
            for action in old.actions { actions[action, default: 0] -= 1 }
        } else {
            guard old?.actions.contains(action) != true else { return false }
            guard old != nil || lists[request]?.done.count ?? 0 < Self.maximumItems else {
                return false
            }
        }
        actions[action, default: 0] += 1
        change(request, item, at: min(max(position, 0), positions.count - 1)) { done in
            if action == .undo { done.actions = [] } else { done.actions.insert(action) }
        }
        return true
    }

    /// Changes what was done with an item, and what follows of that for its list.
    private mutating func change(
        _ request: String, _ item: String, at position: Int, _ change: (inout Done) -> Void
    ) {
        lists.update(request, initial: List()) { list in
            let wasHit = list.isHit
            var done = list.done[item] ?? Done(position: position)
            let itemWasHit = done.isHit
            change(&done)
            list.done[item] = done
            positions[done.position] += (done.isHit ? 1 : 0) - (itemWasHit ? 1 : 0)
            hits += (list.isHit ? 1 : 0) - (wasHit ? 1 : 0)
        }
    }

    // MARK: Reading

    /// The count that a name in a formula stands for; see `OnlineMetric`.
    package func count(_ name: String) -> Double {
        switch name {
        case "list": Double(seenLists)
        case "hit": Double(hits)
        case "dcg": gain
        default: Double(actions[Action(rawValue: name)] ?? 0)
        }
    }

    private var gain: Double {
        positions.enumerated().reduce(0) {
            $0 + Double($1.element) * RankingMetrics.discount($1.offset)
        }
    }

    /// The metrics that have a value: none is divided by 0.
    package func values(of metrics: [OnlineMetric]) -> [(name: String, value: Double)] {
        metrics.compactMap { metric in
            metric.formula.value(count).map { (metric.name, $0) }
        }
    }
}
