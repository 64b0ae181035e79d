// The pattern language of rules: what may be written, and what it says.

/// What a pattern matches, as a tree.
///
/// The language is the regular part of what other tools call regular expressions, so that a search
/// takes time linear in the text whatever the pattern: no back-references, no look-around.
///
/// | written | matches |
/// |---|---|
/// | `a` | the letter, in lower or upper case |
/// | `.` | any character |
/// | `[abc]` `[a-z]` `[^0-9]` | one of these; one that is none of these |
/// | `\d` `\w` `\s` and `\D` `\W` `\S` | 0 to 9; a letter, mark, digit or `_`; a space; and what is none |
/// | `xy` `x\|y` `(x)` | one after the other; one of both; a group |
/// | `x?` `x*` `x+` `x{2}` `x{2,}` `x{2,5}` | at most once; any number; at least one; so often |
/// | `^` `$` `\b` | the start, the end of the text; the border of a word |
/// | `\.` | the sign itself, for every sign that means something here |
indirect enum PatternSyntax: Equatable {
    enum Assertion: UInt8 {
        case start, end, wordBorder
    }

    case empty
    case scalar(ScalarSet)
    case sequence([PatternSyntax])
    case choice([PatternSyntax])
    case repeated(PatternSyntax, least: Int, most: Int?)
    case assertion(Assertion)
}

/// Why a text is not a pattern.
package struct PatternError: Error, Equatable {
    package enum Reason: Equatable, Sendable {
        case nothingToRepeat
        case repeatedTwice
        case unclosedGroup
        case unopenedGroup
        /// `(?` begins nothing but `(?:`.
        case unknownGroup
        case unclosedClass
        case emptyClass
        case backwardRange
        case unknownEscape
        case trailingEscape
        case badCount
        /// A count goes up to 1,000, a pattern to 4,096 steps, groups to a depth of 64.
        case tooLarge
    }

    package let reason: Reason
    /// Where in the pattern, in characters from 1.
    package let column: Int
}

extension PatternError: CustomStringConvertible {
    package var description: String { "\(reason) at character \(column)" }
}

extension PatternError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .nothingToRepeat: "nothing stands before the sign of repetition (write \\ before it)"
        case .repeatedTwice: "one sign of repetition follows another"
        case .unclosedGroup: "the group is not closed"
        case .unopenedGroup: "a group is closed that was not opened"
        case .unknownGroup: "only (…) and (?:…) are groups"
        case .unclosedClass: "the class […] is not closed"
        case .emptyClass: "the class […] is empty"
        case .backwardRange: "the range in […] runs backwards"
        case .unknownEscape: "\\ stands before a letter or digit that means nothing"
        case .trailingEscape: "the pattern ends with \\"
        case .badCount: "{…} must hold a count: {2}, {2,} or {2,5}"
        case .tooLarge: "the pattern is too large"
        }
    }
}

/// Reads a pattern; recursive descent, one function a level of precedence.
struct PatternParser {
    static let maximumCount = 1000
    static let maximumDepth = 64

    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var depth = 0

    private init(_ pattern: String) {
        scalars = Self.composed(pattern)
    }

    /// A pattern in which letters and the marks behind them are joined, as texts are read.
    private static func composed(_ pattern: String) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in pattern.unicodeScalars {
            guard [UInt32].isJoining(scalar), let letter = result.last,
                result.dropLast().last != "\\"
            else {
                result.append(scalar)
                continue
            }
            let lower = letter.properties.lowercaseMapping.unicodeScalars
            var cluster = lower.map(\.value)
            cluster.appendComposing(scalar.value, wordStart: 0)
            let isUpper = cluster.count == 1 && lower.first != letter
            let joined = cluster.compactMap(Unicode.Scalar.init)
            result.removeLast()
            result +=
                isUpper ? joined.flatMap { $0.properties.uppercaseMapping.unicodeScalars } : joined
        }
        return result
    }

    static func parse(_ pattern: String) throws(PatternError) -> PatternSyntax {
        var parser = PatternParser(pattern)
        let syntax = try parser.choice()
        guard parser.at == parser.scalars.count else { throw parser.error(.unopenedGroup) }
        return syntax
    }

    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private func error(_ reason: PatternError.Reason, at place: Int? = nil) -> PatternError {
        PatternError(reason: reason, column: (place ?? at) + 1)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    private mutating func choice() throws(PatternError) -> PatternSyntax {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repetition()) }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repetition() throws(PatternError) -> PatternSyntax {
        let part = try atom()
        guard let (least, most) = try count() else { return part }
        let end = at
        if try count() != nil { throw error(.repeatedTwice, at: end) }
        return .repeated(part, least: least, most: most)
    }

    private mutating func atom() throws(PatternError) -> PatternSyntax {
        let start = at
        at += 1
        switch scalars[start] {
        case "(": return try group(from: start)
        case "[": return .scalar(try scalarClass(from: start))
        case ".": return .scalar(.any)
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case "\\": return take("b") ? .assertion(.wordBorder) : try escape(from: start)
        case "*", "+", "?", "{": throw error(.nothingToRepeat, at: start)
        case let scalar: return Self.literal(scalar)
        }
    }

    private mutating func group(from start: Int) throws(PatternError) -> PatternSyntax {
        if take("?"), !take(":") { throw error(.unknownGroup, at: start) }
        depth += 1
        guard depth <= Self.maximumDepth else { throw error(.tooLarge, at: start) }
        let content = try choice()
        guard take(")") else { throw error(.unclosedGroup, at: start) }
        depth -= 1
        return content
    }

    /// A letter in the case in which texts are read; that may be several characters.
    private static func literal(_ scalar: Unicode.Scalar) -> PatternSyntax {
        let folded = FoldedText.folded(scalar).map { PatternSyntax.scalar(ScalarSet($0...$0)) }
        return folded.count == 1 ? folded[0] : folded.isEmpty ? .empty : .sequence(folded)
    }

    private mutating func escape(from start: Int) throws(PatternError) -> PatternSyntax {
        guard let scalar = next else { throw error(.trailingEscape, at: start) }
        at += 1
        if let set = ScalarSet(escape: scalar) { return .scalar(set) }
        guard !FoldedText.isWord(scalar.value) || scalar == "_" else {
            throw error(.unknownEscape, at: start)
        }
        return Self.literal(scalar)
    }

    /// The number of times that follows a part; nil where none does.
    private mutating func count() throws(PatternError) -> (least: Int, most: Int?)? {
        let start = at
        if take("?") { return (0, 1) }
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        guard take("{") else { return nil }
        guard let least = try number() else { throw error(.badCount, at: start) }
        var most: Int? = least
        if take(",") { most = try number() }
        guard take("}"), most.map({ $0 >= least }) ?? true else {
            throw error(.badCount, at: start)
        }
        return (least, most)
    }

    private mutating func number() throws(PatternError) -> Int? {
        let start = at
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = (value ?? 0) * 10 + Int(scalar.value - 48)
            guard value ?? 0 <= Self.maximumCount else { throw error(.tooLarge, at: start) }
            at += 1
        }
        return value
    }

    // MARK: Classes

    private mutating func scalarClass(from start: Int) throws(PatternError) -> ScalarSet {
        let isNegated = take("^")
        var set = ScalarSet()
        while !take("]") {
            let place = at
            guard next != nil else { throw error(.unclosedClass, at: start) }
            guard let low = try member(of: &set) else { continue }
            // A hyphen at the end of the class stands for itself.
            guard next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" else {
                set.insert(low.value...low.value)
                continue
            }
            at += 1
            guard let high = try member(of: &set), low <= high else {
                throw error(.backwardRange, at: place)
            }
            set.insert(low.value...high.value)
        }
        guard !set.isEmpty else { throw error(.emptyClass, at: start) }
        return isNegated ? set.negated : set
    }

    /// One character of a class; nil where it was an escape for many, which is then in the set.
    private mutating func member(of set: inout ScalarSet) throws(PatternError) -> Unicode.Scalar? {
        let start = at
        let scalar = scalars[at]
        at += 1
        guard scalar == "\\" else { return scalar }
        guard let escaped = next else { throw error(.trailingEscape, at: start) }
        at += 1
        if let escape = ScalarSet(escape: escaped) {
            guard set.insert(escape) else { throw error(.unknownEscape, at: start) }
            return nil
        }
        guard !FoldedText.isWord(escaped.value) || escaped == "_" else {
            throw error(.unknownEscape, at: start)
        }
        return escaped
    }
}
