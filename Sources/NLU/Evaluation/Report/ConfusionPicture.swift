// A confusion matrix as SVG.

import Numerics
import Learning

/// Rows are the intents of the examples, columns the answers; a cell is as dark as its share of the
/// row, by the square root, so that single mistakes show beside hundreds of right answers.
struct ConfusionPicture {
    private let names: [String]
    /// The class of each row and column.
    private let classes: [Int]
    private let evaluation: Evaluation

    init(_ evaluation: Evaluation, names: [String]) {
        self.evaluation = evaluation
        self.names = names
        let numbers = Dictionary(
            zip(evaluation.classes, evaluation.classes.indices),
            uniquingKeysWith: { first, _ in first })
        classes = names.compactMap { numbers[$0] }
    }

    /// The side of a cell: large enough for its number, or for a name beside it.
    private var cell: Double {
        switch names.count {
        case ...12: 40
        case ...30: 24
        case ...60: 15
        default: 11
        }
    }

    private var hasNumbers: Bool { cell >= 24 }
    private var fontSize: Double { min(12, cell * 0.82) }
    /// Room for the longest name, whose letters are about 0.55 of their height wide.
    private var margin: Double {
        Double(names.map(\.count).max() ?? 0) * fontSize * 0.56 + 10
    }

    var html: HTML {
        let side = Double(names.count) * cell
        let width = margin + side + 2
        let wide: HTML = "style=\"width:\(width)px;height:\(width)px\""
        return """
            <div class="scroll"><svg class="matrix" \(wide) viewBox="0 0 \(width) \(width)" role="img" \
            aria-label="Confusion matrix" font-size="\(fontSize)">
            <rect class="field" x="\(margin)" y="\(margin)" width="\(side)" height="\(side)"/>
            \(names.indices.map(stripe))\(names.indices.map(label))\(names.indices.flatMap(row))
            </svg></div>

            """
    }

    /// Every fifth line helps the eye along.
    private func stripe(_ i: Int) -> HTML {
        guard i.isMultiple(of: 5), i > 0 else { return "" }
        let at = margin + Double(i) * cell
        let end = margin + Double(names.count) * cell
        return "<path class=\"grid\" d=\"M\(margin) \(at)H\(end)M\(at) \(margin)V\(end)\"/>\n"
    }

    private func label(_ i: Int) -> HTML {
        let middle = margin + (Double(i) + 0.5) * cell
        let baseline = middle + fontSize * 0.35
        return """
            <text class="y" x="\(margin - 5)" y="\(baseline)">\(names[i])</text>
            <text transform="translate(\(baseline) \(margin - 5)) rotate(-90)">\(names[i])</text>

            """
    }

    private func row(_ row: Int) -> [HTML] {
        let counts = classes.map { evaluation.confusion[actual: classes[row], predicted: $0] }
        let total = counts.reduce(0, +)
        return counts.indices.filter { counts[$0] > 0 }.map { column in
            let share = Double(counts[column]) / Double(total)
            return square(row, column, counts[column], opacity: 0.15 + 0.85 * share.squareRoot())
        }
    }

    private func square(_ row: Int, _ column: Int, _ count: Int, opacity: Double) -> HTML {
        let x = margin + Double(column) * cell
        let y = margin + Double(row) * cell
        let kind = row == column ? "right" : "wrong"
        let meaning =
            row == column
            ? "\(names[row]): \(count) right"
            : "\(names[row]) taken for \(names[column]): \(count)"
        let shade = decimal(opacity, 2)
        let number: HTML =
            hasNumbers
            ? "<text class=\"number\(opacity > 0.6 ? " strong" : "")\" x=\"\(x + cell / 2)\" y=\"\(y + cell / 2 + fontSize * 0.35)\">\(count)</text>"
            : ""
        return """
            <rect class="\(kind)" x="\(x + 0.5)" y="\(y + 0.5)" width="\(cell - 1)" \
            height="\(cell - 1)" fill-opacity="\(shade)"><title>\(meaning)</title></rect>\(number)

            """
    }
}
