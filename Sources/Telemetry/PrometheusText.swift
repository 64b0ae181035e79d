// The text that Prometheus reads.

/// Writes the lines of the exposition format, version 0.0.4.
///
/// Source: Prometheus, "Exposition formats", section "Text format details".
package struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    mutating func header(name: String, kind: MetricKind, help: String) {
        line("# HELP \(name) \(Self.escape(help, quote: false))")
        line("# TYPE \(name) \(kind.rawValue)")
    }

    mutating func sample(
        _ name: String, labels: [(name: String, value: String)], value: String
    ) {
        let pairs = labels.map { "\($0.name)=\"\(Self.escape($0.value, quote: true))\"" }
        let set = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
        line("\(name)\(set) \(value)")
    }

    /// A number as Go reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
        return Int(exactly: value).map(String.init) ?? value.description
    }

    static func isMetricName(_ name: String) -> Bool {
        isName(name) { isLetter($0) || $0 == UInt8(ascii: ":") }
    }

    /// Names that begin with two underscores are Prometheus's own.
    static func isLabelName(_ name: String) -> Bool {
        isName(name, isLetter) && !name.hasPrefix("__")
    }

    private mutating func line(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func escape(_ text: String, quote: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quote: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func isName(_ name: String, _ isStart: (UInt8) -> Bool) -> Bool {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = name.utf8.first, isStart(first) else { return false }
        return name.utf8.allSatisfy { isStart($0) || digits.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
