import Drift
import Numerics

/// Answers of a made-up version: a confidence, an intent and a length each.
struct Samples {
    static let features: [ReferenceBuilder.Feature] = [
        .number("confidence"), .name("intent"), .number("characters"),
    ]

    var random: SplitMix64
    /// How much later in the list intents are, as a share of all.
    var shift = 0.0
    var missing = 0.0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func number() -> Double { Double.random(in: 0..<1, using: &random) }

    /// Standard normal, by Box and Muller.
    mutating func normal() -> Double {
        let radius = (-2 * Double.log(1 - number())).squareRoot()
        return radius * Double.cos(2 * Double.pi * number())
    }

    /// Twelve intents, the last ten times as rare as the first.
    private mutating func intent() -> String {
        let place = Int(12 * Double.pow(number(), 1.6))
        return "intent \(number() < shift ? 11 - place : place)"
    }

    mutating func values() -> [FeatureValue] {
        let confidence = 1 - Double.pow(number(), 3)
        let isMissing = number() < missing
        return [
            isMissing ? .missing : .number(confidence), .name(intent()),
            .number((5 + 60 * Double.pow(number(), 2)).rounded()),
        ]
    }

    /// A reference of so many answers.
    mutating func reference(_ count: Int) -> DriftReference {
        var builder = ReferenceBuilder(Self.features)
        for _ in 0..<count { builder.add(values().span) }
        guard let reference = builder.reference(.heldOut) else { preconditionFailure() }
        return reference
    }
}

extension FeatureReference {
    func counts(_ values: [Double]) -> [Int] {
        var counts = [Int](repeating: 0, count: slotCount)
        for value in values { counts[slot(of: .number(value))] += 1 }
        return counts
    }

    init(_ name: String, of values: [Double]) {
        var builder = ReferenceBuilder([.number(name)])
        for value in values { builder.add([.number(value)].span) }
        guard let made = builder.reference(.heldOut)?.features.first else { preconditionFailure() }
        self = made
    }
}
