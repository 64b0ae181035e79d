// What is remembered by document, session or person, for as many of them as there is room for.

internal import Numerics

/// One value for each scope.
///
/// Bound: beyond `capacity` scopes the one that was changed longest ago is forgotten, in O(1).
struct ScopeMemory<Value: Sendable & Equatable>: Equatable, Sendable {
    private(set) var scopes: NameSlots
    /// By slot of the scope.
    private(set) var values: [Value] = []

    init(capacity: Int) {
        scopes = NameSlots(capacity: capacity)
    }

    subscript(scope: String) -> Value? { scopes[scope].map { values[$0] } }

    /// Changes the value of a scope, which begins as `initial`.
    mutating func update(
        _ scope: String, initial: @autoclosure () -> Value, _ change: (inout Value) -> Void
    ) {
        let (slot, isNew) = scopes.use(scope)
        if slot == values.count {
            values.append(initial())
        } else if isNew {
            values[slot] = initial()
        }
        change(&values[slot])
    }
}

extension ScopeMemory {
    /// Writes all scopes, and their values as `body` does.
    func write(to writer: inout StateWriter, _ body: (Value, inout StateWriter) -> Void) {
        scopes.write(to: &writer)
        for value in values { body(value, &writer) }
    }

    /// Reads what `write` wrote.
    mutating func read(
        _ reader: inout StateReader, _ body: (inout StateReader) throws(ArchiveError) -> Value
    ) throws(ArchiveError) {
        try scopes.read(&reader)
        values = []
        for _ in 0..<scopes.slotCount { values.append(try body(&reader)) }
    }
}
