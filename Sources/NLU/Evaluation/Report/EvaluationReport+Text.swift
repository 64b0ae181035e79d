// An evaluation in lines for a terminal.

import Numerics
import Learning

extension EvaluationReport {
    /// How many of a long list are shown.
    private static let shown = 15

    /// The findings, the headline first.
    package var lines: [String] {
        var lines = headline
        if let against { lines += side(against) }
        lines += reliabilityLines + intentLines + confusedLines
        if measures.outOfScope > 0 { lines += outOfScopeLines }
        if !slices.isEmpty { lines += sliceLines }
        if entities != nil {
            lines += ["", "Entities, exact spans"] + columns([Self.entityHeader] + entityRows)
        }
        if let typing { lines += Self.lines(typing) }
        return lines
    }

    private var headline: [String] {
        var rows = [["model", model], ["examples", String(measures.examples)]]
        if measures.outOfScope > 0 { rows.append(["outOfScope", String(measures.outOfScope)]) }
        if evaluation.unknownIntentCount > 0 {
            rows.append(["of unknown intents", String(evaluation.unknownIntentCount)])
        }
        if let threshold { rows.append(["threshold", decimal(Double(threshold))]) }
        rows += figures.map { figure in
            [
                figure.name, decimal(figure.value, 4),
                "\(decimal(figure.interval.lowerBound, 4)) to \(decimal(figure.interval.upperBound, 4))",
            ]
        }
        let level = percent(bootstrap.level)
        return columns(rows, indentation: "")
            + ["intervals: \(level) %, bootstrap of \(bootstrap.resamples) resamples"]
    }

    private func side(_ other: Other) -> [String] {
        var rows = [["", model, other.model, "difference"]]
        for (i, (name, path)) in IntentMeasures.named.enumerated() where isMeasured(name) {
            let interval = other.comparison.differences[i]
            rows.append([
                name, decimal(other.comparison.first[keyPath: path], 4),
                decimal(other.comparison.second[keyPath: path], 4),
                "\(decimal(interval.lowerBound, 4)) to \(decimal(interval.upperBound, 4))",
            ])
        }
        let test = other.comparison.test
        return ["", "Side by side, with intervals of the difference by paired bootstrap"]
            + columns(rows) + [
                "  top answers that only \(model) has right: \(test.onlyFirst), "
                    + "only \(other.model): \(test.onlySecond)",
                "  McNemar's exact test, two-sided: p = \(chance(test.pValue))",
            ]
    }

    private var reliabilityLines: [String] {
        let bins = evaluation.reliability.bins.filter { $0.count > 0 }
        guard !bins.isEmpty else { return [] }
        let rows = bins.map { bin in
            [percent(bin.confidence), percent(bin.accuracy), String(bin.count)]
        }
        return ["", "Reliability (expected calibration error \(decimal(measures.ece, 4)))"]
            + columns([["confidence %", "accuracy %", "answers"]] + rows)
    }

    private var intentLines: [String] {
        let weakest = intents.sorted { ($0.score.f1, $0.intent) < ($1.score.f1, $1.intent) }
        let isLong = intents.count > 2 * Self.shown
        let title =
            isLong
            ? "The weakest \(Self.shown) of \(intents.count) intents (--json and --html show all)"
            : "Intents, the weakest first"
        let rows = weakest.prefix(isLong ? Self.shown : intents.count).map { row in
            [
                row.intent, percent(row.score.precision), percent(row.score.recall),
                percent(row.score.f1), String(row.score.support),
            ]
        }
        return ["", title]
            + columns([["", "precision %", "recall %", "F1 %", "examples"]] + rows)
    }

    private var confusedLines: [String] {
        guard !confused.isEmpty else { return [] }
        let rows = confused.prefix(Self.shown).map {
            ["\($0.actual) taken for \($0.predicted)", String($0.times)]
        }
        return ["", "Most confused, of \(confused.count) pairs"] + columns(Array(rows))
    }

    private var outOfScopeLines: [String] {
        let curve = evaluation.outOfScopeCurve
        var rows = [["out of scope caught %", "in scope refused %", "threshold"]]
        for share in [0.5, 0.7, 0.8, 0.9, 0.95] {
            guard let point = curve.points.first(where: { curve.recall($0) >= share }) else {
                continue
            }
            // What is caught are certainties up to that of the point.
            let row = [
                percent(curve.recall(point)), percent(curve.fallout(point)),
                decimal(Double(-point.threshold), 3),
            ]
            // With few examples a point serves several shares.
            if rows.last != row { rows.append(row) }
        }
        return ["", "Out of scope by the certainty up to which is refused"] + columns(rows)
    }

    private var sliceLines: [String] {
        let rows = slices.map { slice in
            [
                slice.name, String(slice.measures.examples), percent(slice.measures.accuracy),
                percent(slice.measures.macroF1), decimal(slice.measures.ece),
                slice.measures.outOfScope > 0 ? percent(slice.measures.outOfScopeRecall) : "",
            ]
        }
        let header = ["", "examples", "accuracy %", "macro F1 %", "ECE", "out of scope caught %"]
        return ["", "Slices"] + columns([header] + rows)
    }

    private static func lines(_ typing: TypingEvaluation) -> [String] {
        let noise = typing.noise.map { noise in
            ["with \(percent(noise.rate)) % of letters mistyped", "\(percent(noise.accuracy)) %"]
        }
        return ["", "While typing, \(typing.examples) utterances"]
            + columns([typing.header] + typing.rows)
            + columns(
                noise + [
                    ["top answer final from, share of the text", decimal(typing.earliness)],
                    ["top answer changes an utterance", decimal(typing.rawChanges, 2)],
                    ["shown answer changes an utterance", decimal(typing.shownChanges)],
                    ["first shown at, share of the text", decimal(typing.shownFrom)],
                ])
    }
}

extension TypingEvaluation {
    /// What the columns of `rows` are.
    var header: [String] {
        ["typed %", "accuracy %", "ECE", "at word border %", "ECE", "shown %", "of these right %"]
    }

    /// A row for each share of the text.
    var rows: [[String]] {
        cuts.map { cut in
            [
                percent(cut.share), percent(cut.accuracy), decimal(cut.ece),
                percent(cut.accuracyAtWord), decimal(cut.eceAtWord), percent(cut.coverage),
                percent(cut.precision),
            ]
        }
    }
}
