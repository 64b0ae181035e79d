import Ranking
import Testing

@Suite struct DismissalsTests {
    @Test func `beyond its capacity the scope that was changed longest ago is forgotten`() {
        var dismissals = Dismissals(capacity: 3)
        for scope in 0..<10 {
            dismissals.insert("a", scope: "doc\(scope)")
            dismissals.insert("b", scope: "doc\(scope)")
        }
        for scope in 0..<10 {
            let expected: Set<String> = scope < 7 ? [] : ["a", "b"]
            #expect(dismissals.items(in: "doc\(scope)") == expected)
        }
    }
}
