// What a text may become of which only the beginning is there.

/// Finds the classes of all texts that begin with a string.
struct PrefixTargets {
    /// In the order of their bytes.
    private let texts: [[UInt8]]
    private let labels: [Int]
    /// Texts of any class alike that are counted beside those that begin with a string.
    private let doubt: Float
    /// By class; zero between calls.
    private var counts: [Int]

    init(_ texts: [String], labels: [Int], classCount: Int, doubt: Float = 0) {
        self.doubt = doubt
        let bytes = texts.map { Array($0.utf8) }
        let order = texts.indices.sorted { a, b in
            bytes[a] == bytes[b] ? a < b : bytes[a].lexicographicallyPrecedes(bytes[b])
        }
        self.texts = order.map { bytes[$0] }
        self.labels = order.map { labels[$0] }
        counts = Array(repeating: 0, count: classCount)
    }

    /// The classes of the texts that begin with `prefix`, one at least, in their order, with their shares.
    mutating func target(of prefix: [UInt8]) -> Target {
        let start = firstPlace(of: prefix)
        var classes: [UInt32] = []
        var end = start
        while end < texts.count, texts[end].starts(with: prefix) {
            if counts[labels[end]] == 0 { classes.append(UInt32(labels[end])) }
            counts[labels[end]] += 1
            end += 1
        }
        classes.sort()
        let total = Float(end - start) + doubt
        let shares = classes.map { Float(counts[Int($0)]) / total }
        for c in classes { counts[Int(c)] = 0 }
        return Target(classes: classes, shares: shares, spread: doubt / total)
    }

    /// The place of the first text that does not come before `prefix`.
    private func firstPlace(of prefix: [UInt8]) -> Int {
        var (low, high) = (0, texts.count)
        while low < high {
            let middle = (low + high) / 2
            if texts[middle].lexicographicallyPrecedes(prefix) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
