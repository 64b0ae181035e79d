// What is remembered by document, session or person, for as many of them as there is room for.

/// One value for each scope.
///
/// Bound: beyond `capacity` scopes the oldest is forgotten, in O(1) amortised.
struct ScopeMemory<Value: Sendable & Equatable>: Equatable, Sendable {
    private let capacity: Int
    private var values: [String: Value] = [:]
    /// Scopes as they came; those before `first` are forgotten.
    private var scopes: [String] = []
    private var first = 0

    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    subscript(scope: String) -> Value? { values[scope] }

    /// Changes the value of a scope, which begins as `initial`.
    mutating func update(
        _ scope: String, initial: @autoclosure () -> Value, _ change: (inout Value) -> Void
    ) {
        if values[scope] == nil {
            if scopes.count - first == capacity { forgetOldest() }
            scopes.append(scope)
        }
        change(&values[scope, default: initial()])
    }

    private mutating func forgetOldest() {
        values[scopes[first]] = nil
        first += 1
        guard first == capacity else { return }
        scopes.removeFirst(first)
        first = 0
    }
}
