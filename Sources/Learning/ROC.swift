// How well scores tell two kinds apart.

/// The area under the receiver operating characteristic.
///
/// It is the chance that a positive scores above a negative, a tie counting half; 0.5 where one
/// kind is missing.
package func areaUnderROC<Score: Comparable>(
    positives: [Score], negatives: [Score]
) -> Double {
    guard !positives.isEmpty, !negatives.isEmpty else { return 0.5 }
    let scores = positives.map { ($0, true) } + negatives.map { ($0, false) }
    let sorted = scores.sorted { $0.0 < $1.0 }
    // Mann-Whitney: the mean rank of equal scores serves each of them.
    var rankSum = 0.0
    var i = 0
    while i < sorted.count {
        var end = i + 1
        while end < sorted.count, sorted[end].0 == sorted[i].0 { end += 1 }
        let rank = Double(i + 1 + end) / 2
        rankSum += rank * Double(sorted[i..<end].count { $0.1 })
        i = end
    }
    let (p, n) = (Double(positives.count), Double(negatives.count))
    return (rankSum - p * (p + 1) / 2) / (p * n)
}
