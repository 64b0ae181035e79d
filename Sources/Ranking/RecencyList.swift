// Slots in the order in which they were last in use.

internal import Numerics

/// Tells which of many slots was in use longest ago; all in O(1).
struct RecencyList: Equatable, Sendable {
    private static let none = UInt32.max

    private struct Link: Equatable {
        var older = RecencyList.none
        var newer = RecencyList.none
        var isIn = false
    }

    /// By slot.
    private var links: [Link] = []
    private var newest = none
    private var last = none
    private(set) var count = 0

    /// The slot that was in use longest ago.
    var oldest: Int? { last == Self.none ? nil : Int(last) }

    func contains(_ slot: Int) -> Bool { slot < links.count && links[slot].isIn }

    /// Puts a slot in front, whether it was among them or not.
    mutating func touch(_ slot: Int) {
        guard newest != UInt32(slot) else { return }
        remove(slot)
        while links.count <= slot { links.append(Link()) }
        links[slot] = Link(older: newest, isIn: true)
        if newest == Self.none {
            last = UInt32(slot)
        } else {
            links[Int(newest)].newer = UInt32(slot)
        }
        newest = UInt32(slot)
        count += 1
    }

    /// Takes a slot out, if it is among them.
    mutating func remove(_ slot: Int) {
        guard contains(slot) else { return }
        let link = links[slot]
        if link.newer == Self.none {
            newest = link.older
        } else {
            links[Int(link.newer)].older = link.older
        }
        if link.older == Self.none {
            last = link.newer
        } else {
            links[Int(link.older)].newer = link.newer
        }
        links[slot] = Link()
        count -= 1
    }
}

extension RecencyList {
    func write(to writer: inout StateWriter) {
        var slots: [UInt32] = []
        var slot = last
        while slot != Self.none {
            slots.append(slot)
            slot = links[Int(slot)].newer
        }
        writer.add(slots)
    }

    /// Reads what `write` wrote, of slots below `slotCount`.
    init(_ reader: inout StateReader, slotCount: Int) throws(ArchiveError) {
        for slot in try reader.numbers() {
            try reader.check(slot < slotCount && !contains(Int(slot)))
            touch(Int(slot))
        }
    }
}
