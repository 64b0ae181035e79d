import JSON
import Numerics
import Testing

@testable import Ranking

@Suite struct FeatureBoundsTests {
    private static let tight: FeatureBounds = {
        var bounds = FeatureBounds()
        (bounds.users, bounds.pairs, bounds.pairsOfUser) = (3, 30, 4)
        (bounds.strays, bounds.values) = (2, 6)
        return bounds
    }()

    private func click(_ item: String, _ user: String, at time: Double = 1) -> RankingEvent {
        .response(Response(request: "r", item: item, user: user, action: .click, time: time))
    }

    private func rows(_ store: FeatureStore, at now: Double = 3e6) -> [UInt64] {
        (0...5).flatMap { user in
            store.rows(
                for: FeatureQuery(user: "user\(user)", text: "night river", now: now),
                candidates: (0..<14).map { "film\($0)" })
        }.map(\.bitPattern)
    }

    @Test(arguments: UInt64(0)..<30)
    func `what is forgotten follows from the events alone`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let events = try random.events(400)
        var (store, again) = (
            FeatureStore(RandomLog.features, bounds: Self.tight),
            FeatureStore(RandomLog.features, bounds: Self.tight)
        )
        for (number, event) in events.enumerated() {
            store.apply(event)
            // Reading changes nothing.
            if number % 50 == 0 { _ = rows(store) }
            #expect(store.users.count <= 3 && store.items.strayCount <= 2)
            #expect(store.pairs.reduce(0) { $0 + $1.count } <= 30 || store.users.count == 1)
        }
        for event in events { again.apply(event) }
        #expect(rows(store) == rows(again))
    }

    @Test(arguments: UInt64(0)..<20)
    func `a store that goes on from its state forgets the same`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        var store = FeatureStore(RandomLog.features, bounds: Self.tight)
        for event in try random.events(200) { store.apply(event) }
        var writer = StateWriter()
        store.write(to: &writer)
        var opened = FeatureStore(RandomLog.features, bounds: Self.tight)
        var reader = StateReader(writer.bytes)
        try opened.read(&reader)
        try reader.finish()
        for event in try random.events(200) {
            store.apply(event)
            opened.apply(event)
        }
        #expect(rows(store) == rows(opened))
    }

    @Test func `a user who comes back after being forgotten begins anew`() {
        let clicks = DeclaredFeature("clicks", .count(.init(.click, of: .user)))
        let clicked = DeclaredFeature("clicked", .interacted(.click))
        var store = FeatureStore([clicks, clicked], bounds: Self.tight)
        func row(_ user: String) -> [Double] {
            store.rows(for: FeatureQuery(user: user, now: 9), candidates: ["a"])
        }
        for user in ["u", "v", "w"] { store.apply(click("a", user)) }
        // Who is active stays; the one who was active longest ago goes.
        store.apply(click("a", "u"))
        store.apply(click("a", "x"))
        #expect(row("u") == [2, 1] && row("v") == [0, 0] && row("x") == [1, 1])
        store.apply(click("b", "v"))
        #expect(row("v") == [1, 0] && row("w") == [0, 0])
    }

    @Test func `of too many things of a user those with the fewest events are forgotten`() throws {
        let clicks = DeclaredFeature("clicks", .count(.init(.click, of: .userItem)))
        var store = FeatureStore([clicks], bounds: Self.tight)
        for item in ["a", "b", "b", "c", "d"] {
            store.apply(.item(try Item(corpus: "film", id: item, fields: [:]), time: 0))
            store.apply(click(item, "u"))
        }
        store.apply(.item(try Item(corpus: "film", id: "e", fields: [:]), time: 0))
        store.apply(click("e", "u"))
        let found = store.rows(
            for: FeatureQuery(user: "u", now: 9), candidates: ["a", "b", "c", "d", "e"])
        #expect(found == [0, 2, 0, 1, 1])
    }

    @Test func `an item that is removed is forgotten once others were counted after it`() throws {
        let clicks = DeclaredFeature("clicks", .count(.init(.click, of: .item)))
        var store = FeatureStore([clicks], bounds: Self.tight)
        func count(_ item: String) -> Double {
            store.rows(for: FeatureQuery(user: nil, now: 9), candidates: [item])[0]
        }
        store.apply(.item(try Item(corpus: "film", id: "kept", fields: [:]), time: 0))
        store.apply(.item(try Item(corpus: "film", id: "gone", fields: [:]), time: 0))
        for item in ["kept", "gone", "gone"] { store.apply(click(item, "u")) }
        store.apply(.removal(item: "gone", time: 2))
        #expect(count("gone") == 2)
        for item in ["x", "y"] { store.apply(click(item, "u")) }
        #expect(count("gone") == 0 && count("kept") == 1 && count("x") == 1 && count("y") == 1)
    }
}
