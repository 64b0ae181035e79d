import Ranking
import Testing

@Suite struct StemTests {
    @Test(arguments: [
        ["refund", "refunds", "refunded", "refunding"],
        ["invoice", "invoices", "invoiced", "invoicing"],
        ["ship", "ships", "shipped", "shipping"],
        ["cancel", "cancelled", "canceled", "cancellation"],
        ["integrate", "integration", "integrations", "integrating"],
        ["reply", "replies", "replied"],
        ["address", "addresses", "addressed"], ["box", "boxes"], ["bill", "billed", "billing"],
        ["subscribe", "subscribed", "subscribing"], ["delivery", "deliveries"],
    ])
    func `the inflections of a word are one term`(words: [String]) {
        let stems = Set(words.map(stem))
        #expect(stems.count == 1, "\(stems)")
    }

    @Test(arguments: [
        ("ship", "shop"), ("status", "state"), ("password", "pass"), ("form", "format"),
    ])
    func `different words stay different`(a: String, b: String) {
        #expect(stem(a) != stem(b))
    }

    private func stem(_ word: String) -> String {
        var bytes = Array(word.utf8)
        TextAnalyzer.stem(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
