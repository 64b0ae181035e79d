// How long to wait before connecting again.

/// Waits that grow with each failure and differ between clients.
///
/// Each is drawn evenly from zero up to a limit that doubles, so that those who lost their connections
/// at once do not come back at once ("full jitter").
///
/// Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
package struct Backoff: Equatable, Sendable {
    private let first: Int
    private let longest: Int
    private var failures = 0
    private var least = 0

    /// - Parameters:
    ///   - first: the limit of the first wait, in milliseconds.
    ///   - longest: the limit of all.
    package init(first: Int = 100, longest: Int = 5000) {
        precondition(0 < first && first <= longest)
        self.first = first
        self.longest = longest
    }

    /// Notes what the server asks for, on top of which the next wait comes.
    package mutating func wait(atLeast milliseconds: Int) { least = max(least, milliseconds) }

    /// Gives the next wait in milliseconds.
    package mutating func next(using random: inout some RandomNumberGenerator) -> Int {
        let limit = min(longest, first << min(failures, 20))
        failures += 1
        defer { least = 0 }
        return least + Int.random(in: 0...limit, using: &random)
    }

    /// Begins anew, as it went well.
    package mutating func reset() {
        failures = 0
        least = 0
    }
}
