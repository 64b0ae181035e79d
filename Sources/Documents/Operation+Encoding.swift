// The binary form of an operation, for the journal.

extension Operation {
    /// Appends the binary form.
    ///
    /// The number of splices, then for each: retained · deleted · bytes of text · text (UTF-8), all
    /// numbers in LEB128. A character typed takes six bytes or so.
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendNumber(splices.count)
        for splice in splices {
            bytes.appendNumber(splice.retained)
            bytes.appendNumber(splice.deleted)
            bytes.appendString(splice.inserted)
        }
    }

    /// Reads what `encode` wrote, all of `bytes`; nothing else is accepted, so that an operation has
    /// one form only.
    package init(decoding bytes: Span<UInt8>) throws(FormatError) {
        var cursor = ByteCursor()
        var builder = Builder()
        let count = try cursor.number(bytes)
        for index in 0..<count {
            let start = cursor.offset
            let retained = try cursor.number(bytes)
            let deleted = try cursor.number(bytes)
            let inserted = try cursor.string(bytes)
            guard retained > 0 || index == 0, deleted > 0 || !inserted.isEmpty else {
                throw .notCanonical(at: start)
            }
            do {
                if retained > 0 { try builder.append(.retain(retained)) }
                if !inserted.isEmpty { try builder.append(.insert(inserted)) }
                if deleted > 0 { try builder.append(.delete(deleted)) }
            } catch {
                throw .numberTooLarge(at: start)
            }
        }
        try cursor.end(bytes)
        self = builder.operation
    }
}
