// Numbers and tables as people read them.

/// A number with so many decimals.
package func decimal(_ value: Double, _ places: Int = 3) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % scale)
    let zeros = String(repeating: "0", count: places - fraction.count)
    return "\(sign)\(scaled / scale).\(zeros)\(fraction)"
}

/// A share in percent with one decimal, without the sign.
package func percent(_ share: Double) -> String { decimal(share * 100, 1) }

/// A chance, small ones with their power of ten.
package func chance(_ p: Double) -> String {
    guard p < 0.001 else { return decimal(p) }
    guard p > 0 else { return "0" }
    var (mantissa, exponent) = (p, 0)
    while mantissa < 1 {
        mantissa *= 10
        exponent -= 1
    }
    return "\(decimal(mantissa, 1))e\(exponent)"
}

/// Lines of columns: the first to the left, the others to the right.
package func columns(_ rows: [[String]], indentation: String = "  ") -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
        rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
        var line = indentation
        for (i, cell) in row.enumerated() {
            let padding = String(repeating: " ", count: widths[i] - cell.count)
            line += i == 0 ? cell + padding : "  " + padding + cell
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
