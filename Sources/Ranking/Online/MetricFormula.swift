// A formula over counts, as a definition declares it for a metric.

/// A sum, difference, product or quotient of counts and numbers.
///
///     (accept + 2 * copy) / list
///
/// `*` and `/` bind closer than `+` and `-`; operators of the same rank go from left to right. A name
/// begins with a letter or `_`, which letters, digits and `_` follow.
package indirect enum MetricFormula: Equatable, Sendable {
    package enum Operator: Character, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
    }

    case number(Double)
    case name(String)
    case operation(MetricFormula, Operator, MetricFormula)

    /// In UTF-8; it bounds how deep a formula can be.
    package static let maximumLength = 256

    package init(_ text: String) throws(MetricFormulaError) {
        guard text.utf8.count <= Self.maximumLength else { throw .tooLong }
        var parser = MetricFormulaParser(text)
        self = try parser.formula()
    }

    /// The value for these counts; nil where something is divided by 0, or too great for a number.
    package func value(_ count: (String) -> Double) -> Double? {
        guard let value = unchecked(count), value.isFinite else { return nil }
        return value
    }

    private func unchecked(_ count: (String) -> Double) -> Double? {
        switch self {
        case .number(let number): return number
        case .name(let name): return count(name)
        case .operation(let a, let sign, let b):
            guard let a = a.unchecked(count), let b = b.unchecked(count) else { return nil }
            switch sign {
            case .plus: return a + b
            case .minus: return a - b
            case .times: return a * b
            case .over: return b == 0 ? nil : a / b
            }
        }
    }

    /// The names that stand in it.
    package var names: Set<String> {
        switch self {
        case .number: []
        case .name(let name): [name]
        case .operation(let a, _, let b): a.names.union(b.names)
        }
    }
}

/// Why a text is no formula; places count characters from 1.
package enum MetricFormulaError: Error, Equatable, Sendable {
    case tooLong
    /// The text ends where a number, a name or a bracket is wanted.
    case unfinished
    case unexpected(Character, at: Int)
    case notANumber(String, at: Int)
}

extension MetricFormulaError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLong: "is longer than \(MetricFormula.maximumLength) bytes"
        case .unfinished: "ends where a name, a number or a bracket is wanted"
        case .unexpected(let character, let place):
            "has an unexpected '\(character)' at character \(place)"
        case .notANumber(let text, let place): "has no number '\(text)' at character \(place)"
        }
    }
}

/// Reads a formula by recursive descent.
private struct MetricFormulaParser {
    private let text: [Character]
    private var next = 0

    init(_ text: String) {
        self.text = Array(text)
    }

    mutating func formula() throws(MetricFormulaError) -> MetricFormula {
        let formula = try sum()
        guard next == text.count else { throw unexpected() }
        return formula
    }

    private mutating func sum() throws(MetricFormulaError) -> MetricFormula {
        var left = try product()
        while let sign = sign(of: [.plus, .minus]) {
            left = .operation(left, sign, try product())
        }
        return left
    }

    private mutating func product() throws(MetricFormulaError) -> MetricFormula {
        var left = try factor()
        while let sign = sign(of: [.times, .over]) {
            left = .operation(left, sign, try factor())
        }
        return left
    }

    private mutating func factor() throws(MetricFormulaError) -> MetricFormula {
        skipSpace()
        guard next < text.count else { throw .unfinished }
        if text[next] == "(" { return try bracket() }
        if text[next].isDigit || text[next] == "." { return try number() }
        guard text[next].beginsName else { throw unexpected() }
        return .name(take { $0.beginsName || $0.isDigit })
    }

    private mutating func bracket() throws(MetricFormulaError) -> MetricFormula {
        next += 1
        let inner = try sum()
        guard next < text.count else { throw .unfinished }
        guard text[next] == ")" else { throw unexpected() }
        next += 1
        skipSpace()
        return inner
    }

    private mutating func number() throws(MetricFormulaError) -> MetricFormula {
        let place = next + 1
        let digits = take { $0.isDigit || $0 == "." }
        guard let number = Double(digits) else { throw .notANumber(digits, at: place) }
        return .number(number)
    }

    /// Takes what fulfils the condition, and the space after it.
    private mutating func take(_ condition: (Character) -> Bool) -> String {
        let taken = text[next...].prefix(while: condition)
        next = taken.endIndex
        skipSpace()
        return String(taken)
    }

    private mutating func sign(of wanted: [MetricFormula.Operator]) -> MetricFormula.Operator? {
        guard next < text.count, let sign = MetricFormula.Operator(rawValue: text[next]),
            wanted.contains(sign)
        else { return nil }
        next += 1
        return sign
    }

    private mutating func skipSpace() {
        while next < text.count, text[next] == " " { next += 1 }
    }

    private func unexpected() -> MetricFormulaError {
        .unexpected(text[next], at: next + 1)
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var beginsName: Bool {
        ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_"
    }
}
