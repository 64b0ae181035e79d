import Ranking
import Testing

@Suite struct TextAnalyzerTests {
    @Test func `words are found whatever stands between them and however they are cased`() {
        let plain = TextAnalyzer().terms(of: "refund late parcel 404")
        #expect(TextAnalyzer().terms(of: "REFUND…late—Parcel (#404)!") == plain)
        #expect(TextAnalyzer().terms(of: "refund_late/parcel\n404") == plain)
    }

    @Test func `an apostrophe inside a word is left out`() {
        let analyzer = TextAnalyzer()
        #expect(
            analyzer.terms(of: "the customer's parcel") == analyzer.terms(of: "customer parcels"))
        #expect(analyzer.terms(of: "customer’s") == analyzer.terms(of: "customer's"))
        #expect(analyzer.terms(of: "we don't, you can't").isEmpty)
    }

    @Test func `common words are dropped unless the settings keep them`() {
        #expect(TextAnalyzer().terms(of: "What is this about? It's just that I would…").isEmpty)
        #expect(TextAnalyzer(dropsStopwords: false).terms(of: "what is this").count == 3)
    }

    @Test func `letters of other scripts make words and ideographs stand alone`() {
        let analyzer = TextAnalyzer()
        #expect(analyzer.terms(of: "Grüße ÜBER") == analyzer.terms(of: "über grüße"))
        #expect(analyzer.terms(of: "Возврат денег").count == 2)
        #expect(analyzer.terms(of: "退款").count == 2)
    }

    @Test func `ranges are those of the words in the text`() {
        var words: [TextAnalyzer.Word] = []
        let text = "Où est ‘mon’ Colis' 退 parti"
        TextAnalyzer().analyze(text, into: &words)
        let utf8 = Array(text.utf8)
        let found = words.map { String(decoding: utf8[$0.range], as: UTF8.self) }
        #expect(found == ["Où", "est", "mon", "Colis", "退", "parti"])
    }

    @Test func `no more words are given than were asked for`() {
        var words: [TextAnalyzer.Word] = []
        TextAnalyzer().analyze("refund the late parcel now", into: &words, limit: 2)
        #expect(words.count == 2)
    }

    @Test func `empty text has no terms`() {
        #expect(TextAnalyzer().terms(of: "").isEmpty)
        #expect(TextAnalyzer().terms(of: " — \n '").isEmpty)
    }
}
