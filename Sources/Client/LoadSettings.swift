// How much load, and of what kind.

internal import Numerics

/// What a virtual editor can do.
package enum LoadAction: String, CaseIterable, Sendable {
    case edit, classify, recommend
}

/// Which share of the actions is of which kind.
package struct LoadMix: Equatable, Sendable {
    private let weights: [(action: LoadAction, weight: Int)]
    private let total: Int

    /// Nothing but edits.
    package init() { self.init([(.edit, 1)]) }

    private init(_ weights: [(action: LoadAction, weight: Int)]) {
        self.weights = weights
        total = weights.reduce(0) { $0 + $1.weight }
    }

    /// Reads `edit=90,classify=5,recommend=5`; the numbers count in proportion to their sum.
    package init?(_ text: String) {
        var weights: [(action: LoadAction, weight: Int)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, let action = LoadAction(rawValue: String(sides[0])),
                let weight = Int(sides[1]), 0...1_000_000 ~= weight,
                !weights.contains(where: { $0.action == action })
            else { return nil }
            weights.append((action, weight))
        }
        guard weights.contains(where: { $0.weight > 0 }) else { return nil }
        self.init(weights)
    }

    /// Whether the action occurs at all.
    package func contains(_ action: LoadAction) -> Bool {
        weights.contains { $0.action == action && $0.weight > 0 }
    }

    /// Draws an action.
    package func draw(using random: inout some RandomNumberGenerator) -> LoadAction {
        var place = Int.random(in: 0..<total, using: &random)
        for (action, weight) in weights {
            if place < weight { return action }
            place -= weight
        }
        return .edit
    }

    package static func == (a: LoadMix, b: LoadMix) -> Bool {
        a.weights.elementsEqual(b.weights) { $0 == $1 }
    }
}

/// A load test.
package struct LoadSettings: Sendable {
    package var server: ServerAddress
    package var connections = 1000
    package var documents = 200
    /// Actions a second, of all connections together.
    package var rate = 5000.0
    /// Seconds in which actions are due.
    package var duration = 30.0
    package var mix = LoadMix()
    package var arrivals = Arrivals.Distribution.poisson
    package var seed: UInt64 = 1
    /// The workspace of the documents; they are new for each run.
    package var workspace = "load"
    /// The length in UTF-16 units around which documents are kept.
    package var documentLength = 1000
    /// The source that is asked for recommendations.
    package var source = "editor"
    package var token: String?
    /// Whom editors say they are, in turn; nobody if there are none.
    package var users: [String] = []
    /// Seconds after the last action for all that is still due to come.
    package var drain = 10.0

    package init(server: ServerAddress) { self.server = server }
}

/// The times at which actions are due, whatever the server does: an open loop.
package struct Arrivals: Sendable {
    package enum Distribution: String, CaseIterable, Sendable {
        /// At random, independent of each other, as many people together are.
        case poisson
        /// At equal distances.
        case even
    }

    private let distribution: Distribution
    private let gap: Double
    private var random: SplitMix64
    private var elapsed = 0.0

    /// Begins at time zero; `rate` is that of a second.
    package init(_ distribution: Distribution, rate: Double, seed: UInt64) {
        precondition(rate > 0)
        self.distribution = distribution
        gap = 1e9 / rate
        random = SplitMix64(seed: seed)
    }

    /// Gives the next time, in nanoseconds since the start.
    package mutating func next() -> UInt64 {
        switch distribution {
        case .even: elapsed += gap
        case .poisson:
            // Bits of the mantissa, in 0..<1; the distance between two of a Poisson process.
            let uniform = Double(random.next() >> 11) * 0x1p-53
            elapsed -= gap * Double.log(1 - uniform)
        }
        return UInt64(elapsed)
    }
}
