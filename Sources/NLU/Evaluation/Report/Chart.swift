// Curves in the unit square, as SVG.

import Numerics

/// A picture of curves whose values lie in 0...1 on both axes.
struct Chart {
    /// A line through points.
    struct Curve {
        let name: String
        /// The name of its style: `a` or `b`.
        let style: String
        let points: [(x: Double, y: Double)]
        /// Whether it goes on level until the next point.
        var isStepped = false
    }

    /// A point that is pointed out.
    struct Mark {
        let x: Double
        let y: Double
        let name: String
    }

    let title: String
    let x: String
    let y: String
    var curves: [Curve] = []
    var marks: [Mark] = []
    /// Bars from the left border of each share to the next, with their heights.
    var bars: [(from: Double, to: Double, height: Double, title: String)] = []
    var hasDiagonal = false

    private static let side = 260.0
    private static let left = 44.0
    private static let top = 12.0

    /// A figure with its title, the picture and a legend.
    var html: HTML {
        let width = Self.left + Self.side + 14
        let height = Self.top + Self.side + 42
        let legend =
            curves.count < 2
            ? []
            : curves.map { curve -> HTML in
                "<span class=\"key \(curve.style)\">\(curve.name)</span>"
            }
        return """
            <figure><figcaption>\(title)</figcaption>
            <svg viewBox="0 0 \(width) \(height)" role="img" aria-label="\(title)">
            \(grid)\(bars.map(bar))\(diagonal)\(curves.map(path))\(marks.map(mark))
            </svg><div class="legend">\(legend)</div></figure>

            """
    }

    private func place(_ x: Double, _ y: Double) -> (Double, Double) {
        (Self.left + x * Self.side, Self.top + (1 - y) * Self.side)
    }

    private var grid: [HTML] {
        let (left, bottom) = place(0, 0)
        let (right, top) = place(1, 1)
        let lines = (0...5).map { i -> HTML in
            let value = Double(i) / 5
            let (x, y) = place(value, value)
            let label = percent(value).replacing(".0", with: "")
            return """
                <path class="grid" d="M\(left) \(y)H\(right)M\(x) \(top)V\(bottom)"/>
                <text class="y" x="\(left - 6)" y="\(y + 3.5)">\(label)</text>
                <text class="x" x="\(x)" y="\(bottom + 14)">\(label)</text>

                """
        }
        let names: HTML = """
            <text class="x" x="\((left + right) / 2)" y="\(bottom + 34)">\(self.x)</text>
            <text class="x" transform="translate(12 \((top + bottom) / 2)) rotate(-90)">\(self.y)</text>

            """
        return lines + [names]
    }

    private var diagonal: HTML {
        guard hasDiagonal else { return "" }
        let (start, end) = (place(0, 0), place(1, 1))
        return "<path class=\"diagonal\" d=\"M\(start.0) \(start.1)L\(end.0) \(end.1)\"/>"
    }

    private func bar(_ bar: (from: Double, to: Double, height: Double, title: String)) -> HTML {
        let (x, y) = place(bar.from, bar.height)
        let (end, bottom) = place(bar.to, 0)
        return """
            <rect class="bar" x="\(x + 0.5)" y="\(y)" width="\(end - x - 1)" height="\(bottom - y)">\
            <title>\(bar.title)</title></rect>

            """
    }

    private func path(_ curve: Curve) -> HTML {
        let steps = curve.points.enumerated().map { i, point -> HTML in
            let (x, y) = place(point.x, point.y)
            if i == 0 { return "M\(x) \(y)" }
            return curve.isStepped ? "H\(x)V\(y)" : "L\(x) \(y)"
        }
        return "<path class=\"curve \(curve.style)\" d=\"\(steps)\"/>\n"
    }

    private func mark(_ mark: Mark) -> HTML {
        let (x, y) = place(mark.x, mark.y)
        return
            "<circle class=\"mark\" cx=\"\(x)\" cy=\"\(y)\" r=\"4.5\"><title>\(mark.name)</title></circle>\n"
    }
}

extension String {
    /// With an ending replaced, where it has it.
    fileprivate func replacing(_ ending: String, with other: String) -> String {
        hasSuffix(ending) ? String(dropLast(ending.count)) + other : self
    }
}
