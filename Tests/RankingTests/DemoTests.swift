import CAssets
import JSON
import Ranking
import Testing

@Suite struct DemoTests {
    @Test(arguments: [
        ("Customer was charged twice and wants the money back", "refund-duplicate"),
        ("Password reset mail never arrives", "login-reset"),
        ("Parcel is stuck at customs", "delivery-customs"),
        ("Is there a discount for charities?", "pricing-discounts"),
        ("The webhook signature does not match", "integration-webhooks"),
        ("How do I export all my tickets?", "privacy-export"),
        ("update the status page for the incident", "outage-status-page"),
        ("cancel the order before it is packed", "cancel-order"),
        ("The app crashes on Android after the update", "bug-app-crash"),
        ("Customer asks to speak to a supervisor", "complaint-escalate"),
    ])
    func `a line of a support note gets the article that answers it`(
        query: String, article: String
    ) throws {
        var recommender = try demo()
        let answer = try recommender.recommend(request(query))
        #expect(answer.items.first?.item == article, "\(answer.items)")
    }

    @Test(arguments: [
        "What's the capital of Mongolia?", "I had pancakes for breakfast", "Tell me a joke",
        "My cat sleeps on the keyboard again", "lorem ipsum dolor sit amet", "",
    ])
    func `small talk gets no article`(query: String) throws {
        var recommender = try demo()
        #expect(try recommender.recommend(request(query)).items.isEmpty)
    }

    @Test func `an intent alone finds its articles`() throws {
        var recommender = try demo()
        var request = request("I am still out of pocket")
        request.intent = Request.Intent(name: "refund", confidence: 0.95)
        let items = try recommender.recommend(request).items
        #expect(items.count == 3)
        for found in items {
            #expect(recommender.catalog.item(found.item)?.tags.contains("refund") == true)
        }
    }

    @Test func `every tag of an article is an intent of the demo`() throws {
        let lines = try asset("demo/intents.csv").split(separator: UInt8(ascii: "\n"))
        let intents = Set(
            lines.dropFirst().compactMap { line in
                line.split(separator: UInt8(ascii: ",")).last.map {
                    String(decoding: $0, as: UTF8.self)
                }
            })
        #expect(intents.count == 16)
        for item in try Item.parse(lines: asset("demo/articles.jsonl")) {
            #expect(!item.tags.isEmpty && intents.isSuperset(of: item.tags), "\(item.id)")
        }
    }

    private func request(_ query: String) -> Request {
        Request(source: "editor", query: query, now: 1_764_547_200)
    }

    private func demo() throws -> Recommender {
        let json = try JSONValue(parsing: asset("demo/recommender.json"))
        var recommender = Recommender(try RecommenderDefinition(json))
        for item in try Item.parse(lines: asset("demo/articles.jsonl")) {
            try recommender.apply(.upsert(item))
        }
        return recommender
    }

    private func asset(_ name: String) throws -> [UInt8] {
        let asset = try #require(asset_named(name)).pointee
        return Array(UnsafeBufferPointer(start: asset.bytes, count: asset.length))
    }
}
