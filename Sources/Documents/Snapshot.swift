// A document at one revision, without its history.

/// All that is needed to go on with a document: a value that may be encoded elsewhere.
///
/// The binary form, version 1, all numbers as LEB128 if not stated otherwise:
///
///     "HDOC" · version · epoch (8 bytes, little-endian) · revision
///     · bytes of text · text (UTF-8)
///     · next block number · the blocks' numbers in order, each as zigzag difference to the one before
///     · sessions · for each: name (16 bytes, little-endian) · sequence · revision
///
/// There are as many blocks as the text has lines, so they are not counted. Sessions stand in the
/// order of their revisions: equal snapshots have equal bytes.
package struct Snapshot: Sendable {
    package let epoch: UInt64
    package let revision: Int
    package let text: Text
    package let blocks: Blocks
    let sessions: Sessions

    private static let magic = Array("HDOC".utf8)
    private static let version: UInt8 = 1

    init(epoch: UInt64, revision: Int, text: Text, blocks: Blocks, sessions: Sessions) {
        self.epoch = epoch
        self.revision = revision
        self.text = text
        self.blocks = blocks
        self.sessions = sessions
    }

    /// Appends the binary form.
    package func encode(into bytes: inout [UInt8]) {
        bytes += Snapshot.magic
        bytes.append(Snapshot.version)
        bytes.appendFixed(epoch)
        bytes.appendNumber(revision)
        bytes.appendNumber(text.utf8Count)
        text.append(0..<text.length, to: &bytes)
        bytes.appendNumber(Int(blocks.nextID))
        var before = 0
        for block in blocks.blocks() {
            bytes.appendDifference(Int(block.id.rawValue) - before)
            before = Int(block.id.rawValue)
        }
        bytes.appendNumber(sessions.last.count)
        for (session, last) in sessions.last.sorted(by: { $0.value.revision < $1.value.revision }) {
            bytes.appendFixed(session.rawValue)
            bytes.appendNumber(last.sequence)
            bytes.appendNumber(last.revision)
        }
    }

    /// Reads the binary form, all of `bytes`.
    package init(decoding bytes: Span<UInt8>) throws(FormatError) {
        var cursor = ByteCursor()
        for byte in Snapshot.magic {
            guard try cursor.byte(bytes) == byte else { throw .notASnapshot }
        }
        let version = try cursor.byte(bytes)
        guard version == Snapshot.version else { throw .unknownVersion(version) }
        epoch = try cursor.fixed(bytes)
        revision = try cursor.number(bytes)
        let string = try cursor.string(bytes)
        guard string.utf8.count < Operation.Builder.longest else {
            throw .numberTooLarge(at: cursor.offset)
        }
        text = Text(string)
        blocks = try Blocks(decoding: bytes, &cursor, of: string)
        sessions = try Sessions(decoding: bytes, &cursor, upTo: revision)
        try cursor.end(bytes)
    }
}

extension Snapshot: Equatable {
    package static func == (left: Snapshot, right: Snapshot) -> Bool {
        left.epoch == right.epoch && left.revision == right.revision && left.text == right.text
            && left.blocks == right.blocks && left.sessions == right.sessions
    }
}

extension Blocks: Equatable {
    /// Compares names and places, not the trees.
    package static func == (left: Blocks, right: Blocks) -> Bool {
        left.nextID == right.nextID && left.count == right.count
            && left.blocks().elementsEqual(right.blocks())
    }
}

extension Blocks {
    /// Reads the names of the lines of `text`.
    fileprivate init(
        decoding bytes: Span<UInt8>, _ cursor: inout ByteCursor, of text: String
    ) throws(FormatError) {
        let nextID = try cursor.number(bytes)
        guard nextID <= Blocks.lastID else { throw .numberTooLarge(at: cursor.offset) }
        var lines: [Line] = []
        var seen: Set<BlockID> = []
        var number = 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        {
            let (sum, isOver) = number.addingReportingOverflow(try cursor.difference(bytes))
            number = sum
            guard !isOver, number > 0, number < nextID else { throw .badBlock(at: cursor.offset) }
            let id = BlockID(rawValue: UInt32(number))
            guard seen.insert(id).inserted else { throw .badBlock(at: cursor.offset) }
            let length = Substring(line).utf16.count
            lines.append(Line(id: id, size: UInt32(length + 1)))
        }
        self.init(lines, nextID: UInt32(nextID))
    }
}

extension Sessions {
    fileprivate init(
        decoding bytes: Span<UInt8>, _ cursor: inout ByteCursor, upTo revision: Int
    ) throws(FormatError) {
        var last: [SessionID: LastEdit] = [:]
        var before = 0
        for _ in 0..<(try cursor.number(bytes)) {
            let session = SessionID(rawValue: try cursor.fixed(bytes))
            let edit = LastEdit(
                sequence: try cursor.number(bytes), revision: try cursor.number(bytes))
            guard edit.sequence > 0, edit.revision > before, edit.revision <= revision,
                last.updateValue(edit, forKey: session) == nil
            else { throw .badSession(at: cursor.offset) }
            before = edit.revision
        }
        self.init(last)
    }
}
