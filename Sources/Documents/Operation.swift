// What an edit does to a text: Quill deltas restricted to text.

/// Keeps, inserts and deletes, from the start of a text on; what it does not reach stays.
///
/// Held as *splices*, each of which changes one place, so that the form is canonical by
/// construction: the insert stands before the delete, neighbours are merged, nothing is empty and no
/// retain ends it. Operations that do the same are equal. An edit in one place, which is
/// nearly every edit, allocates nothing.
///
/// All lengths count UTF-16 code units.
package struct Operation: Equatable, Sendable {
    /// A change in one place.
    package struct Splice: Equatable, Sendable {
        /// How much is kept between the splice before, or the start, and this one.
        package internal(set) var retained = 0
        package internal(set) var inserted = ""
        /// The length of `inserted`, so that nobody has to count it again.
        package internal(set) var insertedLength = 0
        /// How much is deleted, behind the place of the insertion.
        package internal(set) var deleted = 0

        var isEmpty: Bool { insertedLength == 0 && deleted == 0 }

        mutating func insert(_ text: String, length: Int) {
            if inserted.isEmpty { inserted = text } else { inserted += text }
            insertedLength += length
        }
    }

    /// One step of the delta on the wire.
    package enum Component: Equatable, Sendable {
        case retain(Int)
        case insert(String)
        case delete(Int)
    }

    package private(set) var splices = Splices()

    /// The operation that changes nothing.
    package init() {}

    /// Puts `text` in place of a range.
    package init(replacing range: Range<Int>, with text: String) {
        var builder = Builder()
        builder.retain(range.lowerBound)
        builder.insert(text, length: text.utf16.count)
        builder.delete(range.count)
        self = builder.operation
    }

    /// Reads components in any order and merging, and brings them to the canonical form.
    package init(_ components: some Sequence<Component>) throws(OperationError) {
        var builder = Builder()
        for component in components { try builder.append(component) }
        self = builder.operation
    }

    package var isEmpty: Bool { splices.isEmpty }

    /// The shortest text that the operation fits.
    package var baseLength: Int {
        splices.reduce(0) { $0 + $1.retained + $1.deleted }
    }

    /// By how much a text grows.
    package var growth: Int {
        splices.reduce(0) { $0 + $1.insertedLength - $1.deleted }
    }

    /// The canonical delta.
    package var components: [Component] {
        var components: [Component] = []
        for splice in splices {
            if splice.retained > 0 { components.append(.retain(splice.retained)) }
            if splice.insertedLength > 0 { components.append(.insert(splice.inserted)) }
            if splice.deleted > 0 { components.append(.delete(splice.deleted)) }
        }
        return components
    }
}

extension Operation {
    /// The splices of an operation, the first of them without an array.
    package struct Splices: RandomAccessCollection, Equatable, Sendable {
        /// Empty if there are no splices; an optional would be twice as slow to copy.
        private var head = Splice()
        private var tail: [Splice] = []

        package var startIndex: Int { 0 }
        package var endIndex: Int { head.isEmpty ? 0 : tail.count + 1 }

        package subscript(index: Int) -> Splice {
            index == 0 ? head : tail[index - 1]
        }

        mutating func append(_ splice: Splice) {
            if head.isEmpty { head = splice } else { tail.append(splice) }
        }

        mutating func insertAtLast(_ text: String, length: Int) {
            if tail.isEmpty {
                head.insert(text, length: length)
            } else {
                tail[tail.count - 1].insert(text, length: length)
            }
        }

        mutating func deleteAtLast(_ count: Int) {
            if tail.isEmpty { head.deleted += count } else { tail[tail.count - 1].deleted += count }
        }
    }

    /// Makes an operation from its components, in the order of the text.
    package struct Builder: Sendable {
        /// The longest text that an operation can speak of; sums of lengths stay far from overflow.
        package static let longest = Int(Int32.max)

        package private(set) var operation = Operation()
        /// What is kept since the last splice.
        private var retained = 0
        private var length = 0

        package init() {}

        package mutating func append(_ component: Component) throws(OperationError) {
            switch component {
            case .retain(let count):
                try add(count)
                retain(count)
            case .delete(let count):
                try add(count)
                delete(count)
            case .insert(let text):
                let count = text.utf16.count
                try add(count)
                insert(text, length: count)
            }
        }

        mutating func retain(_ count: Int) { retained += count }

        mutating func insert(_ text: String, length: Int) {
            guard length > 0 else { return }
            if isBehindLast {
                operation.splices.insertAtLast(text, length: length)
            } else {
                append(Splice(inserted: text, insertedLength: length))
            }
        }

        mutating func delete(_ count: Int) {
            guard count > 0 else { return }
            if isBehindLast {
                operation.splices.deleteAtLast(count)
            } else {
                append(Splice(deleted: count))
            }
        }

        /// Whether nothing is kept since the last splice, so that what comes joins it.
        private var isBehindLast: Bool { retained == 0 && !operation.splices.isEmpty }

        private mutating func append(_ splice: Splice) {
            var splice = splice
            splice.retained = retained
            retained = 0
            operation.splices.append(splice)
        }

        private mutating func add(_ count: Int) throws(OperationError) {
            guard count > 0 else { throw .notPositive(count) }
            guard count <= Builder.longest - length else { throw .tooLong }
            length += count
        }
    }
}

/// Why components are no operation.
package enum OperationError: Error, Equatable {
    /// A retain or delete of nothing or less, or an empty insert.
    case notPositive(Int)
    /// Lengths whose sum no text can have.
    case tooLong
}
