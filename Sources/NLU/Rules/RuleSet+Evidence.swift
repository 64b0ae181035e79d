// What of a text made a rule fire.

extension IntentModel {
    /// The rule that a text fires, and what of the text makes it fire; nil where none does.
    package func firedRule(
        _ text: String, scratch: inout Scratch
    ) -> (rule: Rule, evidence: [String])? {
        guard let rules,
            let fired = rules.firstMatch(text.utf8.span, scratch: &scratch.rules)
        else { return nil }
        return (rules.rules[fired], rules.evidence(for: fired, in: text))
    }
}

extension RuleSet {
    /// The phrases, words and patterns of a rule that occur in a text, as its author wrote them.
    ///
    /// Takes time in proportion to the rule; for explanations.
    package func evidence(for rule: Int, in text: String) -> [String] {
        let rule = rules[rule]
        var words = Words()
        words.read(text.utf8.span)
        let phrases = (rule.phrases + rule.any + rule.all).filter { Self.occurs($0, in: words) }
        let patterns = rule.patterns.filter { pattern in
            guard let syntax = try? PatternParser.parse(pattern),
                let program = try? PatternProgram([syntax])
            else { preconditionFailure("a pattern of a rule set is no pattern: \(pattern)") }
            var search = PatternSearch()
            var occurs = false
            search.find(program, in: text.utf8.span) { _ in occurs = true }
            return occurs
        }
        return phrases + patterns
    }

    private static func occurs(_ phrase: String, in text: borrowing Words) -> Bool {
        var words = Words()
        words.read(phrase.utf8.span)
        var tree = PhraseTree()
        _ = tree.insert(words.words.map(\.hash))
        var occurs = false
        tree.find(in: text) { _ in occurs = true }
        return occurs
    }
}
