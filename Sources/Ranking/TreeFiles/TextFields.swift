// Lines of `name=value`, as LightGBM writes models.

/// The lines of a text, one by one.
struct TextLines {
    private let lines: [ArraySlice<UInt8>]
    /// How many lines were taken.
    private(set) var number = 0

    init(_ bytes: [UInt8]) {
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// Those that were not taken, with carriage returns.
    var remaining: ArraySlice<ArraySlice<UInt8>> { lines[number...] }

    /// Takes the next line, without its end.
    mutating func next(wanted: String) throws(TreeFileError) -> String {
        guard number < lines.count else {
            throw .line(number, .endsTooEarly(wanted: wanted))
        }
        let line = lines[number]
        number += 1
        guard let text = String(validating: line, as: UTF8.self) else {
            throw .line(number, .notUTF8)
        }
        return text.hasSuffix("\r") ? String(text.dropLast()) : text
    }

    /// Takes lines up to the next tree's first (true) or the line that ends the trees (false).
    mutating func skipToTree(wanted: String) throws(TreeFileError) -> Bool {
        while true {
            let line = try next(wanted: wanted)
            if line.hasPrefix("Tree=") { return true }
            if line == "end of trees" { return false }
            guard line.isEmpty else {
                throw .line(number, .unsuitable("a tree begins with “Tree=” and its number"))
            }
        }
    }

    /// Takes lines up to an empty one.
    mutating func fields(wanted: String) throws(TreeFileError) -> TextFields {
        var values: [String: String] = [:]
        while true {
            let line = try next(wanted: wanted)
            guard !line.isEmpty else { return TextFields(values: values, end: number) }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
    }
}

/// The values of a section by their names.
struct TextFields {
    fileprivate let values: [String: String]
    /// The line after the section.
    let end: Int

    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String) -> String? { values[name] }

    func integer(_ name: String) throws(TreeFileError) -> Int {
        guard let text = values[name] else { throw .line(end, .missing(name)) }
        guard let value = Int(text) else { throw .line(end, .notNumbers(name)) }
        return value
    }

    /// A list of integers; of any length where `count` is nil.
    func integers(_ name: String, count: Int?) throws(TreeFileError) -> [Int] {
        try list(name, count: count) { Int($0) }
    }

    func doubles(_ name: String, count: Int) throws(TreeFileError) -> [Double] {
        try list(name, count: count) { Double($0) }
    }

    /// A list that may be left out or empty, as in a tree of one leaf: zeros then.
    func optional(_ name: String, count: Int) throws(TreeFileError) -> [Double] {
        guard values[name]?.contains(where: { $0 != " " }) == true else {
            return Array(repeating: 0, count: count)
        }
        return try doubles(name, count: count)
    }

    private func list<Number>(
        _ name: String, count: Int?, _ number: (Substring) -> Number?
    ) throws(TreeFileError) -> [Number] {
        guard let text = values[name] else { throw .line(end, .missing(name)) }
        var numbers: [Number] = []
        for word in text.split(separator: " ") {
            guard let value = number(word) else { throw .line(end, .notNumbers(name)) }
            numbers.append(value)
        }
        if let count, numbers.count != count {
            throw .line(end, .wrongCount(name, found: numbers.count, wanted: count))
        }
        return numbers
    }
}
