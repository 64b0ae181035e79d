// The weights of transitions while they are fitted.

import Numerics

/// Collects the gradient of some texts, then takes one step of AdaGrad with it.
struct TransitionFit {
    private(set) var weights: TagTransitions
    /// The weights as factors.
    private(set) var factors: TagTransitions
    private var history: TagTransitions
    private var observed: TagTransitions
    /// What was expected, but for the factors.
    private var pairs: [SIMD16<Float>]
    private var onward: [Float]
    private var count = 0
    private let rate: Float

    /// As every weight changes in a step, it is taken once for so many texts.
    private static let batch = 8

    init(_ weights: TagTransitions, rate: Float) {
        self.weights = weights
        factors = weights.exponentials()
        history = TagTransitions(weights.tags)
        observed = history
        pairs = Array(repeating: .zero, count: weights.free.count / 16)
        onward = history.onward
        self.rate = rate
    }

    /// Takes the gradient of a text whose probabilities are in `lattice`.
    mutating func learn(_ lattice: TagLattice, _ path: [Int]) {
        lattice.addPairs(free: &pairs, onward: &onward)
        let tags = weights.tags
        for i in path.indices {
            let from = i == 0 ? tags.count : path[i - 1]
            if tags.isFurther(path[i]) {
                observed.onward[from] += 1
            } else {
                observed.free[from * tags.freeWidth + path[i]] += 1
            }
        }
        count += 1
        if count == Self.batch { step() }
    }

    /// The gradient of the log loss of what was learned since the last step.
    var gradient: TagTransitions {
        let tags = weights.tags
        var gradient = TagTransitions(tags)
        for row in 0...tags.count {
            for tag in 0..<tags.free {
                let place = row * tags.freeWidth + tag
                let expected = pairs[place / 16][place % 16] * factors.free[place]
                gradient.free[place] = expected - observed.free[place]
            }
        }
        for tag in gradient.onward.indices {
            gradient.onward[tag] = onward[tag] * factors.onward[tag] - observed.onward[tag]
        }
        return gradient
    }

    /// Takes the step.
    mutating func step() {
        guard count > 0 else { return }
        let gradient = gradient
        for i in gradient.free.indices {
            Self.step(gradient.free[i], &weights.free[i], &history.free[i], rate)
        }
        for i in gradient.onward.indices {
            Self.step(gradient.onward[i], &weights.onward[i], &history.onward[i], rate)
        }
        factors = weights.exponentials()
        for i in pairs.indices { pairs[i] = .zero }
        for i in onward.indices { onward[i] = 0 }
        for i in observed.free.indices { observed.free[i] = 0 }
        for i in observed.onward.indices { observed.onward[i] = 0 }
        count = 0
    }

    private static func step(
        _ gradient: Float, _ weight: inout Float, _ history: inout Float, _ rate: Float
    ) {
        guard gradient != 0 else { return }
        history += gradient * gradient
        weight -= rate * gradient / history.squareRoot()
        weight = min(max(weight, -30), 30)
    }
}
