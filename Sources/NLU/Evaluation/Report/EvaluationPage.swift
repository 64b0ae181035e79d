// An evaluation as one page of HTML that needs nothing else.

import Numerics
import Learning

extension EvaluationReport {
    /// A page with its style and its pictures inside; without scripts.
    package var page: String {
        let parts: [HTML] = [
            figureCards, comparison, curves, matrix, confusedTable, intentTable, sliceTable,
            entityTable, typingTable,
        ]
        let title: HTML = "\(model) on \(data)"
        let page: HTML = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title><style>
            \(Self.style)
            </style></head><body><main>
            <h1>\(model)</h1>
            <p class="faint">Measured on \(data): \(size). Intervals are \(percent(bootstrap.level)) %, by \
            bootstrap of \(bootstrap.resamples) resamples.</p>
            \(parts)</main></body></html>

            """
        return page.description
    }

    private var size: String {
        var parts = ["\(measures.examples) examples of \(intents.count) intents"]
        if measures.outOfScope > 0 { parts.append("\(measures.outOfScope) out of scope") }
        if evaluation.unknownIntentCount > 0 {
            parts.append("\(evaluation.unknownIntentCount) of intents that the model does not know")
        }
        if let threshold { parts.append("threshold \(decimal(Double(threshold)))") }
        return parts.joined(separator: ", ")
    }

    /// What a measure is called on the page; those without a name are in the side-by-side table.
    private static let titles: [(name: String, title: String, isShare: Bool)] = [
        ("accuracy", "accuracy", true), ("macroF1", "macro F1", true),
        ("weightedF1", "weighted F1", true), ("ece", "calibration error", false),
        ("logLoss", "log loss", false), ("answeredAccuracy", "answered rightly", true),
        ("answeredPrecision", "right of the answered", true),
        ("outOfScopeRecall", "out of scope caught", true),
        ("outOfScopeAUROC", "out of scope AUROC", false),
    ]

    private var figureCards: HTML {
        let cards = Self.titles.compactMap { item -> HTML? in
            guard let figure = figures.first(where: { $0.name == item.name }) else { return nil }
            let write = { (value: Double) in item.isShare ? percent(value) : decimal(value) }
            return """
                <div><dt>\(item.title)</dt><dd>\(write(figure.value))\(item.isShare ? " %" : "")</dd>
                <dd class="faint">\(write(figure.interval.lowerBound)) – \
                \(write(figure.interval.upperBound))</dd></div>

                """
        }
        return "<dl class=\"cards\">\(cards)</dl>\n"
    }

    private var comparison: HTML {
        guard let against else { return "" }
        let comparison = against.comparison
        let rows = IntentMeasures.named.enumerated().compactMap { i, measure -> [String]? in
            guard isMeasured(measure.name) else { return nil }
            let interval = comparison.differences[i]
            return [
                measure.name, decimal(comparison.first[keyPath: measure.path], 4),
                decimal(comparison.second[keyPath: measure.path], 4),
                "\(decimal(interval.lowerBound, 4)) to \(decimal(interval.upperBound, 4))",
            ]
        }
        return """
            <h2>Beside \(against.model)</h2>
            <p>Only \(model) has the top answer right \(comparison.test.onlyFirst) times, only \
            \(against.model) \(comparison.test.onlySecond) times: p = \(chance(comparison.test.pValue)) by \
            McNemar’s exact test, two-sided. Intervals of the difference are by paired bootstrap.</p>
            \(HTML.table(["", model, against.model, "difference"], rows))
            """
    }

    // MARK: Pictures

    private var curves: HTML {
        var charts = [reliabilityChart, answerChart]
        if measures.outOfScope > 0 { charts += [rocChart, precisionChart] }
        return "<h2>Confidence</h2><div class=\"charts\">\(charts.map(\.html))</div>\n"
    }

    private var reliabilityChart: Chart {
        let bins = evaluation.reliability.bins
        var chart = Chart(
            title: "Reliability: accuracy by confidence", x: "confidence %", y: "accuracy %")
        chart.hasDiagonal = true
        chart.bars = bins.enumerated().filter { $0.element.count > 0 }.map { i, bin in
            (
                Double(i) / Double(bins.count), Double(i + 1) / Double(bins.count), bin.accuracy,
                "\(bin.count) answers: confidence \(percent(bin.confidence)) %, accuracy "
                    + "\(percent(bin.accuracy)) %"
            )
        }
        return chart
    }

    private var answerChart: Chart {
        let curve = evaluation.answerCurve
        let total = Double(max(evaluation.answers.count, 1))
        let reach = { (point: ThresholdCurve.Point) in
            Double(point.truePositives + point.falsePositives) / total
        }
        var chart = Chart(
            title: "Answers: right ones by the share answered", x: "answered %", y: "right %")
        chart.curves = [
            Chart.Curve(
                name: "precision", style: "a",
                points: curve.sample(300).dropFirst().map { (reach($0), curve.precision($0)) })
        ]
        if let threshold, let point = curve.points.last(where: { $0.threshold >= threshold }) {
            let name = "threshold \(decimal(Double(threshold)))"
            chart.marks = [Chart.Mark(x: reach(point), y: curve.precision(point), name: name)]
        }
        return chart
    }

    private var rocChart: Chart {
        let curve = evaluation.outOfScopeCurve
        var chart = Chart(
            title: "Out of scope, ROC: AUROC \(decimal(measures.outOfScopeAUROC))",
            x: "in scope refused %", y: "out of scope caught %")
        chart.hasDiagonal = true
        chart.curves = [
            Chart.Curve(
                name: "ROC", style: "a",
                points: curve.sample(300).map { (curve.fallout($0), curve.recall($0)) })
        ]
        if let point = operatingPoint(of: curve) {
            let name = "threshold \(decimal(Double(threshold ?? 0)))"
            chart.marks = [
                Chart.Mark(x: curve.fallout(point), y: curve.recall(point), name: name)
            ]
        }
        return chart
    }

    private var precisionChart: Chart {
        let curve = evaluation.outOfScopeCurve
        var chart = Chart(
            title:
                "Out of scope, precision and recall: average \(decimal(curve.averagePrecision))",
            x: "out of scope caught %", y: "of the refused, out of scope %")
        chart.curves = [
            Chart.Curve(
                name: "precision", style: "a",
                points: curve.sample(300).dropFirst().map {
                    (curve.recall($0), curve.precision($0))
                })
        ]
        if let point = operatingPoint(of: curve) {
            let name = "threshold \(decimal(Double(threshold ?? 0)))"
            chart.marks = [
                Chart.Mark(x: curve.recall(point), y: curve.precision(point), name: name)
            ]
        }
        return chart
    }

    /// What the model's own threshold refuses: certainties below it.
    private func operatingPoint(of curve: ThresholdCurve) -> ThresholdCurve.Point? {
        guard let threshold else { return nil }
        return curve.points.last { -$0.threshold < threshold }
    }

    private var matrix: HTML {
        """
        <section class="wide"><h2>Confusion matrix</h2>
        <p class="faint">Rows are the intents of the examples, columns the top answers. A cell is as strong \
        as its share of the row; point at it for the numbers.</p>
        \(ConfusionPicture(evaluation, names: intents.map(\.intent)).html)</section>

        """
    }

    // MARK: Tables

    private var confusedTable: HTML {
        guard !confused.isEmpty else { return "" }
        let rows = confused.prefix(30).map { [$0.actual, $0.predicted, String($0.times)] }
        return """
            <h2>Most confused</h2>
            <p class="faint">\(confused.count) pairs of intents were confused; the \(rows.count) most frequent.</p>
            \(HTML.table(["intent", "taken for", "times"], Array(rows)))
            """
    }

    private var intentTable: HTML {
        let weakest = intents.sorted { ($0.score.f1, $0.intent) < ($1.score.f1, $1.intent) }
        let rows = weakest.map { row in
            [
                row.intent, percent(row.score.precision), percent(row.score.recall),
                percent(row.score.f1), String(row.score.support), String(row.predicted),
            ]
        }
        let header = ["", "precision %", "recall %", "F1 %", "examples", "answers"]
        return "<h2>Intents, the weakest first</h2>\n\(HTML.table(header, rows))"
    }

    private var sliceTable: HTML {
        guard !slices.isEmpty else { return "" }
        let rows = slices.map { slice in
            [
                slice.name, String(slice.measures.examples), percent(slice.measures.accuracy),
                percent(slice.measures.macroF1), decimal(slice.measures.ece),
                slice.measures.outOfScope > 0 ? percent(slice.measures.outOfScopeRecall) : "",
            ]
        }
        let header = ["", "examples", "accuracy %", "macro F1 %", "ECE", "out of scope caught %"]
        return "<h2>Slices</h2>\n\(HTML.table(header, rows))"
    }

    private var entityTable: HTML {
        guard entities != nil else { return "" }
        return "<h2>Entities, exact spans</h2>\n\(HTML.table(Self.entityHeader, entityRows))"
    }

    private var typingTable: HTML {
        guard let typing else { return "" }
        let points = { (value: (TypingEvaluation.Cut) -> Double) in
            typing.cuts.map { (x: $0.share, y: value($0)) }
        }
        var chart = Chart(title: "Accuracy by the share typed", x: "typed %", y: "right %")
        chart.curves = [
            Chart.Curve(name: "cut anywhere", style: "a", points: points(\.accuracy)),
            Chart.Curve(name: "cut between words", style: "b", points: points(\.accuracyAtWord)),
        ]
        var shown = Chart(title: "Shown answers by the share typed", x: "typed %", y: "%")
        shown.curves = [
            Chart.Curve(name: "shown", style: "a", points: points(\.coverage)),
            Chart.Curve(name: "of these right", style: "b", points: points(\.precision)),
        ]
        let noise = typing.noise.map {
            "with \(percent($0.rate)) % of letters mistyped \(percent($0.accuracy)) % are right"
        }
        return """
            <h2>While typing</h2><div class="charts">\(chart.html)\(shown.html)</div>
            \(HTML.table(typing.header, typing.rows))
            <p>The top answer is final from \(percent(typing.earliness)) % of the text on and changes \
            \(decimal(typing.rawChanges, 2)) times; the shown answer changes \
            \(decimal(typing.shownChanges)) times and first appears at \(percent(typing.shownFrom)) %. \
            Whole texts: \(noise.joined(separator: ", ")).</p>

            """
    }
}
