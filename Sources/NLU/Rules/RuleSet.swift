// The rules of a model, and which of them a text meets.

import Numerics

/// Finds the first rule whose conditions a text meets.
///
/// The time does not grow with the number of rules but with how many of their words and patterns
/// occur in the text: 1,000 rules take about as long as ten.
///
/// Immutable and shared freely; what a call needs beside it lives in the caller's `Scratch`.
package struct RuleSet: Sendable {
    /// Conditions of one rule, `none` not counted.
    static let maximumConditions = 64

    /// In the order in which they are tried.
    package let rules: [Rule]

    private let phrases: PhraseTree
    private let patterns: PatternProgram
    /// By phrase and by pattern: the conditions that it fulfils.
    private let phraseUses: [[Use]]
    private let patternUses: [Use]
    /// By rule: its conditions as bits.
    private let wanted: [UInt64]

    fileprivate struct Use {
        let rule: Int
        /// The number of the condition; nil where the rule must not fire.
        let condition: Int?
    }

    /// Memory for calls, grown as needed and used again.
    package struct Scratch: ~Copyable {
        fileprivate var words = Words()
        fileprivate var search = PatternSearch()
        /// By rule: the conditions that hold, 0 between calls.
        fileprivate var held: [UInt64] = []
        fileprivate var isOut: [Bool] = []
        /// The rules for which one of both is set.
        fileprivate var touched: [Int] = []

        package init() {}
    }

    /// Checks and compiles rules.
    ///
    /// - Throws: the first mistake, with the name of the rule.
    package init(_ rules: [Rule]) throws(RuleError) {
        try Self.check(rules)
        let index = try PhraseIndex(rules)
        self.rules = rules
        phrases = index.tree
        phraseUses = index.uses
        (patterns, patternUses) = try Self.compile(rules)
        wanted = rules.map { .max >> UInt64(64 - $0.conditionCount) }
    }

    /// The place of the first rule that a text fires; nil where it fires none.
    ///
    /// Reads the first 4,096 bytes. Without allocation once `scratch` has grown and the patterns
    /// have seen texts of the kind.
    package func firstMatch(_ text: Span<UInt8>, scratch: inout Scratch) -> Int? {
        scratch.words.read(text)
        let words = scratch.words
        return firstMatch(text, words, scratch: &scratch)
    }

    /// The same for a text whose words have been read.
    func firstMatch(
        _ text: Span<UInt8>, _ words: borrowing Words, scratch: inout Scratch
    ) -> Int? {
        guard !rules.isEmpty else { return nil }
        scratch.prepare(rules.count)
        phrases.find(in: words) { phrase in
            for use in phraseUses[phrase] { scratch.note(use) }
        }
        if !patternUses.isEmpty {
            var search = PatternSearch(stateLimit: 2)
            swap(&search, &scratch.search)
            search.find(patterns, in: text) { scratch.note(patternUses[$0]) }
            swap(&search, &scratch.search)
        }
        return scratch.first(wanted)
    }

    // MARK: Compiling

    private static func check(_ rules: [Rule]) throws(RuleError) {
        var names: Set<String> = []
        for rule in rules {
            guard names.insert(rule.name).inserted else { throw .rule(rule.name, .nameTaken) }
            guard rule.confidence > 0, rule.confidence <= 1 else {
                throw .rule(rule.name, .confidence)
            }
            guard rule.conditionCount > 0 else { throw .rule(rule.name, .noCondition) }
            guard rule.conditionCount <= maximumConditions else {
                throw .rule(rule.name, .tooManyConditions(limit: maximumConditions))
            }
        }
    }

    private static func compile(_ rules: [Rule]) throws(RuleError) -> (PatternProgram, [Use]) {
        var syntaxes: [PatternSyntax] = []
        var uses: [Use] = []
        var sources: [String] = []
        for (i, rule) in rules.enumerated() {
            for pattern in rule.patterns {
                do throws(PatternError) {
                    syntaxes.append(try PatternParser.parse(pattern))
                } catch {
                    throw .rule(rule.name, .pattern(pattern, error))
                }
                uses.append(Use(rule: i, condition: rule.conditionCount - 1))
                sources.append(pattern)
            }
        }
        do throws(PatternProgram.TooLarge) {
            return (try PatternProgram(syntaxes), uses)
        } catch {
            let name = rules[uses[error.pattern].rule].name
            throw .rule(name, .pattern(sources[error.pattern], error.error))
        }
    }
}

extension Rule {
    /// The patterns, where there are some, are the last of the conditions.
    fileprivate var conditionCount: Int { required.count + (patterns.isEmpty ? 0 : 1) }
}

extension RuleSet.Scratch {
    fileprivate mutating func prepare(_ count: Int) {
        for rule in touched where rule < held.count {
            held[rule] = 0
            isOut[rule] = false
        }
        touched.removeAll(keepingCapacity: true)
        if held.count < count {
            held = Array(repeating: 0, count: count)
            isOut = Array(repeating: false, count: count)
        }
    }

    fileprivate mutating func note(_ use: RuleSet.Use) {
        if held[use.rule] == 0, !isOut[use.rule] { touched.append(use.rule) }
        if let condition = use.condition {
            held[use.rule] |= 1 << UInt64(condition)
        } else {
            isOut[use.rule] = true
        }
    }

    fileprivate func first(_ wanted: [UInt64]) -> Int? {
        var first: Int?
        for rule in touched where held[rule] == wanted[rule] && !isOut[rule] {
            if first.map({ rule < $0 }) ?? true { first = rule }
        }
        return first
    }
}

/// The word sequences of rules, each once, with the conditions that it fulfils.
private struct PhraseIndex {
    private(set) var tree = PhraseTree()
    private(set) var uses: [[RuleSet.Use]] = []
    private var words = Words()

    init(_ rules: [Rule]) throws(RuleError) {
        for (i, rule) in rules.enumerated() {
            for (condition, choices) in rule.required.enumerated() {
                for text in choices {
                    try add(text, of: rule, RuleSet.Use(rule: i, condition: condition))
                }
            }
            for text in rule.none { try add(text, of: rule, RuleSet.Use(rule: i, condition: nil)) }
        }
    }

    private mutating func add(
        _ text: String, of rule: Rule, _ use: RuleSet.Use
    ) throws(RuleError) {
        words.read(text.utf8.span)
        let hashes = words.words.map(\.hash)
        guard !hashes.isEmpty else { throw .rule(rule.name, .noWord(text)) }
        guard hashes.count <= PhraseTree.maximumLength else {
            throw .rule(rule.name, .tooManyWords(text, limit: PhraseTree.maximumLength))
        }
        let number = tree.insert(hashes)
        if number == uses.count { uses.append([]) }
        uses[number].append(use)
    }
}
