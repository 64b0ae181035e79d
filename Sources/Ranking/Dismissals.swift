// What was dismissed, and where.

/// Remembers the items that were dismissed in each scope, a document or a session.
///
/// Bound: beyond `capacity` scopes the oldest is forgotten, in O(1) amortised.
package struct Dismissals: Equatable, Sendable {
    private let capacity: Int
    private var items: [String: Set<String>] = [:]
    /// Scopes as they came; those before `first` are forgotten.
    private var scopes: [String] = []
    private var first = 0

    package init(capacity: Int = 10_000) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    package mutating func insert(_ item: String, scope: String) {
        if items[scope] == nil {
            if scopes.count - first == capacity { forgetOldest() }
            scopes.append(scope)
        }
        items[scope, default: []].insert(item)
    }

    /// The items that were dismissed in that scope.
    package func items(in scope: String) -> Set<String> {
        items[scope] ?? []
    }

    private mutating func forgetOldest() {
        items[scopes[first]] = nil
        first += 1
        guard first == capacity else { return }
        scopes.removeFirst(first)
        first = 0
    }
}
