// What was dismissed, and where.

internal import Numerics

/// Remembers the items that were dismissed in each scope, a document or a session.
///
/// Bound: beyond `capacity` scopes the one where nothing was dismissed for longest is forgotten, in O(1).
package struct Dismissals: Equatable, Sendable {
    private var items: ScopeMemory<Set<String>>

    package init(capacity: Int = 10_000) {
        items = ScopeMemory(capacity: capacity)
    }

    package mutating func insert(_ item: String, scope: String) {
        items.update(scope, initial: []) { $0.insert(item) }
    }

    mutating func remove(_ item: String, scope: String) {
        guard items[scope] != nil else { return }
        items.update(scope, initial: []) { $0.remove(item) }
    }

    /// The items that were dismissed in that scope.
    package func items(in scope: String) -> Set<String> {
        items[scope] ?? []
    }
}

extension Dismissals {
    func write(to writer: inout StateWriter) {
        items.write(to: &writer) { $1.add($0.sorted()) }
    }

    /// Reads what `write` wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        try items.read(&reader) { reader throws(ArchiveError) in Set(try reader.strings()) }
    }
}
