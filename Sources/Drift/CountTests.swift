// How rare two samples are if they are of one distribution.

import Numerics

/// The chance of counts as different as these, by the chi-square test of homogeneity.
///
/// Both samples are uncertain, so a small reference makes no false alarms. Slots should hold some ten of
/// either sample by the reference's shares; 1 where there is nothing to compare.
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

/// Puts slots together until each holds enough of either sample by the reference's shares.
///
/// The rarest first; which go together depends on the reference and on how many values the other sample has, never
/// on what they are.
package func pooled(
    _ reference: [Int], _ live: [Int], least: Int
) -> (reference: [Int], live: [Int]) {
    let (m, n) = (reference.reduce(0, +), live.reduce(0, +))
    // As many of the reference's are enough of both samples.
    let needed = n > 0 && n < m ? Double(least) * Double(m) / Double(n) : Double(least)
    var (a, b) = ([Int](), [Int]())
    var open = (reference: 0, live: 0)
    for slot in reference.indices.sorted(by: { (reference[$0], $0) < (reference[$1], $1) }) {
        open = (open.reference + reference[slot], open.live + live[slot])
        guard Double(open.reference) >= needed else { continue }
        a.append(open.reference)
        b.append(open.live)
        open = (0, 0)
    }
    if a.isEmpty { return ([open.reference], [open.live]) }
    a[a.count - 1] += open.reference
    b[b.count - 1] += open.live
    return (a, b)
}
