// What an operator can set, with the defaults.

package import Reactor

/// The bounds that keep one peer from harming the others.
package struct ServiceLimits: Equatable, Sendable {
    /// Past this many, new connections are told to come later.
    package var connections = 20_000
    /// One message, in bytes of UTF-8.
    package var messageBytes = 1 << 20
    /// The text of one document, in UTF-16 units.
    package var documentUnits = 1 << 20
    /// Documents that one connection has open at a time.
    package var openDocuments = 64
    /// Edits that a document keeps for late ones and for clients that resume.
    package var historyRevisions = 1000
    /// Bytes that may wait for a reader: from the first on answers are merged, past the second it is closed.
    package var sendLowBytes = 256 << 10
    package var sendHighBytes = 16 << 20

    package init() {}
}

/// Which answers are kept for somebody to look at.
package struct ReviewSettings: Equatable, Sendable {
    /// Answers of a lower confidence are, and those below the model's own threshold.
    package var confidence: Float = 0.5
    /// So many of each model, the newest; with 0 none at all.
    package var kept = 10_000

    package init() {}
}

/// The times after which something is given up, in milliseconds.
package struct ServiceTimes: Equatable, Sendable {
    /// For the request head, and then for `hello`.
    package var greeting = 10_000
    /// Silence after which a WebSocket peer is asked for a sign, and is given as long again for it.
    package var ping = 30_000
    /// For the peer's answer to our Close, and for what it must still read.
    package var closing = 5000
    /// From the request to stop to the end.
    package var drain = 8000
    /// How long a document without readers stays in memory.
    package var eviction = 10_000
    /// From a program's queue that was full to the next attempt; further ones take up to 32 times as long.
    package var programRetry = 25

    package init() {}
}

/// How a server is started.
package struct ServiceSettings: Sendable {
    package var address = Address.tcp(host: "127.0.0.1", port: 7777)
    /// Event loops, each with a share of the documents.
    package var shards = 1
    /// Adds `/echo`, which sends back what it gets, for conformance suites.
    package var hasEcho = false
    /// Origins of browser pages that may connect, besides those served from here.
    package var origins: [String] = []
    package var limits = ServiceLimits()
    package var times = ServiceTimes()
    package var review = ReviewSettings()

    package init() {}
}
