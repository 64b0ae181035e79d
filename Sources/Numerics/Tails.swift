// How rare values are under the distributions of the common tests.

/// The chance that a standard normal variable is above `z`.
package func normalTail(_ z: Double) -> Double {
    Double.erfc(z * 0.5.squareRoot()) / 2
}

/// The chance that a chi-square variable with these degrees of freedom, at least 1, is above `x` ≥ 0.
///
/// Q(1/2, x) = erfc(√x), Q(1, x) = exp(−x), Q(a + 1, x) = Q(a, x) + xᵃ exp(−x) / Γ(a + 1), with a half of the
/// degrees and of x. Source: Abramowitz and Stegun, 26.4.4–5. Takes O(degrees).
package func chiSquareTail(_ x: Double, degrees: Int) -> Double {
    precondition(x >= 0 && degrees > 0)
    guard x > 0 else { return 1 }
    let half = x / 2
    let isOdd = !degrees.isMultiple(of: 2)
    var a = isOdd ? 0.5 : 1
    var tail = isOdd ? Double.erfc(half.squareRoot()) : Double.exp(-half)
    while a < Double(degrees) / 2 {
        tail += Double.exp(a * Double.log(half) - half - Double.logGamma(a + 1))
        a += 1
    }
    return min(1, tail)
}

/// The chance that Student's t with these degrees of freedom, above 0, is further from 0 than `t`.
///
/// I(ν / (ν + t²); ν/2, 1/2). Source: Abramowitz and Stegun, 26.7.1.
package func studentTails(_ t: Double, degrees: Double) -> Double {
    precondition(degrees > 0)
    guard t.isFinite else { return 0 }
    return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
}

/// The regularised incomplete beta function I(x; a, b), for 0 ≤ x ≤ 1 and a, b > 0.
///
/// The continued fraction by Lentz's method. Source: Press et al., "Numerical Recipes", section 6.4.
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast only on this side.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let logFactor =
        Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b)
        + a * Double.log(x) + b * Double.log(1 - x)
    return Double.exp(logFactor) / a * betaFraction(x, a, b)
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    func away(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var fraction = d
    // √max(a, b) steps are wanted: enough for 10⁸ degrees of freedom.
    for step in 1...10_000 {
        let m = Double(step)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / away(1 + even * d)
        c = away(1 + even / c)
        fraction *= d * c
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / away(1 + odd * d)
        c = away(1 + odd / c)
        fraction *= d * c
        if abs(d * c - 1) < 1e-15 { break }
    }
    return fraction
}
