// Whether two models that answered the same questions differ by more than chance.

import Numerics

/// McNemar's exact test on answers that are right or wrong.
///
/// Source: McNemar, "Note on the sampling error of the difference between correlated proportions",
/// Psychometrika 1947; exact by the binomial distribution.
package struct PairedTest: Equatable, Sendable {
    /// Questions that only the first answered rightly.
    package let onlyFirst: Int
    /// Questions that only the second answered rightly.
    package let onlySecond: Int

    package init(first: [Bool], second: [Bool]) {
        precondition(first.count == second.count)
        onlyFirst = zip(first, second).count { $0 && !$1 }
        onlySecond = zip(first, second).count { !$0 && $1 }
    }

    /// The chance of a difference as great as this or greater, to either side, between equal models.
    package var pValue: Double {
        let n = onlyFirst + onlySecond
        let least = min(onlyFirst, onlySecond)
        // log of (n over k) / 2ⁿ, from term to term.
        var term = -Double(n) * Double.log(2)
        var sum = 0.0
        for k in 0...least {
            sum += Double.exp(term)
            term += Double.log(Double(n - k)) - Double.log(Double(k + 1))
        }
        return min(1, 2 * sum)
    }
}
