// How well an item is received, where old interactions count less and less.

internal import Numerics

/// A sum whose parts lose half of their weight in every half-life.
package struct DecayedSum: Equatable, Sendable {
    private var value = 0.0
    private var time = 0.0

    package init() {}

    /// Adds `amount` at `time`; the times need not be in order.
    package mutating func add(_ amount: Double, at time: Double, halfLife: Double) {
        if value == 0 {
            (value, self.time) = (amount, time)
        } else if time >= self.time {
            value = value * halvings(time - self.time, halfLife) + amount
            self.time = time
        } else {
            value += amount * halvings(self.time - time, halfLife)
        }
    }

    /// Takes back what was added at `time`; what is left of it by rounding is nothing.
    mutating func takeBack(_ amount: Double, from time: Double, halfLife: Double) {
        add(-amount, at: time, halfLife: halfLife)
        if Swift.abs(value) < 1e-9 * Swift.abs(amount) { self = DecayedSum() }
    }

    /// The sum as it stands at `now`; a `now` before the last addition decays nothing.
    package func value(at now: Double, halfLife: Double) -> Double {
        value == 0 ? 0 : value * halvings(max(0, now - time), halfLife)
    }

    var isPositive: Bool { value > 0 }

    /// Orders sums of one half-life as their values do at any time after the last addition; `nil`
    /// unless the sum is positive.
    ///
    /// Source: Cormode, Shkapenyuk, Srivastava, Xu, "Forward decay: a practical time decay model
    /// for streaming systems", ICDE 2009; here as a logarithm, which cannot overflow.
    package func order(halfLife: Double) -> Double? {
        value > 0 ? Double.log(value) / Double.log(2) + time / halfLife : nil
    }
}

extension DecayedSum {
    func write(to writer: inout StateWriter) {
        // Most are of one event, or of none.
        let isPlain = value == 0 || value == 1
        writer.add(isPlain ? UInt64(value) : 2)
        if !isPlain { writer.add(value) }
        if value != 0 { writer.add(time) }
    }

    init(_ reader: inout StateReader) throws(ArchiveError) {
        let kind = try reader.number()
        value = kind < 2 ? Double(kind) : try reader.double()
        // Before anything is added the time says nothing.
        time = value == 0 ? 0 : try reader.double()
    }
}

extension Popularity {
    func write(to writer: inout StateWriter) {
        impressions.write(to: &writer)
        rewards.write(to: &writer)
    }

    init(_ reader: inout StateReader) throws(ArchiveError) {
        impressions = try DecayedSum(&reader)
        rewards = try DecayedSum(&reader)
    }
}

/// 2 to the power −age / halfLife.
func halvings(_ age: Double, _ halfLife: Double) -> Double {
    age == 0 ? 1 : Double.exp(-age / halfLife * Double.log(2))
}

/// What is known of how an item is received.
package struct Popularity: Equatable, Sendable {
    var impressions = DecayedSum()
    var rewards = DecayedSum()

    package init() {}
}

/// How interactions become popularity.
///
///     rate = (rewards + prior · strength) / (impressions + strength), kept in 0...1
///
/// An item that nobody has seen has the rate `prior`; it takes some `strength` impressions to move
/// it. Both sums decay, so an item that is left alone drifts back to the prior.
package struct PopularityRule: Equatable, Sendable {
    /// In seconds.
    package let halfLife: Double
    package let prior: Double
    package let strength: Double
    package let click: Double
    package let accept: Double
    package let dismiss: Double

    package init(
        halfLife: Double = 14 * 86_400, prior: Double = 0.1, strength: Double = 20,
        click: Double = 1, accept: Double = 2, dismiss: Double = -1
    ) {
        self.halfLife = halfLife
        self.prior = prior
        self.strength = strength
        self.click = click
        self.accept = accept
        self.dismiss = dismiss
    }

    /// Counts an interaction.
    package func count(
        _ action: Interaction.Action, at time: Double, in popularity: inout Popularity
    ) {
        if action == .impression { popularity.impressions.add(1, at: time, halfLife: halfLife) }
        let reward = reward(of: action)
        if reward != 0 { popularity.rewards.add(reward, at: time, halfLife: halfLife) }
    }

    /// Takes back an interaction that was counted at `time`.
    func takeBack(_ action: Interaction.Action, from time: Double, in popularity: inout Popularity)
    {
        let reward = reward(of: action)
        guard reward != 0 else { return }
        popularity.rewards.takeBack(reward, from: time, halfLife: halfLife)
    }

    private func reward(of action: Interaction.Action) -> Double {
        switch action {
        case .click: click
        case .accept: accept
        case .dismiss: dismiss
        case .impression, .undo: 0
        }
    }

    /// The smoothed rate at which the item is wanted when it is shown.
    package func rate(_ popularity: Popularity, at now: Double) -> Double {
        let rewards = popularity.rewards.value(at: now, halfLife: halfLife)
        let impressions = popularity.impressions.value(at: now, halfLife: halfLife)
        return min(max((rewards + prior * strength) / (impressions + strength), 0), 1)
    }
}
