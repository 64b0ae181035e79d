// How far two distributions over the same slots are from each other.

import Numerics

/// The population stability index: Σ (q − p) ln(q / p), over the shares of two samples.
///
/// 0 of equal shares; 0.1 and 0.25 are the usual bounds of small and great changes. Shares below 10⁻⁴ count
/// as that, so that an empty slot gives a number. Under no change it is about `expectedStabilityIndex`.
/// Source: Yurdakul, "Statistical Properties of Population Stability Index", 2018.
package func stabilityIndex(_ a: [Int], _ b: [Int]) -> Double {
    let (p, q) = (shares(a).map { max($0, 1e-4) }, shares(b).map { max($0, 1e-4) })
    return zip(p, q).reduce(0) { $0 + ($1.1 - $1.0) * Double.log($1.1 / $1.0) }
}

/// The mean of `stabilityIndex` over two samples of one distribution in so many slots.
package func expectedStabilityIndex(slots: Int, _ a: Int, _ b: Int) -> Double {
    guard a > 0, b > 0 else { return 0 }
    return Double(max(slots - 1, 0)) * (1 / Double(a) + 1 / Double(b))
}

/// The Jensen-Shannon divergence in bits: 0 of equal shares, 1 where no slot has values of both.
///
/// Source: Lin, "Divergence Measures Based on the Shannon Entropy", 1991.
package func jensenShannonDivergence(_ a: [Int], _ b: [Int]) -> Double {
    let sum = zip(shares(a), shares(b)).reduce(0.0) { sum, pair in
        let mean = (pair.0 + pair.1) / 2
        return sum + part(pair.0, mean) + part(pair.1, mean)
    }
    return min(max(sum / 2 / Double.log(2), 0), 1)
}

private func part(_ share: Double, _ mean: Double) -> Double {
    share > 0 ? share * Double.log(share / mean) : 0
}

/// The greatest distance of two distribution functions at the edges of ordered slots, in 0…1.
///
/// At most the statistic of Kolmogorov and Smirnov, which looks between the edges, too.
package func kolmogorovDistance(_ a: [Int], _ b: [Int]) -> Double {
    var (distance, difference) = (0.0, 0.0)
    for (p, q) in zip(shares(a), shares(b)) {
        difference += q - p
        distance = max(distance, abs(difference))
    }
    return distance
}

private func shares(_ counts: [Int]) -> [Double] {
    let total = Double(max(counts.reduce(0, +), 1))
    return counts.map { Double($0) / total }
}
