// Items that the same people choose.

/// Counts for an action which pairs of items the same users did it with.
///
/// Of a user the latest items count, up to `memory`; each item once.
struct SharedChoices: Sendable {
    private static let memory = 64

    let action: Action
    /// By user: the items, the oldest first.
    private var histories: [[UInt32]] = []
    /// By item: how many users there are.
    private var userCounts: [Double] = []
    /// By item: the others with how many users did it with both.
    private var others: [[(item: UInt32, count: Double)]] = []
    /// Where in `others` of the first item of a pair the second stands.
    private var places: [UInt64: UInt32] = [:]

    init(_ action: Action) {
        self.action = action
    }

    /// Counts that a user did it with an item; only the first time has an effect while it is remembered.
    mutating func count(item: Int, user: Int) {
        while histories.count <= user { histories.append([]) }
        while userCounts.count <= item {
            userCounts.append(0)
            others.append([])
        }
        let slot = UInt32(item)
        guard !histories[user].contains(slot) else { return }
        userCounts[item] += 1
        for earlier in histories[user] {
            countPair(earlier, slot)
            countPair(slot, earlier)
        }
        if histories[user].count == Self.memory { histories[user].removeFirst() }
        histories[user].append(slot)
    }

    private mutating func countPair(_ first: UInt32, _ second: UInt32) {
        let key = UInt64(first) << 32 | UInt64(second)
        if let place = places[key] {
            others[Int(first)][Int(place)].count += 1
        } else {
            places[key] = UInt32(others[Int(first)].count)
            others[Int(first)].append((second, 1))
        }
    }

    /// Whether something is known of the user.
    func knows(_ user: Int) -> Bool {
        user >= 0 && user < histories.count && !histories[user].isEmpty
    }

    /// Adds to each item how much it goes with those of the user: the mean of its likenesses to them.
    ///
    /// The likeness of a and b is both / √((a + strength) (b + strength)), in numbers of users: a cosine,
    /// smaller where few are known. `weights` has shape (items,), with room for all.
    ///
    /// Source: Sarwar et al., "Item-based collaborative filtering recommendation algorithms", WWW 2001; the
    /// strength is shrinkage as in Bell and Koren, 2007.
    func addLikenesses(of user: Int, strength: Double, to weights: inout [Double]) {
        forEachOther(of: user) { own, item, count in
            let product = (own + strength) * (userCounts[Int(item)] + strength)
            weights[Int(item)] += count / product.squareRoot() / Double(histories[user].count)
        }
    }

    /// Sets what `addLikenesses` added to 0.
    func clear(_ weights: inout [Double], of user: Int) {
        forEachOther(of: user) { _, item, _ in weights[Int(item)] = 0 }
    }

    private func forEachOther(
        of user: Int, _ body: (_ ownCount: Double, _ item: UInt32, _ count: Double) -> Void
    ) {
        for own in histories[user] {
            let count = userCounts[Int(own)]
            for other in others[Int(own)] { body(count, other.item, other.count) }
        }
    }
}
