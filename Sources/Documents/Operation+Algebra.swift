// How operations follow one another, and how they pass each other.

extension Operation {
    /// Which of two concurrent operations this one is.
    package enum Place: Sendable {
        case earlier, later
    }

    /// One operation that does this one and then `next`, which fits the text after this one.
    ///
    /// The law: `compose` is associative, and applying the composition equals applying both.
    package func composed(with next: Operation) -> Operation {
        var result = Builder()
        var first = Cursor(self)
        var second = Cursor(next)
        while !first.isAtEnd || !second.isAtEnd {
            if second.kind == .insert {
                let (text, length) = second.takeInsert(second.left)
                result.insert(text, length: length)
            } else if first.kind == .delete {
                result.delete(first.left)
                first.skip(first.left)
            } else {
                let count = min(first.left, second.left)
                let isKept = second.kind == .retain
                second.skip(count)
                if first.kind == .insert {
                    let (text, length) = first.takeInsert(count)
                    if isKept { result.insert(text, length: length) }
                } else {
                    first.skip(count)
                    if isKept { result.retain(count) } else { result.delete(count) }
                }
            }
        }
        return result.operation
    }

    /// This operation as it reads on the text after `other`, which was made on the same text.
    ///
    /// `place` says which of the two is committed later: where two inserts meet, the later one stands
    /// to the left. The law, for `a` committed before `b`:
    ///
    ///     a, then b.transformed(over: a, as: .later)  ==  b, then a.transformed(over: b, as: .earlier)
    package func transformed(over other: Operation, as place: Place) -> Operation {
        var result = Builder()
        var mine = Cursor(self)
        var theirs = Cursor(other)
        while !mine.isAtEnd {
            if mine.kind == .insert, place == .later || theirs.kind != .insert {
                let (text, length) = mine.takeInsert(mine.left)
                result.insert(text, length: length)
            } else if theirs.kind == .insert {
                result.retain(theirs.left)
                theirs.skip(theirs.left)
            } else {
                let count = min(mine.left, theirs.left)
                if theirs.kind == .retain {
                    if mine.kind == .retain { result.retain(count) } else { result.delete(count) }
                }
                mine.skip(count)
                theirs.skip(count)
            }
        }
        return result.operation
    }

    /// Where `offset` lies after this operation; order is kept.
    ///
    /// At an insertion it stays to the left of the new text, or goes to its right if `sticksRight`;
    /// inside a deletion it goes to the place of the deletion.
    package func moved(_ offset: Int, sticksRight: Bool = false) -> Int {
        var (before, after) = (0, 0)
        for splice in splices {
            before += splice.retained
            after += splice.retained
            if before > offset { return offset - before + after }
            let isPassed = before < offset || sticksRight
            if !isPassed { return after }
            after += splice.insertedLength
            before += splice.deleted
            if before > offset { return after }
        }
        return offset - before + after
    }
}

/// Reads an operation in pieces of any length; past its end there is an endless retain.
private struct Cursor {
    enum Kind { case retain, insert, delete }

    private let splices: Operation.Splices
    private var index = 0
    /// What is left of the splice at `index`.
    private var splice = Operation.Splice(retained: .max)

    init(_ operation: Operation) {
        splices = operation.splices
        if !splices.isEmpty { splice = splices[0] }
    }

    var isAtEnd: Bool { index == splices.count }

    var kind: Kind {
        splice.retained > 0 ? .retain : splice.insertedLength > 0 ? .insert : .delete
    }

    /// How much is left of the component.
    var left: Int {
        switch kind {
        case .retain: splice.retained
        case .insert: splice.insertedLength
        case .delete: splice.deleted
        }
    }

    mutating func skip(_ count: Int) {
        switch kind {
        case .retain: splice.retained -= count
        case .insert: _ = takeInsert(count)
        case .delete: splice.deleted -= count
        }
        advance()
    }

    /// Takes the first `count` units of an insert.
    mutating func takeInsert(_ count: Int) -> (String, Int) {
        let text = splice.inserted
        guard count < splice.insertedLength else {
            splice.insertedLength = 0
            splice.inserted = ""
            advance()
            return (text, count)
        }
        let cut = text.utf16.index(text.startIndex, offsetBy: count)
        splice.inserted = String(text[cut...])
        splice.insertedLength -= count
        return (String(text[..<cut]), count)
    }

    private mutating func advance() {
        guard splice.retained == 0, splice.insertedLength == 0, splice.deleted == 0 else { return }
        index += 1
        splice = index < splices.count ? splices[index] : Operation.Splice(retained: .max)
    }
}
