// Tests for data that are looked at once, when they are complete.

import Numerics

/// The comparison of two shares by their pooled variance.
///
/// z = (p₂ − p₁) / √(p (1 − p) (1/n₁ + 1/n₂)), with p the share in both together.
package struct TwoProportionTest: Equatable, Sendable {
    /// p₂ / p₁ − 1; infinite or NaN where p₁ is 0.
    package let lift: Double
    /// Above 0 where the second is greater; 0 where nothing varies.
    package let z: Double
    /// The chance of a difference as great, to either side, between equal shares.
    package let pValue: Double

    /// Compares `successes` of `trials`, at least one of each, of a control and a treatment.
    package init(
        control: (successes: Int, trials: Int), treatment: (successes: Int, trials: Int)
    ) {
        precondition(control.trials > 0 && treatment.trials > 0)
        let (n, m) = (Double(control.trials), Double(treatment.trials))
        let (first, second) = (Double(control.successes) / n, Double(treatment.successes) / m)
        let pooled = Double(control.successes + treatment.successes) / (n + m)
        let deviation = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
        lift = second / first - 1
        z = deviation > 0 ? (second - first) / deviation : 0
        pValue = min(1, 2 * normalTail(z.magnitude))
    }
}

/// The comparison of two means whose variances may differ.
///
/// t = (b − a) / √(V(a) + V(b)), with the degrees of freedom of Welch and Satterthwaite,
/// (V(a) + V(b))² / (V(a)² / (n − 1) + V(b)² / (m − 1)). Source: Welch, Biometrika 34, 1947.
package struct WelchTest: Equatable, Sendable {
    /// 0 where nothing varies.
    package let t: Double
    package let degrees: Double
    /// The chance of a difference as great, to either side, between equal means.
    package let pValue: Double

    /// Compares two means over at least two units each.
    package init(control: Estimate, treatment: Estimate) {
        precondition(control.units > 1 && treatment.units > 1)
        let (v, w) = (control.variance, treatment.variance)
        let freedom =
            v * v / Double(control.units - 1) + w * w / Double(treatment.units - 1)
        guard freedom > 0 else {
            (t, degrees, pValue) = (0, Double(control.units + treatment.units - 2), 1)
            return
        }
        t = (treatment.value - control.value) / (v + w).squareRoot()
        degrees = (v + w) * (v + w) / freedom
        pValue = studentTails(t, degrees: degrees)
    }
}

/// Whether the arms have as many units as their shares say.
///
/// χ² = Σ (observed − expected)² / expected, with one degree of freedom fewer than arms. Where shares have
/// changed, units are compared with the shares of their stratum: values and degrees of freedom of all strata
/// add up, as their units are others. Strata where an arm expects fewer than five units count as one, and not
/// where it expects fewer in all of them together. A mismatch means that
/// units are lost or counted differently by arm, and then no metric can be trusted. Source: Fabijan et al.,
/// "Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019.
package struct SampleRatioTest: Equatable, Sendable {
    package let expected: [Double]
    package let chiSquare: Double
    package let pValue: Double

    /// Below it there is an alarm.
    package static let threshold = 0.001

    /// Compares counts with shares, which need not add up to 1; an arm without a share must have no units.
    package init(counts: [Int], shares: [Int]) { self.init([(counts, shares)]) }

    /// The same of at least one stratum.
    package init(_ strata: [(counts: [Int], shares: [Int])]) {
        let cells = strata.map { Cells(counts: $0.counts, shares: $0.shares) }
        let empty = Cells(counts: strata[0].counts.map { _ in 0 }, shares: strata[0].counts)
        expected = cells.reduce(empty, +).expected
        let small = cells.filter { !$0.isLarge }.reduce(empty, +)
        let tested = cells.filter(\.isLarge) + (small.isLarge ? [small] : [])
        let sum = tested.reduce(0) { $0 + $1.chiSquare }
        let degrees = tested.reduce(0) { $0 + $1.degrees }
        chiSquare = cells.allSatisfy(\.isPossible) ? sum : .infinity
        pValue =
            chiSquare.isFinite
            ? (degrees > 0 ? chiSquareTail(chiSquare, degrees: degrees) : 1) : 0
    }

    /// By arm: how many units there are, and how many there should be.
    private struct Cells {
        let observed: [Double]
        let expected: [Double]

        init(counts: [Int], shares: [Int]) {
            precondition(counts.count == shares.count)
            let (total, sum) = (Double(counts.reduce(0, +)), Double(shares.reduce(0, +)))
            observed = counts.map { Double($0) }
            expected = shares.map { sum > 0 ? total * Double($0) / sum : 0 }
        }

        private init(observed: [Double], expected: [Double]) {
            (self.observed, self.expected) = (observed, expected)
        }

        static func + (a: Cells, b: Cells) -> Cells {
            Cells(
                observed: zip(a.observed, b.observed).map(+),
                expected: zip(a.expected, b.expected).map(+))
        }

        /// Whether χ² is as its distribution says.
        var isLarge: Bool { expected.allSatisfy { $0 == 0 || $0 >= 5 } }
        /// Whether no arm without a share has units.
        var isPossible: Bool { zip(observed, expected).allSatisfy { $0 == 0 || $1 > 0 } }
        var degrees: Int { max(0, expected.count { $0 > 0 } - 1) }
        var chiSquare: Double {
            zip(observed, expected).reduce(0) { sum, cell in
                cell.1 > 0 ? sum + (cell.0 - cell.1) * (cell.0 - cell.1) / cell.1 : sum
            }
        }
    }

    package var isAlarm: Bool { pValue < Self.threshold }
}
