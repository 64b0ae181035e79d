// The items that events have named.

internal import Numerics

/// Gives items slots; those that have no fields are strays, and are forgotten in the order in which they were
/// last counted.
struct ItemSlots: Sendable {
    private var slots: [String: Int] = [:]
    /// By slot.
    private var ids: [String] = []
    /// By slot: what stands for the item as long as it is known; no other ever has the same.
    private(set) var numbers: [UInt32] = []
    private var nextNumber: UInt32 = 0
    private var vacant: [Int] = []
    private var strays = RecencyList()

    subscript(id: String) -> Int? { slots[id] }

    /// One more than the highest slot that was ever in use.
    var slotCount: Int { ids.count }

    var strayCount: Int { strays.count }

    /// The slot of an item that has fields.
    mutating func describe(_ id: String) -> Int {
        let slot = slots[id] ?? add(id)
        strays.remove(slot)
        return slot
    }

    /// The slot of an item that is counted.
    mutating func name(_ id: String) -> Int {
        guard let slot = slots[id] else {
            let slot = add(id)
            strays.touch(slot)
            return slot
        }
        if strays.contains(slot) { strays.touch(slot) }
        return slot
    }

    /// Makes an item a stray.
    mutating func stray(_ slot: Int) { strays.touch(slot) }

    /// Forgets the stray that was counted longest ago; gives the slot it had.
    mutating func forgetStray() -> Int? {
        guard let slot = strays.oldest else { return nil }
        strays.remove(slot)
        slots[ids[slot]] = nil
        ids[slot] = ""
        vacant.append(slot)
        return slot
    }

    private mutating func add(_ id: String) -> Int {
        let slot = vacant.popLast() ?? ids.count
        if slot == ids.count {
            ids.append(id)
            numbers.append(0)
        }
        (ids[slot], numbers[slot]) = (id, nextNumber)
        slots[id] = slot
        nextNumber += 1
        return slot
    }
}

extension ItemSlots {
    func write(to writer: inout StateWriter) {
        writer.add(ids)
        writer.add(numbers)
        writer.add(UInt64(nextNumber))
        writer.add(vacant.map { UInt32($0) })
        strays.write(to: &writer)
    }

    /// Reads what `write` wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        ids = try reader.strings()
        numbers = try reader.numbers()
        nextNumber = UInt32(truncatingIfNeeded: try reader.number())
        vacant = try reader.numbers().map(Int.init)
        strays = try RecencyList(&reader, slotCount: ids.count)
        let isFree = Set(vacant)
        slots = [:]
        for (slot, id) in ids.enumerated() where !isFree.contains(slot) { slots[id] = slot }
        try reader.check(numbers.count == ids.count && vacant.allSatisfy { $0 < ids.count })
        try reader.check(isFree.count == vacant.count && slots.count + vacant.count == ids.count)
    }
}
