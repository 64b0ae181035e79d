import JSON
import Numerics
import Ranking
import Testing

@Suite struct FeatureStoreTests {
    private static let genres = DeclaredFeature.Field("genres")

    private func item(_ id: String, _ fields: JSONValue) throws -> RankingEvent {
        .item(try Item(corpus: "film", id: id, fields: fields), time: 0)
    }

    private func row(
        _ kind: DeclaredFeature.Kind, of events: [RankingEvent], user: String? = "u",
        text: String = "", now: Double = 100, candidates: [String] = ["a"]
    ) -> [Double] {
        var store = FeatureStore([DeclaredFeature("f", kind)])
        for event in events { store.apply(event) }
        let query = FeatureQuery(user: user, text: text, now: now)
        return store.rows(for: query, candidates: candidates)
    }

    private func impression(_ items: [String], at time: Double = 10, user: String = "u")
        -> RankingEvent
    {
        .impression(
            Impression(request: "r\(time)", time: time, user: user, source: "s", items: items))
    }

    private func click(_ item: String, at time: Double = 10, user: String = "u") -> RankingEvent {
        .response(Response(request: "r", item: item, user: user, action: .click, time: time))
    }

    @Test func `fields are read as declared, and what is missing is NaN`() throws {
        let events = [try item("a", ["n": 3, "s": "x", "genres": ["p", "q"], "t": 40])]
        #expect(row(.field("n", .number), of: events) == [3])
        #expect(row(.field("n", .logarithm), of: events) == [Double.log(4)])
        #expect(row(.field("t", .age), of: events) == [60])
        #expect(row(.field("genres", .length), of: events) == [2])
        #expect(row(.field("n", .presence), of: events, candidates: ["a", "b"]) == [1, 0])
        let bucket = row(.field("s", .category(buckets: 8)), of: events, candidates: ["a", "b"])
        #expect((0..<8).contains(bucket[0]) && bucket[1].isNaN)
        #expect(row(.field("missing", .number), of: events)[0].isNaN)
        #expect(row(.field("n", .number), of: events, candidates: ["unknown"])[0].isNaN)
    }

    @Test func `a smoothed rate begins at its prior and is moved by what is seen`() {
        let rate = DeclaredFeature.Kind.rate(
            .init(.click, of: .item), per: .impression, .init(prior: 0.25, strength: 4))
        #expect(row(rate, of: []) == [0.25])
        let events = [impression(["a", "b"]), impression(["a"], at: 11), click("a")]
        #expect(row(rate, of: events, candidates: ["a", "b", "c"]) == [2.0 / 6, 1.0 / 5, 0.25])
    }

    @Test func `a rate without a prior begins at the rate of all`() {
        let rate = DeclaredFeature.Kind.rate(
            .init(.click, of: .item), per: .impression, .init(strength: 10))
        #expect(row(rate, of: []) == [0])
        let events = [impression(["a", "b", "c", "d"]), click("a")]
        #expect(row(rate, of: events, candidates: ["new"]) == [0.25])
    }

    @Test func `a window forgets, and a last time does not`() {
        let counter = DeclaredFeature.Counter(.click, of: .item, window: 16)
        let events = [click("a", at: 10), click("a", at: 20)]
        #expect(row(.count(counter), of: events, now: 20) == [2])
        #expect(row(.count(counter), of: events, now: 26) == [1])
        #expect(row(.count(counter), of: events, now: 36) == [0])
        #expect(row(.recency(.init(.click, of: .item)), of: events, now: 100) == [80])
    }

    @Test func `an interaction is visible to the very next request`() {
        let kind = DeclaredFeature.Kind.interacted(.click)
        #expect(row(kind, of: []) == [0])
        #expect(row(kind, of: [click("a")]) == [1])
        #expect(row(kind, of: [click("a")], user: "other") == [0])
        #expect(row(kind, of: [click("a")], user: nil) == [0])
    }

    @Test func `a user's taste is that of the values clicked`() throws {
        let events = [
            try item("a", ["genres": ["war", "drama"]]), try item("b", ["genres": ["war"]]),
            try item("c", ["genres": ["comedy"]]), try item("d", [:]),
            click("b"), click("c"), click("b", user: "other"),
        ]
        let share = row(.share(.click, Self.genres, .max), of: events, candidates: ["a", "b", "c"])
        #expect(share == [0.5, 0.5, 0.5])
        let mean = row(.share(.click, Self.genres), of: events)
        #expect(mean == [0.25])
        let taste = row(.profile(.click, Self.genres), of: events, candidates: ["a", "b", "d"])
        // War is had by two items and weighs 1/√2; drama and comedy weigh 1.
        #expect(abs(taste[0] - 0.5 / (1.5 * 1.5).squareRoot()) < 1e-12)
        #expect(abs(taste[1] - 0.5 / (1.5 * 0.5).squareRoot()) < 1e-12)
        #expect(taste[2].isNaN)
    }

    @Test func `a sum is of the features before it, and missing ones add nothing`() throws {
        var store = FeatureStore([
            .init("n", .field("n", .number)), .init("m", .field("m", .number)),
            .init("f", .sum([.init("n", 2), .init("m", -1)])),
        ])
        store.apply(try item("a", ["n": 3, "m": 1]))
        store.apply(try item("b", ["n": 3]))
        let rows = store.rows(for: FeatureQuery(user: nil, now: 0), candidates: ["a", "b"])
        #expect(rows[2] == 5 && rows[5] == 6)
    }

    @Test func `what others chose with what the user chose is near to it`() {
        let kind = DeclaredFeature.Kind.companions(.click, strength: 1)
        let events = [
            click("a", user: "x"), click("b", user: "x"), click("a", user: "y"),
            click("b", user: "y"), click("c", user: "y"), click("a"), click("a"),
        ]
        let found = row(kind, of: events, candidates: ["a", "b", "c", "unknown"])
        // Three users chose a, two of them b and one c as well.
        #expect(found[0] == 0 && found[3] == 0)
        #expect(abs(found[1] - 2 / (4.0 * 3.0).squareRoot()) < 1e-12)
        #expect(abs(found[2] - 1 / (4.0 * 2.0).squareRoot()) < 1e-12)
        #expect(row(kind, of: events, user: "stranger")[0].isNaN)
    }

    @Test func `the words of a query are compared with those of a field`() throws {
        let events = [
            try item("a", ["title": "Night train"]), try item("b", ["title": "Winter river"]),
        ]
        let kind = DeclaredFeature.Kind.textSimilarity(.init("title", isWords: true))
        let found = row(kind, of: events, text: "the night trains", candidates: ["a", "b"])
        #expect(abs(found[0] - 1) < 1e-12 && found[1] == 0)
        #expect(row(kind, of: events, text: "")[0].isNaN)
    }

    @Test func `a relative feature has the mean of the candidates taken off`() throws {
        let events = [try item("a", ["n": 1]), try item("b", ["n": 4]), try item("c", [:])]
        var store = FeatureStore([DeclaredFeature("n", .field("n", .number), isRelative: true)])
        for event in events { store.apply(event) }
        let query = FeatureQuery(user: nil, now: 0)
        let rows = store.rows(for: query, candidates: ["a", "b", "c"])
        #expect(rows[0] == -1.5 && rows[1] == 1.5 && rows[2].isNaN)
    }

    @Test(arguments: UInt64(0)..<20)
    func `a newer form of an item leaves nothing of the older one but its counts`(seed: UInt64)
        throws
    {
        var log = RandomLog(seed: seed)
        let events = try log.events(200)
        var (store, fresh) = (
            FeatureStore(RandomLog.features.filter { $0.kind.isOfFields }),
            FeatureStore(RandomLog.features.filter { $0.kind.isOfFields })
        )
        var newest: [String: RankingEvent] = [:]
        for case .item(let item, let time) in events {
            store.apply(.item(item, time: time))
            newest[item.id] = .item(item, time: time)
        }
        for event in newest.sorted(by: { $0.key < $1.key }).map(\.value) { fresh.apply(event) }
        let query = FeatureQuery(user: nil, text: "night river", now: 2e6)
        let candidates = newest.keys.sorted()
        let (a, b) = (
            store.rows(for: query, candidates: candidates),
            fresh.rows(for: query, candidates: candidates)
        )
        #expect(zip(a, b).allSatisfy { $0.isNaN ? $1.isNaN : abs($0 - $1) < 1e-12 })
    }

    @Test(arguments: UInt64(0)..<20)
    func `features do not depend on who else is asked about`(seed: UInt64) throws {
        var log = RandomLog(seed: seed)
        let features = RandomLog.features.filter { !$0.isRelative }
        var store = FeatureStore(features)
        for event in try log.events(300) { store.apply(event) }
        let query = FeatureQuery(user: "user1", text: "ghost train", now: 2e6)
        let candidates = (0..<14).map { "film\($0)" }
        let together = store.rows(for: query, candidates: candidates)
        let alone = candidates.flatMap { store.rows(for: query, candidates: [$0]) }
        #expect(together.map(\.bitPattern) == alone.map(\.bitPattern))
    }
}

extension DeclaredFeature.Kind {
    fileprivate var isOfFields: Bool {
        switch self {
        case .field, .textSimilarity: true
        case .count, .rate, .recency, .interacted, .share, .profile, .companions, .sum: false
        }
    }
}
