import NLU
import Testing

@Suite struct EntitySpanTests {
    @Test func `a span counts UTF-16 units and does not cut a surrogate pair`() {
        let text = "🙂 in Köln"
        #expect(EntitySpan(range: 6..<10, type: "city").stretch(of: text) == "Köln")
        #expect(EntitySpan(range: 0..<2, type: "sign").stretch(of: text) == "🙂")
        #expect(EntitySpan(range: 1..<2, type: "sign").stretch(of: text) == nil)
        #expect(EntitySpan(range: 6..<11, type: "city").stretch(of: text) == nil)
    }
}
