// How rare two samples are if they are of one distribution.

import Numerics

/// The chance of counts as different as these, by the chi-square test of homogeneity.
///
/// Both samples are uncertain, so a small reference makes no false alarms. Slots should hold some ten of
/// either sample, as those of `pooled` do; 1 where there is nothing to compare.
package func homogeneityTest(_ a: [Int], _ b: [Int]) -> Double {
    let (m, n) = (Double(a.reduce(0, +)), Double(b.reduce(0, +)))
    guard m > 0, n > 0 else { return 1 }
    var (statistic, slots) = (0.0, 0)
    let (toA, toB) = ((n / m).squareRoot(), (m / n).squareRoot())
    for (x, y) in zip(a, b) where x + y > 0 {
        let difference = toA * Double(x) - toB * Double(y)
        statistic += difference * difference / Double(x + y)
        slots += 1
    }
    return slots > 1 ? chiSquareTail(statistic, degrees: slots - 1) : 1
}

/// The chance that as many of a sample's values have a property, if they are of one distribution with the
/// reference's: Fisher's exact test, one-sided.
///
/// `a` of the reference's `m` values have it, and `b` of the sample's `n`.
package func excessTest(_ a: Int, of m: Int, _ b: Int, of n: Int) -> Double {
    precondition(0...m ~= a && 0...n ~= b)
    let all = a + b
    guard m > 0, Double(b) * Double(m + n) > Double(all) * Double(n) else { return 1 }
    // The hypergeometric terms from b on fall, each by a ratio to the one before.
    var term = Double.exp(
        logChoose(n, b) + logChoose(m, a) - logChoose(m + n, all))
    var (sum, k) = (0.0, b)
    while term > sum * 1e-16, k <= min(n, all) {
        sum += term
        term *= Double(n - k) * Double(all - k) / (Double(k + 1) * Double(m - all + k + 1))
        k += 1
    }
    return min(1, sum)
}

private func logChoose(_ n: Int, _ k: Int) -> Double {
    Double.logGamma(Double(n) + 1) - Double.logGamma(Double(k) + 1)
        - Double.logGamma(Double(n - k) + 1)
}

/// Puts slots together until each would hold enough of either sample, if both are of one distribution.
///
/// The rarest first. Which go together depends on the sums of both samples alone: chosen by one of them, the slots
/// in which it has few by chance would be put together, and the other would have more there.
package func pooled(_ a: [Int], _ b: [Int], least: Int) -> (a: [Int], b: [Int]) {
    let (m, n) = (a.reduce(0, +), b.reduce(0, +))
    let needed = Double(least) * Double(m + n) / Double(max(min(m, n), 1))
    let sums = zip(a, b).map { $0 + $1 }
    var (groupsA, groupsB) = ([Int](), [Int]())
    var open = (a: 0, b: 0)
    for slot in sums.indices.sorted(by: { (sums[$0], $0) < (sums[$1], $1) }) {
        open = (open.a + a[slot], open.b + b[slot])
        guard Double(open.a + open.b) >= needed else { continue }
        groupsA.append(open.a)
        groupsB.append(open.b)
        open = (0, 0)
    }
    if groupsA.isEmpty { return ([open.a], [open.b]) }
    groupsA[groupsA.count - 1] += open.a
    groupsB[groupsB.count - 1] += open.b
    return (groupsA, groupsB)
}
