// Which settings of a fit of tags are tried, and which win.

import Learning
import Numerics

/// Candidates for the passes and the learning rate, and the choice among them by held-out texts.
///
/// Settings that suit most data sets come first; others are taken only where their loss is smaller by a
/// standard error of the difference, so that noise does not choose.
struct TagSearch {
    /// In units of a text and a tag, for each part of a cross-validation.
    ///
    /// Beyond it the search would take minutes: four settings on five parts take some 25 s of processor
    /// time there.
    static let budget = 300_000

    /// The first is the usual one.
    let candidates: [LogisticRegression.Settings]

    /// `fixed` settings leave nothing to search, and neither does a task too large to be fitted often.
    init(_ task: TagTask, fixed: LogisticRegression.Settings? = nil) {
        let usual = LogisticRegression.Settings()
        guard fixed == nil, task.texts.count * task.tags.count <= Self.budget else {
            candidates = [fixed ?? usual]
            return
        }
        var (longer, gentler) = (usual, usual)
        longer.passes *= 2
        gentler.learningRate /= 2
        var both = longer
        both.learningRate = gentler.learningRate
        candidates = [usual, longer, gentler, both]
    }

    /// The candidate to take by its logits of held-out texts, shape (candidates, texts, tags); `rights`
    /// are the tags of each text.
    static func choice(_ logits: [[[Float]]], rights: [[Int]]) -> Int {
        guard logits.count > 1 else { return 0 }
        let losses = logits.map { Self.losses($0, rights) }
        // Below a thousandth it is how the lines were rounded.
        let least = losses[0].reduce(0, +) / Double(losses[0].count) / 1000
        var best = (candidate: 0, gain: least)
        for candidate in losses.indices.dropFirst() {
            let gains = zip(losses[0], losses[candidate]).map { $0 - $1 }
            let count = Double(gains.count)
            let mean = gains.reduce(0, +) / count
            let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)
            if mean > (variance / count).squareRoot(), mean > best.gain {
                best = (candidate, mean)
            }
        }
        return best.candidate
    }

    /// The log loss of each text, summed over the tags, by the lines that suit the logits best.
    private static func losses(_ logits: [[Float]], _ rights: [[Int]]) -> [Double] {
        var losses = [Double](repeating: 0, count: logits.count)
        for tag in (logits.first ?? []).indices {
            let column = logits.map { $0[tag] }
            let positives = rights.map { $0.contains(tag) }
            guard positives.contains(true) else { continue }
            let line = PlattScaling(fitting: column, positives: positives)
            let share = Float(positives.count { $0 }) / Float(positives.count)
            for text in losses.indices {
                // Where no line rises, the logits say no more than how frequent the tag is.
                let probability = line?.probability(column[text]) ?? share
                let right = positives[text] ? probability : 1 - probability
                losses[text] -= Double.log(max(Double(right), 1e-12))
            }
        }
        return losses
    }
}
