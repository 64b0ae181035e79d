// Which settings of a fit are tried, and which win.

import Learning

/// A plan of fits within a budget, and the choice among them.
///
/// Settings that suit most data sets come first; another is taken only where it is right more often
/// by two standard errors of the difference, so that noise does not choose: it costs Made With ML a fifth
/// of a point where one is enough, in folds that neither learn nor choose.
struct IntentSearch {
    /// In units of an example and a class, met in one order.
    ///
    /// CLINC150 has 2.25 million and takes 6 s of processor time:
    /// its search stays below a minute.
    private static let budget = 18_000_000

    /// The first is the usual one.
    let candidates: [FitSettings]
    /// The parts by which the candidates are compared; [nil] where there is a validation set.
    let judges: [Int?]
    /// Further parts that the winner is calibrated by.
    let furtherFolds: [Int?]

    /// Plans for a task; `fixed` settings leave nothing to search.
    init(_ task: IntentTask, fixed: FitSettings?) {
        let orders = FitSettings(forExamples: task.texts.count).orders
        let cost = max(task.texts.count * task.intents.count * orders, 1)
        let affordable = Self.budget / cost
        let all = fixed.map { [$0] } ?? Self.candidates(forExamples: task.texts.count)
        if task.validation != nil {
            candidates = Array(all.prefix(max(affordable, 1)))
            (judges, furtherFolds) = ([nil], [])
            return
        }
        // What calibrates the winner is paid first: half of the budget, one part at least.
        let folds = min(max(affordable / 2, 1), task.foldCount)
        let compared = min((affordable - folds) / max(all.count - 1, 1), folds)
        candidates = compared > 0 ? all : [all[0]]
        judges = Array(0..<(compared > 0 ? compared : folds))
        furtherFolds = Array(judges.count..<folds)
    }

    private static func candidates(forExamples count: Int) -> [FitSettings] {
        let usual = FitSettings(forExamples: count)
        var (other, smoother, longer) = (usual, usual, usual)
        other.minimumCount = usual.minimumCount == 1 ? 2 : 1
        smoother.augmentation.labelSmoothing *= 2
        longer.regression.passes *= 2
        // With many examples, n-grams seen once would only make the artifact larger.
        return usual.minimumCount == 1
            ? [usual, other, smoother, longer] : [usual, smoother, longer]
    }

    /// The candidate to take; `hits[i]` says which held-out examples candidate i gets right.
    static func choice(_ hits: [[Bool]]) -> Int {
        var best = (candidate: 0, surplus: 0.0)
        for (candidate, others) in hits.enumerated().dropFirst() {
            let won = zip(others, hits[0]).count { $0 && !$1 }
            let lost = zip(others, hits[0]).count { !$0 && $1 }
            // The difference of two binomial counts under the hypothesis that there is none.
            let error = Double(won + lost).squareRoot()
            let surplus = Double(won - lost)
            if surplus > 2 * error, surplus > best.surplus { best = (candidate, surplus) }
        }
        return best.candidate
    }
}
