// Which words of an item are searched.

/// Which fields are searched, with which weights, and how they are cut into terms.
package struct TextRule: Equatable, Sendable {
    package let title: Int
    package let text: Int
    package let tags: Int
    package let analyzer: TextAnalyzer

    package init(
        title: Int = 3, text: Int = 1, tags: Int = 2, analyzer: TextAnalyzer = TextAnalyzer()
    ) {
        self.title = title
        self.text = text
        self.tags = tags
        self.analyzer = analyzer
    }

    /// An item as the index takes it.
    package func indexed(_ item: Item) -> InvertedIndex.Text {
        var result = InvertedIndex.Text()
        result.add(words(of: item.title), weight: title)
        result.add(words(of: item.text), weight: text)
        for tag in item.tags { result.add(words(of: tag), weight: tags) }
        return result
    }

    func terms(of text: String) -> [UInt64] {
        analyzer.terms(of: text)
    }

    func subject(of item: Item) -> [UInt64] {
        ([item.title] + item.tags).flatMap(terms).sortedUnique()
    }

    private func words(of text: String) -> [TextAnalyzer.Word] {
        var words: [TextAnalyzer.Word] = []
        analyzer.analyze(text, into: &words)
        return words
    }
}
