// What is taken of a document to be read in one turn.

internal import Documents
internal import Reactor
internal import Wire

extension Shard {
    /// Blocks taken to be read, and what else the message about them says.
    struct Slice {
        var locations: [BlockLocation] = []
        var texts: [Range<Int>] = []
        /// Why each is read.
        var causes: [Pending.Cause] = []
        /// Those that are read as they were: nobody asked.
        var again: Set<BlockID> = []
        var bytes: [UInt8] = []
        /// All that are gone or blank, and those of them that had an answer.
        var gone: [BlockID] = []
        var removed: [BlockID] = []
        var since: Instant
        var left = 0
        /// Whether a message is owed for it, even if nothing is new.
        var isOwed = true
        /// Whether the next blocks are of what was left for when there is time.
        var isAnew: Bool

        /// Whether a block was taken already.
        func holds(_ block: BlockID) -> Bool {
            locations.contains { $0.block == block } || gone.contains(block)
        }

        init(since: Instant, isAnew: Bool) {
            self.since = since
            self.isAnew = isAnew
        }

        init(_ batch: Reading.Batch) {
            isAnew = false
            again = batch.again
            removed = batch.removed
            since = batch.since
            left = batch.left
            isOwed = batch.isOwed
        }
    }

    /// Takes the blocks whose turn it is, with their texts; blank ones count as removed.
    func filled(
        _ slice: Slice, _ token: SlabToken, _ reading: Int, most: Int = ReadingTurn.limit
    ) -> Slice {
        var slice = slice
        take(most, into: &slice, token, reading)
        finish(&slice, token, reading)
        return slice
    }

    /// Adds up to so many blocks whose turn it is.
    func take(_ limit: Int, into slice: inout Slice, _ token: SlabToken, _ reading: Int) {
        let blocks = documents[token].readings[reading].take(limit, anew: slice.isAnew)
        for (block, cause) in blocks where !slice.holds(block) {
            let start = slice.bytes.count
            guard let range = documents[token].appendText(of: block, to: &slice.bytes) else {
                continue
            }
            let text = start..<slice.bytes.count
            if slice.bytes[text].allSatisfy(Self.isBlank) {
                slice.gone.append(block)
            } else {
                slice.locations.append(BlockLocation(block: block, range: range))
                slice.texts.append(text)
                slice.causes.append(cause)
                if cause == .again { slice.again.insert(block) }
            }
        }
    }

    /// Adds what is gone, and says what is left.
    func finish(_ slice: inout Slice, _ token: SlabToken, _ reading: Int) {
        slice.left = documents[token].readings[reading].pending.count
        slice.isOwed = documents[token].readings[reading].pending.isOwed
        slice.gone += documents[token].readings[reading].pending.takeRemoved()
        if slice.left == 0 { documents[token].readings[reading].pending.settle() }
        slice.removed = slice.gone.filter { documents[token].readings[reading].forget($0) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
