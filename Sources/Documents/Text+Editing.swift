// Insertion into a text and removal from it.

extension Text {
    /// Puts `string` in place of a range.
    package mutating func replace(_ range: Range<Int>, with string: String) {
        precondition(range.lowerBound >= 0 && range.upperBound <= length)
        if !range.isEmpty { remove(range) }
        let bytes = string.utf8.span
        if bytes.count > 0 { insert(bytes, at: range.lowerBound) }
    }

    /// Whether an operation stays within the text and splits no surrogate pair.
    package func fits(_ operation: Operation) -> Bool { firstMisfit(of: operation) == nil }

    /// The first place of an operation that lies outside the text or within a surrogate pair.
    func firstMisfit(of operation: Operation) -> Int? {
        var at = 0
        for splice in operation.splices {
            at += splice.retained
            guard isBoundary(at) else { return at }
            at += splice.deleted
            guard splice.deleted == 0 || isBoundary(at) else { return at }
        }
        return nil
    }

    /// Carries out an operation, which must fit.
    package mutating func apply(_ operation: Operation) {
        var at = 0
        for splice in operation.splices {
            at += splice.retained
            replace(at..<at + splice.deleted, with: splice.inserted)
            at += splice.insertedLength
        }
    }

    private mutating func insert(_ bytes: Span<UInt8>, at offset: Int) {
        utf8Count += bytes.count
        var slot = chunks.first
        var at = 0
        if offset > 0 {
            // The chunk that ends at the place, if one does, so that typing at the end fills it.
            let (found, before) = chunks.find(offset - 1)
            slot = found
            at = byteOffset(of: before + 1, in: slot)
        }
        if slot != 0, Int(chunks[slot].bytes) + bytes.count <= Text.pageSize {
            insertShort(bytes, slot: slot, at: at)
        } else {
            insertLong(bytes, slot: slot, at: at)
            mergeSmall(at: offset)
            mergeSmall(at: offset + unitCount(bytes, 0..<bytes.count))
        }
    }

    /// Inserts what has room in the page.
    private mutating func insertShort(_ bytes: Span<UInt8>, slot: OrderTree<Chunk>.Slot, at: Int) {
        var chunk = chunks[slot]
        let page = Text.page(slot)
        let end = page + Int(chunk.bytes)
        growPages(to: end + bytes.count)
        move(page + at..<end, to: page + at + bytes.count)
        var output = pages.mutableSpan
        for i in bytes.indices { output[page + at + i] = bytes[i] }
        chunk.bytes += UInt16(bytes.count)
        chunk.units += UInt16(unitCount(bytes, 0..<bytes.count))
        chunks[slot] = chunk
    }

    /// Splits the chunk at the place, fills the first half and as many new pages as it takes.
    private mutating func insertLong(_ bytes: Span<UInt8>, slot: OrderTree<Chunk>.Slot, at: Int) {
        var slot = slot
        if slot != 0, at < Int(chunks[slot].bytes) { split(slot, at: at) }
        var start = 0
        if slot != 0 {
            let room = Text.pageSize - Int(chunks[slot].bytes)
            let piece = Text.piece(of: bytes, from: start, room: room)
            write(bytes, from: start, piece, slot: slot)
            start += Int(piece.bytes)
        }
        while start < bytes.count {
            slot = chunks.insert(Chunk(), after: slot)
            let piece = Text.piece(of: bytes, from: start, room: Text.pageSize)
            write(bytes, from: start, piece, slot: slot)
            start += Int(piece.bytes)
        }
    }

    /// Moves the bytes of a chunk from `at` on to a new chunk behind it.
    private mutating func split(_ slot: OrderTree<Chunk>.Slot, at: Int) {
        var chunk = chunks[slot]
        let from = Text.page(slot) + at
        let count = Int(chunk.bytes) - at
        let units = unitCount(pages.span, from..<from + count)
        let new = chunks.insert(
            Chunk(units: UInt16(units), bytes: UInt16(count)), after: slot)
        let page = Text.page(new)
        growPages(to: page + count)
        move(from..<from + count, to: page)
        chunk.bytes -= UInt16(count)
        chunk.units -= UInt16(units)
        chunks[slot] = chunk
    }

    /// Appends a piece of `bytes` to a chunk, which has room.
    private mutating func write(
        _ bytes: Span<UInt8>, from start: Int, _ piece: Chunk, slot: OrderTree<Chunk>.Slot
    ) {
        var chunk = chunks[slot]
        let end = Text.page(slot) + Int(chunk.bytes)
        growPages(to: end + Int(piece.bytes))
        var output = pages.mutableSpan
        for i in 0..<Int(piece.bytes) { output[end + i] = bytes[start + i] }
        chunk.bytes += piece.bytes
        chunk.units += piece.units
        chunks[slot] = chunk
    }

    private mutating func remove(_ range: Range<Int>) {
        let (slot, offset) = chunks.find(range.lowerBound)
        let units = Int(chunks[slot].units)
        if offset + range.count <= units, range.count < units {
            cut(offset..<offset + range.count, from: slot)
            mergeIfSmall(slot)
        } else {
            removeAcross(range.count, slot: slot, offset: offset)
            mergeSmall(at: range.lowerBound)
        }
    }

    private mutating func removeAcross(
        _ count: Int, slot: OrderTree<Chunk>.Slot, offset: Int
    ) {
        var (left, slot, offset) = (count, slot, offset)
        while left > 0 {
            let next = chunks.next(slot)
            let units = Int(chunks[slot].units)
            let end = min(offset + left, units)
            if end - offset == units {
                utf8Count -= Int(chunks[slot].bytes)
                chunks.remove(slot)
            } else {
                cut(offset..<end, from: slot)
            }
            left -= end - offset
            offset = 0
            slot = next
        }
    }

    private mutating func cut(_ range: Range<Int>, from slot: OrderTree<Chunk>.Slot) {
        var chunk = chunks[slot]
        let page = Text.page(slot)
        let from = byteOffset(of: range.lowerBound, in: slot)
        let to = byteOffset(of: range.upperBound, in: slot)
        move(page + to..<page + Int(chunk.bytes), to: page + from)
        utf8Count -= to - from
        chunk.bytes -= UInt16(to - from)
        chunk.units -= UInt16(range.count)
        chunks[slot] = chunk
    }

    /// Joins the chunks on both sides of a place with their neighbours where they are small.
    private mutating func mergeSmall(at offset: Int) {
        if offset > 0 { mergeIfSmall(chunks.find(offset - 1).slot) }
        if offset < length { mergeIfSmall(chunks.find(offset).slot) }
    }

    /// Joins a chunk with either neighbour if half a page holds both.
    private mutating func mergeIfSmall(_ slot: OrderTree<Chunk>.Slot) {
        guard Int(chunks[slot].bytes) <= Text.pageSize / 2 else { return }
        let next = chunks.next(slot)
        if next != 0 { mergeIfSmall(slot, next) }
        let previous = chunks.previous(slot)
        if previous != 0 { mergeIfSmall(previous, slot) }
    }

    private mutating func mergeIfSmall(
        _ first: OrderTree<Chunk>.Slot, _ second: OrderTree<Chunk>.Slot
    ) {
        var chunk = chunks[first]
        let other = chunks[second]
        guard chunk.bytes + other.bytes <= Text.pageSize / 2 else { return }
        let end = Text.page(first) + Int(chunk.bytes)
        let page = Text.page(second)
        growPages(to: end + Int(other.bytes))
        move(page..<page + Int(other.bytes), to: end)
        chunk.bytes += other.bytes
        chunk.units += other.units
        chunks.remove(second)
        chunks[first] = chunk
    }
}

extension Text {
    /// The longest piece from `start` on that has `room` and ends between scalars.
    static func piece(of bytes: Span<UInt8>, from start: Int, room: Int) -> Chunk {
        var end = min(start + room, bytes.count)
        while end > start, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Chunk(
            units: UInt16(unitCount(bytes, start..<end)), bytes: UInt16(end - start))
    }

    /// The last page is only as long as its chunk was at its longest: most documents are small.
    private mutating func growPages(to end: Int) {
        guard pages.count < end else { return }
        pages.append(contentsOf: repeatElement(0, count: end - pages.count))
    }

    private mutating func move(_ range: Range<Int>, to target: Int) {
        guard !range.isEmpty else { return }
        // The one way to reach memmove, which a loop over spans is ten times slower than.
        pages.withUnsafeMutableBytes { pages in
            let target = UnsafeMutableRawBufferPointer(rebasing: pages[target...])
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: pages[range]))
        }
    }
}

/// The UTF-16 code units of a range of UTF-8 bytes that begins and ends between scalars.
func unitCount(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var units = 0
    for i in range {
        let byte = bytes[i]
        units += (byte & 0xC0 == 0x80 ? 0 : 1) + (byte >= 0xF0 ? 1 : 0)
    }
    return units
}
