// The text of a block at a revision that may lie behind.

internal import Documents
internal import Journal

extension Document {
    /// The text of a block as it stands, or what is read of the document as a whole; `nil` if there is no
    /// such block.
    func text(of block: BlockID) -> String? {
        if block == .whole { return String(decoding: beginning, as: UTF8.self) }
        guard let range = blocks.range(of: block) else { return nil }
        var bytes: [UInt8] = []
        text.append(range, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whole blocks from the start on, as many as begin within 1,024 bytes, each with its line feed.
    ///
    /// That bounds the time for a key: 4 n-grams a byte, some 10 ns each.
    var beginning: [UInt8] {
        var bytes: [UInt8] = []
        for block in blocks.blocks() {
            if let range = blocks.range(of: block.id) { text.append(range, to: &bytes) }
            bytes.append(UInt8(ascii: "\n"))
            if bytes.count >= 1024 { break }
        }
        return bytes
    }

    /// The text that a block had at a revision, where no edit since has come near it.
    ///
    /// `nil` does not say that it changed: it was touched, is gone, or the edits are not kept any more.
    func untouchedText(of block: BlockID, since revision: Int) -> String? {
        guard let edits = edits(since: revision) else { return nil }
        if edits.isEmpty { return text(of: block) }
        guard var range = blocks.range(of: block) else { return nil }
        for edit in edits.reversed() {
            guard let before = edit.operation.origin(of: range) else { return nil }
            range = before
        }
        return text(of: block)
    }
}

extension Operation {
    /// Where a range of the text lay before, if nothing happened in it or at its borders.
    fileprivate func origin(of range: Range<Int>) -> Range<Int>? {
        var place = 0
        var growth = 0
        for splice in splices {
            place += splice.retained
            if place > range.upperBound { break }
            place += splice.insertedLength
            if place >= range.lowerBound { return nil }
            growth += splice.insertedLength - splice.deleted
        }
        return range.lowerBound - growth..<range.upperBound - growth
    }
}

extension StoredDocument {
    /// The text that a block had at a revision; `nil` if it had none, or it is too long ago.
    ///
    /// What lies before the snapshot is known only where it has not changed since.
    func text(
        of block: BlockID, at revision: Int, limits: DocumentLimits
    ) throws(StoredDocumentError) -> String? {
        guard revision <= self.revision else { return nil }
        guard revision >= snapshot?.revision ?? 0 else {
            return try Document(self, epoch: 0, limits: limits)
                .untouchedText(of: block, since: revision)
        }
        let then = StoredDocument(
            snapshot: snapshot, edits: Array(edits.prefix { $0.revision <= revision }))
        return try Document(then, epoch: 0, limits: limits).text(of: block)
    }
}
