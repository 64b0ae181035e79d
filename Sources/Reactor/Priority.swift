// What this process may take from others.

internal import CEpoll

package enum Priority {
    /// From now on runs only where nobody else wants to, and on one core: the last that it may use.
    ///
    /// Threads that run already keep their core: call it first of all. A system that does not let it is
    /// none to complain to; it runs as it may then, and false is given.
    @discardableResult
    package static func lower() -> Bool { lower_priority() == 0 }

    /// Whether this thread runs only where nobody else wants to.
    package static var isLow: Bool { is_low_priority() != 0 }
}
