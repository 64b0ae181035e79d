// The blocks of a text: its lines, by names that outlive edits.

/// One line of a text, as it stands now.
package struct Block: Equatable, Sendable {
    package let id: BlockID
    /// Where its text lies, in UTF-16 code units, without the line feed.
    package let range: Range<Int>
}

/// Which blocks an edit touched; the caller may keep one and empty it before each edit.
package struct BlockChanges: Equatable, Sendable {
    /// The blocks whose text is new or another, in the order of the text.
    package internal(set) var changed: [BlockID] = []
    /// The blocks that were there before and are gone.
    package internal(set) var removed: [BlockID] = []

    package init() {}
}

/// Knows where the lines of a text begin and end, and keeps their names under edits.
///
/// There is always a block, if only an empty one; k line feeds make k + 1 blocks. A name goes with
/// the text of its line:
///
/// - An edit inside a line keeps its name.
/// - A line feed at the end of a line begins a new block below, one at the start a new block above.
/// - A line feed in the middle leaves the name with the first part: what follows is mostly what is
///   typed next, and results for the first part stay where they are seen.
/// - Where lines are joined the first name stays, unless nothing is left of the first line and
///   something is of the second. So deleting a whole line leaves the next one its name.
///
/// Names are given in the order of the text and depend on the edits alone, so that the same edits
/// from the same state give the same names.
///
/// Look-ups and edits take O(log n) for each line that begins, ends or goes.
package struct Blocks: Sendable {
    /// A line with its line feed; to the last one, which has none, one is added, so that every
    /// offset up to the end of the text lies in exactly one line.
    struct Line: Measured {
        var id = BlockID(rawValue: 0)
        var size: UInt32 = 0
        var length: Int { Int(size) }
    }

    /// Names are not given beyond this number.
    static let lastID = Int(Int32.max)

    var lines = OrderTree<Line>()
    private var slots: [BlockID: OrderTree<Line>.Slot] = [:]
    /// The number of the next new block.
    package private(set) var nextID: UInt32

    /// The one block of an empty text.
    package init() {
        nextID = 1
        _ = insertLine(length: 0, after: 0)
    }

    /// Takes up blocks with known names, which must differ and be below `nextID`.
    init(_ blocks: [Line], nextID: UInt32) {
        self.nextID = nextID
        lines = OrderTree(blocks)
        slots.reserveCapacity(blocks.count)
        for (index, line) in blocks.enumerated() {
            slots[line.id] = OrderTree<Line>.Slot(index + 1)
        }
    }

    package var count: Int { lines.count }

    /// The block whose line holds `offset`; at the end of the text the last one.
    package func block(at offset: Int) -> Block {
        let (slot, rest) = lines.find(offset)
        return block(in: slot, from: offset - rest)
    }

    /// Where a block lies, without its line feed; nil if it is gone.
    package func range(of id: BlockID) -> Range<Int>? {
        guard let slot = slots[id] else { return nil }
        return block(in: slot, from: lines.start(of: slot)).range
    }

    /// The blocks in order, from the one that holds `offset` on.
    package func blocks(from offset: Int = 0) -> some Sequence<Block> {
        let (slot, rest) = lines.find(offset)
        let first: (slot: OrderTree<Line>.Slot, start: Int)? = (slot, offset - rest)
        return sequence(state: first) { place in
            guard let (slot, start) = place else { return Block?.none }
            let next = lines.next(slot)
            place = next == 0 ? nil : (next, start + lines[slot].length)
            return block(in: slot, from: start)
        }
    }

    private func block(in slot: OrderTree<Line>.Slot, from start: Int) -> Block {
        let line = lines[slot]
        return Block(id: line.id, range: start..<start + line.length - 1)
    }

    /// Follows an edit of the text and writes down what it touched.
    package mutating func apply(_ operation: Operation, recording changes: inout BlockChanges) {
        let firstNew = nextID
        var at = 0
        for splice in operation.splices {
            at += splice.retained
            if splice.deleted > 0 {
                remove(at..<at + splice.deleted, firstNew: firstNew, &changes)
            }
            if splice.insertedLength > 0 {
                insert(splice.inserted, length: splice.insertedLength, at: at, &changes)
            }
            at += splice.insertedLength
        }
    }
}

// MARK: - Edits

extension Blocks {
    private mutating func remove(
        _ range: Range<Int>, firstNew: UInt32, _ changes: inout BlockChanges
    ) {
        let (first, start) = lines.find(range.lowerBound)
        let line = lines[first]
        if start + range.count < line.length {
            resize(first, by: -range.count)
            changes.note(line.id)
            return
        }
        // Whole lines between the two that are joined go first.
        var left = range.count - (line.length - start)
        var last = lines.next(first)
        while left >= lines[last].length {
            left -= lines[last].length
            let gone = last
            last = lines.next(gone)
            removeLine(gone, firstNew: firstNew, &changes)
        }
        let rest = lines[last].length - left
        if start == 0, rest > 1 {
            removeLine(first, firstNew: firstNew, &changes)
            resize(last, by: -left)
            if left > 0 { changes.note(lines[last].id) }
        } else {
            removeLine(last, firstNew: firstNew, &changes)
            resize(first, by: start + rest - line.length)
            if start < line.length - 1 || rest > 1 { changes.note(line.id) }
        }
    }

    private mutating func insert(
        _ text: String, length: Int, at offset: Int, _ changes: inout BlockChanges
    ) {
        let (slot, before) = lines.find(offset)
        let line = lines[slot]
        let feeds = LineFeeds(text, length: length)
        guard let feed = feeds.first else {
            resize(slot, by: length)
            changes.note(line.id)
            return
        }
        if before == 0, line.length > 1 {
            insertAbove(slot, feeds, &changes)
            return
        }
        let isCut = before < line.length - 1
        resize(slot, by: before + feed + 1 - line.length)
        if isCut || feed > 0 { changes.note(line.id) }
        var (above, start) = (slot, feed + 1)
        for end in feeds.positions.dropFirst() {
            above = insertLine(length: end - start, after: above)
            changes.note(lines[above].id)
            start = end + 1
        }
        let below = line.length - 1 - before
        above = insertLine(length: length - start + below, after: above)
        changes.note(lines[above].id)
    }

    /// Inserts at the start of a line that has text: all but the last piece becomes new lines above.
    private mutating func insertAbove(
        _ slot: OrderTree<Line>.Slot, _ feeds: LineFeeds, _ changes: inout BlockChanges
    ) {
        let id = lines[slot].id
        let wasChanged = changes.changed.last == id
        if wasChanged { changes.changed.removeLast() }
        var above = lines.previous(slot)
        var start = 0
        for end in feeds.positions {
            above = insertLine(length: end - start, after: above)
            changes.note(lines[above].id)
            start = end + 1
        }
        resize(slot, by: feeds.length - start)
        if wasChanged || feeds.length > start { changes.note(id) }
    }

    private mutating func resize(_ slot: OrderTree<Line>.Slot, by growth: Int) {
        var line = lines[slot]
        line.size = UInt32(line.length + growth)
        lines[slot] = line
    }

    /// Begins a block of `length` units without its line feed.
    private mutating func insertLine(
        length: Int, after slot: OrderTree<Line>.Slot
    ) -> OrderTree<Line>.Slot {
        let id = BlockID(rawValue: nextID)
        nextID += 1
        let new = lines.insert(Line(id: id, size: UInt32(length + 1)), after: slot)
        slots[id] = new
        return new
    }

    private mutating func removeLine(
        _ slot: OrderTree<Line>.Slot, firstNew: UInt32, _ changes: inout BlockChanges
    ) {
        let id = lines[slot].id
        lines.remove(slot)
        slots[id] = nil
        if changes.changed.last == id { changes.changed.removeLast() }
        if id.rawValue < firstNew { changes.removed.append(id) }
    }
}

extension BlockChanges {
    /// Notes a block once: splices go through the text in order, so that it can only be the last.
    fileprivate mutating func note(_ id: BlockID) {
        if changed.last != id { changed.append(id) }
    }
}

/// Where the line feeds of an inserted text stand.
private struct LineFeeds {
    let length: Int
    private(set) var positions: [Int] = []

    init(_ text: String, length: Int) {
        self.length = length
        let bytes = text.utf8.span
        var unit = 0
        for i in bytes.indices {
            let byte = bytes[i]
            if byte == UInt8(ascii: "\n") { positions.append(unit) }
            unit += (byte & 0xC0 == 0x80 ? 0 : 1) + (byte >= 0xF0 ? 1 : 0)
        }
    }

    var first: Int? { positions.first }
}
