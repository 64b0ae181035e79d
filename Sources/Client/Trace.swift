// Recorded editing: what people really typed, key by key.

package import Documents
internal import Glibc
internal import JSON

/// An editing trace in the format of github.com/josephg/editing-traces.
///
/// A sequential trace is one agent's, where each transaction follows the one before; a concurrent one
/// has several agents, whose transactions fit the merge of their parents.
package struct Trace: Equatable, Sendable {
    /// Some patches that were made at once.
    package struct Transaction: Equatable, Sendable {
        package var agent: Int
        /// The transactions that this one follows, by number.
        package var parents: [Int]
        /// Each fits the text after the one before; the offsets count units of UTF-16, which no
        /// published trace differs from code points in.
        package var patches: [Operation]
        /// When it was made, in milliseconds since 1970; many traces have no real times.
        package var time = 0

        /// All patches as one operation.
        package var operation: Operation {
            patches.dropFirst().reduce(patches.first ?? Operation()) { $0.composed(with: $1) }
        }
    }

    package private(set) var transactions: [Transaction] = []
    package private(set) var agents = 1
    /// The text after all transactions.
    package private(set) var endContent = ""

    /// The number of patches, which published figures count as edits.
    package var patchCount: Int { transactions.reduce(0) { $0 + $1.patches.count } }

    /// Reads the JSON text of a trace.
    package init(parsing bytes: [UInt8]) throws(TraceError) {
        do {
            var reader = JSONReader(bytes.span)
            try read(&reader)
            try reader.finish()
        } catch {
            throw .invalidJSON(offset: error.offset)
        }
    }

    /// Reads a trace as it is published, packed with gzip.
    package init(gzip bytes: [UInt8]) throws(TraceError) {
        let text: [UInt8]
        do { text = try gunzip(bytes) } catch { throw .notGzip(error) }
        try self.init(parsing: text)
    }

    /// Reads a file as it is published.
    package init(path: String) throws(TraceError) {
        guard let file = fopen(path, "rb") else { throw .unreadable(path: path, code: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<count])
        }
        guard ferror(file) == 0 else { throw .unreadable(path: path, code: errno) }
        try self.init(gzip: bytes)
    }

    /// The transactions as edits for a document, in their order: each with its base revision.
    ///
    /// Committed in this order to an empty document they make `endContent`.
    package func edits() throws(TraceError) -> [TraceEdit] {
        guard agents > 0, agents <= transactions.count + 1 else { throw .badTransaction(number: 0) }
        var order = CausalOrder(agents: agents)
        var edits: [TraceEdit] = []
        edits.reserveCapacity(transactions.count)
        for (number, transaction) in transactions.enumerated() {
            do {
                let (base, operation) = try order.append(
                    transaction.operation, agent: transaction.agent, parents: transaction.parents)
                edits.append(
                    TraceEdit(agent: transaction.agent, base: base, operation: operation))
            } catch {
                throw .badTransaction(number: number)
            }
        }
        return edits
    }
}

/// What a client that plays a trace sends.
package struct TraceEdit: Equatable, Sendable {
    package let agent: Int
    package let base: Int
    package let operation: Operation
}

/// Why a file is no trace.
package enum TraceError: Error, Equatable {
    /// The code is the system's `errno`.
    case unreadable(path: String, code: Int32)
    case notGzip(GunzipError)
    case invalidJSON(offset: Int)
    /// A transaction whose parents, agent or patches cannot be.
    case badTransaction(number: Int)
}

// MARK: - Reading

extension Trace {
    private mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        var isConcurrent = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "kind": isConcurrent = try reader.string() == "concurrent"
            case "numAgents": agents = try reader.integer()
            case "endContent": endContent = try reader.string()
            case "txns":
                try reader.beginArray()
                while try reader.nextElement() { transactions.append(try transaction(&reader)) }
            default: try reader.skipValue()
            }
        }
        guard !isConcurrent else { return }
        for index in transactions.indices.dropFirst() { transactions[index].parents = [index - 1] }
    }

    private func transaction(_ reader: inout JSONReader) throws(JSONError) -> Transaction {
        var transaction = Transaction(agent: 0, parents: [], patches: [])
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "agent": transaction.agent = try reader.integer()
            case "parents":
                try reader.beginArray()
                while try reader.nextElement() { transaction.parents.append(try reader.integer()) }
            case "time": transaction.time = milliseconds(try reader.string())
            case "patches":
                try reader.beginArray()
                while try reader.nextElement() { transaction.patches.append(try patch(&reader)) }
            default: try reader.skipValue()
            }
        }
        return transaction
    }

    /// Reads `2021-04-19T06:06:58.219Z`; the fraction may be absent, the zone is always that of UTC.
    private func milliseconds(_ time: String) -> Int {
        let numbers = time.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count >= 6 else { return 0 }
        let days = Self.days(year: numbers[0], month: numbers[1], day: numbers[2])
        let seconds = ((days * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]
        return seconds * 1000 + (time.contains(".") ? numbers[6] : 0)
    }

    /// Days since 1970 in the Gregorian calendar.
    ///
    /// Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let (era, yearOfEra) = (shifted / 400, shifted % 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    /// Reads `[position, deleted, "inserted"]`.
    private func patch(_ reader: inout JSONReader) throws(JSONError) -> Operation {
        var (position, deleted, inserted) = (-1, -1, "")
        try reader.beginArray()
        if try reader.nextElement() { position = try reader.integer() }
        if try reader.nextElement() { deleted = try reader.integer() }
        if try reader.nextElement() { inserted = try reader.string() }
        while try reader.nextElement() { try reader.skipValue() }
        let longest = Operation.Builder.longest
        guard (0...longest).contains(position), (0...longest).contains(deleted) else {
            throw JSONError(.numberOutOfRange, at: reader.offset)
        }
        return Operation(replacing: position..<position + deleted, with: inserted)
    }
}
