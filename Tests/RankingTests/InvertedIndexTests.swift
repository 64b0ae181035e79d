import JSON
import Numerics
import Ranking
import Testing

@Suite struct InvertedIndexTests {
    @Test(arguments: UInt64(0)..<60)
    func `an index after random changes equals one built afresh`(seed: UInt64) throws {
        var corpus = RandomCorpus(seed: seed)
        var index = InvertedIndex()
        var texts: [Int: InvertedIndex.Text] = [:]
        for _ in 0..<200 {
            let slot = Int.random(in: 0..<25, using: &corpus.random)
            if let text = texts.removeValue(forKey: slot) {
                index.remove(text, at: slot)
            } else {
                let text = TextRule().indexed(try corpus.item(slot))
                texts[slot] = text
                index.insert(text, at: slot)
            }
        }
        var fresh = InvertedIndex()
        for (slot, text) in texts { fresh.insert(text, at: slot) }
        #expect(index == fresh)
        #expect(index.count == texts.count)
        for (slot, text) in texts { index.remove(text, at: slot) }
        #expect(index == InvertedIndex())
    }

    @Test(arguments: UInt64(0)..<40)
    func `text similarity is BM25 as the formula has it`(seed: UInt64) throws {
        var corpus = RandomCorpus(seed: seed)
        let items = try (0..<20).map { try corpus.item($0) }
        let half = 5.0
        var recommender = Recommender(
            RecommenderDefinition(
                name: "text", corpus: RandomCorpus.corpus, sources: [RandomCorpus.source],
                fetchers: [TextFetcher()], features: [.textSimilarity(half: half)],
                scorer: LinearScorer(weights: [1])))
        for item in items { try recommender.apply(.upsert(item)) }
        let query = corpus.text(words: 1...8)
        let expected = NaiveBM25(items).scores(query).filter { $0.value > 0 }
        let answer = try recommender.recommend(
            Request(source: RandomCorpus.source, query: query, limit: 100, now: 0))
        #expect(Set(answer.items.map(\.item)) == Set(expected.keys))
        for found in answer.items {
            let score = half * found.score / (1 - found.score)
            #expect(abs(score - (expected[found.item] ?? 0)) < 1e-4)
        }
    }
}

/// BM25 by its formula, over all items and without an index.
private struct NaiveBM25 {
    private var frequencies: [String: [UInt64: Double]] = [:]
    private let analyzer = TextAnalyzer()

    init(_ items: [Item]) {
        for item in items {
            let fields: [(String, Double)] =
                [(item.title, 3), (item.text, 1)] + item.tags.map { ($0, 2) }
            frequencies[item.id] = [:]
            for (text, weight) in fields {
                for term in words(text) { frequencies[item.id]?[term, default: 0] += weight }
            }
        }
    }

    func scores(_ query: String) -> [String: Double] {
        let lengths = frequencies.mapValues { $0.values.reduce(0, +) }
        let count = Double(frequencies.count)
        let mean = lengths.values.reduce(0, +) / count
        return frequencies.mapValues { terms in
            let length = terms.values.reduce(0, +)
            return Set(words(query)).reduce(0.0) { sum, term in
                let with = Double(frequencies.values.count { $0[term] != nil })
                let idf = Double.log(1 + (count - with + 0.5) / (with + 0.5))
                let f = terms[term] ?? 0
                return sum + idf * 2.2 * f / (f + 1.2 * (1 - 0.75 + 0.75 * length / mean))
            }
        }
    }

    private func words(_ text: String) -> [UInt64] {
        var words: [TextAnalyzer.Word] = []
        analyzer.analyze(text, into: &words)
        return words.map(\.term)
    }
}
