import Registry
import Testing

@Suite struct DocumentPatternTests {
    @Test(arguments: [
        ("*", "", true), ("*", "a/b", true), ("", "", true), ("", "a", false),
        ("support/*", "support/1", true), ("support/*", "support/", true),
        ("support/*", "support", false), ("support/*", "sales/1", false),
        ("*/notes", "a/notes", true), ("*/notes", "a/notes2", false), ("a*a", "a", false),
        ("a*a", "aba", true), ("*ab*ab*", "aab", false), ("*ab*ab*", "xabyabz", true),
        ("a.c", "abc", false), ("**", "x", true), ("é*", "éa", true),
    ])
    func `a star stands for any characters`(pattern: String, document: String, matches: Bool) {
        #expect(DocumentPattern(pattern).matches(document) == matches)
    }

    @Test func `it agrees with the definition on all short texts`() {
        let texts = words(of: ["a", "b"], upTo: 5)
        for pattern in words(of: ["a", "b", "*"], upTo: 4) {
            for text in texts {
                let expected = defined(Array(pattern)[...], Array(text)[...])
                if DocumentPattern(pattern).matches(text) != expected {
                    Issue.record("\(pattern) on \(text)")
                }
            }
        }
    }

    private func defined(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*", defined(pattern.dropFirst(), text) { return true }
        guard let character = text.first, first == "*" || first == character else { return false }
        return defined(first == "*" ? pattern : pattern.dropFirst(), text.dropFirst())
    }

    private func words(of letters: [String], upTo length: Int) -> [String] {
        (0..<length).reduce([""]) { words, _ in
            Array(Set(words + words.flatMap { word in letters.map { word + $0 } }))
        }
    }
}
