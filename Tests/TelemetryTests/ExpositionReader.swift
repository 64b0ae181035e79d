// A strict reader of Prometheus's text format, version 0.0.4, for the tests alone.

/// Reads the samples of a text, and refuses what the format does not allow.
struct ExpositionReader {
    struct Mistake: Error {
        let line: Int
        let what: String
    }

    /// The value of each series by its name and labels, as `key` writes them.
    static func samples(of bytes: [UInt8]) throws -> [String: Double] {
        guard bytes.last == UInt8(ascii: "\n") else { throw Mistake(line: 0, what: "no line end") }
        var reader = ExpositionReader()
        // Split as bytes: a string takes CR and LF for one character.
        for line in bytes.dropLast().split(separator: 10, omittingEmptySubsequences: false) {
            reader.line += 1
            try reader.read(Array(String(decoding: line, as: UTF8.self).unicodeScalars))
        }
        return reader.samples
    }

    static func key(_ name: String, _ labels: [(String, String)]) -> String {
        labels.isEmpty ? name : name + labels.map { "|\($0.0)=\(Array($0.1.utf8))" }.joined()
    }

    private var samples: [String: Double] = [:]
    private var helped: Set<String> = []
    private var typed: [String: String] = [:]
    private var family = ""
    private var line = 0

    private mutating func read(_ text: [Unicode.Scalar]) throws {
        var rest = text[...]
        if take("# HELP ", from: &rest) { return try help(&rest) }
        if take("# TYPE ", from: &rest) { return try type(&rest) }
        let name = try name(&rest)
        let kind = typed[family]
        let suffixes = kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        try check(suffixes.contains { name == family + $0 }, "\(name) is not of \(family)")
        let labels = try labels(&rest)
        try check(labels.contains { $0.0 == "le" } == name.hasSuffix("_bucket"), "le")
        try check(take(" ", from: &rest), "no space before the value")
        let key = Self.key(name, labels)
        let old = samples.updateValue(
            try number(String(String.UnicodeScalarView(rest))), forKey: key)
        try check(old == nil, "\(key) stands twice")
    }

    private mutating func help(_ rest: inout ArraySlice<Unicode.Scalar>) throws {
        let name = try name(&rest)
        try check(helped.insert(name).inserted, "two helps for \(name)")
        if !rest.isEmpty { try check(take(" ", from: &rest), "no space") }
        _ = try unescape(&rest, quoted: false)
    }

    private mutating func type(_ rest: inout ArraySlice<Unicode.Scalar>) throws {
        family = try name(&rest)
        try check(take(" ", from: &rest), "no space")
        let kind = String(String.UnicodeScalarView(rest))
        try check(["counter", "gauge", "histogram", "summary", "untyped"].contains(kind), kind)
        try check(typed.updateValue(kind, forKey: family) == nil, "two types for \(family)")
    }

    private func labels(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> [(String, String)] {
        guard take("{", from: &rest) else { return [] }
        var labels: [(String, String)] = []
        repeat {
            let name = try name(&rest)
            try check(!name.contains(":"), "a colon in a label")
            try check(take("=\"", from: &rest), "no quoted value")
            labels.append((name, try unescape(&rest, quoted: true)))
            try check(take("\"", from: &rest), "no end of the value")
        } while take(",", from: &rest)
        try check(take("}", from: &rest), "no end of the labels")
        return labels
    }

    private func unescape(
        _ rest: inout ArraySlice<Unicode.Scalar>, quoted: Bool
    ) throws -> String {
        var text = String.UnicodeScalarView()
        while let scalar = rest.first, !(quoted && scalar == "\"") {
            rest.removeFirst()
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "n": text.append("\n")
            case "\\": text.append("\\")
            case "\"" where quoted: text.append("\"")
            default: try check(false, "no such escape")
            }
        }
        return String(text)
    }

    private func name(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> String {
        let name = rest.prefix {
            $0.isASCII
                && ($0.properties.isAlphabetic || "_:".unicodeScalars.contains($0)
                    || ("0"..."9").contains($0))
        }
        rest = rest.dropFirst(name.count)
        try check(name.first.map { !("0"..."9").contains($0) } ?? false, "not a name")
        return String(String.UnicodeScalarView(name))
    }

    private func number(_ text: String) throws -> Double {
        switch text {
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        case "NaN": return .nan
        default:
            let digits = text.allSatisfy { "0123456789+-.e".contains($0) }
            guard digits, let value = Double(text) else {
                throw Mistake(line: line, what: "not a number: \(text)")
            }
            return value
        }
    }

    private func take(_ prefix: String, from rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
        guard rest.starts(with: prefix.unicodeScalars) else { return false }
        rest = rest.dropFirst(prefix.unicodeScalars.count)
        return true
    }

    private func check(_ condition: Bool, _ what: String) throws {
        guard condition else { throw Mistake(line: line, what: what) }
    }
}
