// Slots sorted by something that seldom changes.

/// Keeps slots in an order that the caller knows: four bytes an item, however long its key.
///
/// - Complexity: O(log n) comparisons and a move of memory for each change; reading the first k
///   costs k.
struct SlotOrder: Equatable, Sendable {
    private var slots: [UInt32] = []

    init() {}

    /// Brings slots into an order, which is strict.
    init(_ slots: [Int], by precedes: (Int, Int) -> Bool) {
        self.slots = slots.sorted(by: precedes).map { UInt32($0) }
    }

    /// The first slots of the order.
    func first(_ count: Int) -> some Sequence<Int> {
        slots.prefix(count).lazy.map(Int.init)
    }

    /// Puts a slot in its place; `precedes` is a strict order of all slots here.
    mutating func insert(_ slot: Int, by precedes: (Int, Int) -> Bool) {
        slots.insert(UInt32(slot), at: place(of: slot, precedes))
    }

    /// Takes a slot out, while `precedes` still gives the order that it was inserted by.
    mutating func remove(_ slot: Int, by precedes: (Int, Int) -> Bool) {
        let place = place(of: slot, precedes)
        precondition(place < slots.count && slots[place] == slot)
        slots.remove(at: place)
    }

    private func place(of slot: Int, _ precedes: (Int, Int) -> Bool) -> Int {
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(Int(slots[middle]), slot) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
