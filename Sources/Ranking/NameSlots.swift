// Names in numbered slots, as many as there is room for.

internal import Numerics

/// Gives names slots, and keeps those that were used last.
///
/// Bound: beyond `capacity` a new name takes the slot of the one that was used longest ago.
struct NameSlots: Equatable, Sendable {
    private let capacity: Int
    private var slots: [String: Int] = [:]
    /// By slot.
    private var names: [String] = []
    private var vacant: [Int] = []
    private var recency = RecencyList()

    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    var count: Int { slots.count }

    /// One more than the highest slot that was ever in use.
    var slotCount: Int { names.count }

    subscript(name: String) -> Int? { slots[name] }

    /// Gives the slot of a name and makes it the one that was used last; a new one's may still hold what
    /// belonged to another.
    mutating func use(_ name: String) -> (slot: Int, isNew: Bool) {
        if let slot = slots[name] {
            recency.touch(slot)
            return (slot, false)
        }
        if slots.count == capacity { _ = forgetOldest() }
        let slot = vacant.popLast() ?? names.count
        if slot == names.count { names.append(name) } else { names[slot] = name }
        slots[name] = slot
        recency.touch(slot)
        return (slot, true)
    }

    /// Forgets the name that was used longest ago; gives the slot it had.
    mutating func forgetOldest() -> Int? {
        guard let slot = recency.oldest else { return nil }
        slots[names[slot]] = nil
        names[slot] = ""
        recency.remove(slot)
        vacant.append(slot)
        return slot
    }
}

extension NameSlots {
    func write(to writer: inout StateWriter) {
        writer.add(names)
        writer.add(vacant.map { UInt32($0) })
        recency.write(to: &writer)
    }

    /// Reads what `write` wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        names = try reader.strings()
        vacant = try reader.numbers().map(Int.init)
        recency = try RecencyList(&reader, slotCount: names.count)
        let isFree = Set(vacant)
        slots = [:]
        for (slot, name) in names.enumerated() where !isFree.contains(slot) { slots[name] = slot }
        try reader.check(vacant.allSatisfy { $0 < names.count })
        try reader.check(slots.count == recency.count && slots.count <= capacity)
        try reader.check(slots.count + isFree.count == names.count && isFree.count == vacant.count)
    }
}
