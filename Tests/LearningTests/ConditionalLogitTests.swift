import Learning
import Numerics
import Testing

@Suite struct ConditionalLogitTests {
    private static let truth = [1.5, -1.0, 0.0]

    /// Lists of five rows from which one is chosen as the model says.
    private func lists(_ count: Int, seed: UInt64) -> ConditionalLogit.Lists {
        var random = SplitMix64(seed: seed)
        var (values, labels) = ([Double](), [Double]())
        for _ in 0..<count {
            let rows = (0..<5).map { _ in
                (0..<3).map { _ in Double.random(in: -1...1, using: &random) }
            }
            let odds = rows.map { row in
                Double.exp(zip(row, Self.truth).reduce(0) { $0 + $1.0 * $1.1 })
            }
            var uniform = Double.random(in: 0..<odds.reduce(0, +), using: &random)
            var chosen = 0
            while chosen < 4, uniform >= odds[chosen] {
                uniform -= odds[chosen]
                chosen += 1
            }
            values += rows.flatMap { $0 }
            labels += (0..<5).map { $0 == chosen ? 1 : 0 }
        }
        return .init(
            columnCount: 3, values: values, labels: labels,
            lengths: Array(repeating: 5, count: count))
    }

    private func priors(
        _ precision: Double, mean: Double = 0
    ) -> [ConditionalLogit.Prior] {
        Array(repeating: .init(mean: mean, precision: precision), count: 3)
    }

    @Test(arguments: UInt64(0)..<5)
    func `weights that made the choices are found again`(seed: UInt64) {
        let fitted = ConditionalLogit(fitting: lists(3000, seed: seed), priors: priors(0.01))
        for (found, wanted) in zip(fitted.weights, Self.truth) {
            #expect(abs(found - wanted) < 0.15)
        }
    }

    @Test func `without choices the prior stays, and a strong one outweighs few of them`() {
        let none = ConditionalLogit.Lists(
            columnCount: 3, values: [1, 2, 3, 4, 5, 6], labels: [0, 0], lengths: [2])
        #expect(
            ConditionalLogit(fitting: none, priors: priors(2, mean: 0.5)).weights == [
                0.5, 0.5, 0.5,
            ])
        let few = lists(5, seed: 1)
        let strong = ConditionalLogit(fitting: few, priors: priors(1e6, mean: 0.5))
        for weight in strong.weights { #expect(abs(weight - 0.5) < 1e-4) }
    }

    @Test(arguments: UInt64(0)..<10)
    func `no weights nearby are likelier`(seed: UInt64) {
        let (lists, priors) = (lists(20, seed: seed), priors(1, mean: -0.3))
        let fitted = ConditionalLogit(fitting: lists, priors: priors)
        func loss(_ weights: [Double]) -> Double {
            let distance = weights.reduce(0) { $0 + ($1 + 0.3) * ($1 + 0.3) / 2 }
            // With one step from there under endless priors, the weights are those given.
            let fixed = ConditionalLogit(
                fitting: lists, priors: weights.map { .init(mean: $0, precision: 1e12) })
            return fixed.meanLoss(on: lists) * 20 + distance
        }
        for column in 0..<3 {
            for step in [-0.05, 0.05] {
                var moved = fitted.weights
                moved[column] += step
                #expect(loss(moved) > loss(fitted.weights))
            }
        }
    }

    @Test func `of two rows the choice is an ordinary logistic regression of their difference`() {
        let lists = ConditionalLogit.Lists(
            columnCount: 1, values: [1, 0, 1, 0, 1, 0, 1, 0], labels: [1, 0, 1, 0, 1, 0, 0, 1],
            lengths: [2, 2, 2, 2])
        let weight = ConditionalLogit(
            fitting: lists, priors: [.init(precision: 1e-9)]
        ).weights[0]
        // Three of four: the logit of ¾.
        #expect(abs(weight - Double.log(3)) < 1e-6)
    }

    @Test func `a better label counts against lower ones alone, and by its gain`() {
        // The second row is chosen with label 2 over the first with 1: gains 3 and 1, of three rows.
        let lists = ConditionalLogit.Lists(
            columnCount: 1, values: [0, 0, 0], labels: [1, 2, 0], lengths: [3])
        let loss = ConditionalLogit(fitting: lists, priors: [.init(precision: 1)])
            .meanLoss(on: lists)
        #expect(abs(loss - (Double.log(2) + 3 * Double.log(3)) / 4) < 1e-12)
    }
}
