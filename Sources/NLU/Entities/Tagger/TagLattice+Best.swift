// The likeliest tags of a text.

import Numerics

extension TagLattice {
    /// Writes the likeliest tags of all tokens; `transitions` as logits.
    ///
    /// The emissions are lost. Source: Viterbi, "Error Bounds for Convolutional Codes", 1967. Of equally likely ones, the
    /// last tags are the lowest.
    mutating func findBest(_ transitions: TagTransitions, into path: inout [Int]) {
        path.removeAll(keepingCapacity: true)
        guard tokenCount > 0 else { return }
        for i in 0..<tokenCount {
            if i == 0 {
                let start = tags.count * tags.freeWidth
                for tag in 0..<tags.free { sums[tag] = transitions.free[start + tag] }
            } else {
                let last = (i - 1) * tags.width..<(i - 1) * tags.width + tags.count
                Self.addGreatest(transitions, emissions, last, to: &sums)
            }
            Self.stepBest(i, tags, &emissions, transitions.onward, sums)
        }
        path.append(contentsOf: repeatElement(0, count: tokenCount))
        path[tokenCount - 1] = bestTag(at: tokenCount - 1, before: nil, transitions)
        for i in (0..<tokenCount - 1).reversed() {
            path[i] = bestTag(at: i, before: path[i + 1], transitions)
        }
    }

    private static func addGreatest(
        _ transitions: TagTransitions, _ emissions: [Float], _ range: Range<Int>,
        to sums: inout [Float]
    ) {
        var output = sums.mutableSpan
        greatestOfRows(
            transitions.free.span, stride: transitions.tags.freeWidth,
            adding: emissions.span.extracting(range), into: &output)
    }

    /// Turns the emissions of a token into the weights of the best ways up to it; `free` are those
    /// of the best ways to come to a free tag.
    private static func stepBest(
        _ i: Int, _ tags: TagSet, _ emissions: inout [Float], _ onward: [Float], _ free: [Float]
    ) {
        let (width, base) = (tags.width, i * tags.width)
        var sums = emissions.mutableSpan
        let (free, onward) = (free.span, onward.span)
        for tag in 0..<tags.free { sums[base + tag] += free[tag] }
        for type in 0..<tags.typeCount {
            let (first, further) = (tags.first(type), tags.further(type))
            guard i > 0 else {
                sums[base + further] = -1e30
                continue
            }
            let a = sums[base - width + first] + onward[first]
            let b = sums[base - width + further] + onward[further]
            sums[base + further] += max(a, b)
        }
    }

    /// The last tag of the best way up to a token, where the next tag is known.
    private func bestTag(at i: Int, before next: Int?, _ transitions: TagTransitions) -> Int {
        let sums = emissions.span
        let base = i * tags.width
        var (best, greatest) = (0, -Float.infinity)
        if let next, tags.isFurther(next), let type = tags.type(next) {
            let (first, further) = (tags.first(type), tags.further(type))
            let a = sums[base + first] + transitions.onward[first]
            return a >= sums[base + further] + transitions.onward[further] ? first : further
        }
        let free = transitions.free.span
        for tag in 0..<tags.count {
            let weight = next.map { free[tag * tags.freeWidth + $0] } ?? 0
            if sums[base + tag] + weight > greatest {
                (best, greatest) = (tag, sums[base + tag] + weight)
            }
        }
        return best
    }
}
