// Which place has had its text the longest.

/// The places in the order in which their texts came.
struct PlaceAges: Sendable {
    private var order: [(key: PlaceKey, turn: UInt64)] = []
    private var start = 0
    private var turns: [PlaceKey: UInt64] = [:]
    private var turn: UInt64 = 0

    mutating func append(_ key: PlaceKey) {
        turn += 1
        turns[key] = turn
        order.append((key, turn))
        if order.count > 2 * turns.count + 64 { compact() }
    }

    mutating func remove(_ key: PlaceKey) { turns[key] = nil }

    mutating func removeFirst() -> PlaceKey? {
        while start < order.count {
            let (key, turn) = order[start]
            start += 1
            guard turns[key] == turn else { continue }
            turns[key] = nil
            return key
        }
        return nil
    }

    /// Drops what was taken and what has moved to the end since.
    private mutating func compact() {
        order = order[start...].filter { turns[$0.key] == $0.turn }
        start = 0
    }
}
