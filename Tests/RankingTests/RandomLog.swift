// Random logs of recommendations for the laws.

import JSON
import Numerics
import Ranking

/// Draws items, lists and responses; few users, items and values, so that all meet again.
struct RandomLog {
    static let features: [DeclaredFeature] = {
        let genres = DeclaredFeature.Field("genres")
        let words = DeclaredFeature.Field("title", isWords: true)
        let smoothing = DeclaredFeature.Smoothing(strength: 3)
        let (item, user): (DeclaredFeature.Key, DeclaredFeature.Key) = (.item, .user)
        return [
            .init("price", .field("price", .number)),
            .init("logPrice", .field("price", .logarithm), isRelative: true),
            .init("age", .field("made", .age)),
            .init("hasPrice", .field("price", .presence)),
            .init("genres", .field("genres", .length)),
            .init("maker", .field("maker", .category(buckets: 16))),
            .init("all", .count(.init(.click, of: .all))),
            .init("shown", .count(.init(.impression, of: item))),
            .init("shownLately", .count(.init(.impression, of: item, window: 160))),
            .init(
                "rate",
                .rate(.init(.click, of: item), per: .impression, .init(prior: 0.2, strength: 5))),
            .init(
                "lateRate", .rate(.init(.click, of: user, window: 320), per: .impression, smoothing)
            ),
            .init("since", .recency(.init(.click, of: .userItem))),
            .init("clicked", .interacted(.click)),
            .init(
                "genreRate",
                .rate(.init(.click, of: .value(genres)), per: .impression, smoothing, .max)),
            .init(
                "ownRate",
                .rate(.init(.click, of: .userValue(genres)), per: .impression, smoothing, .sum)),
            .init("lastGenre", .recency(.init(.click, of: .userValue(genres)), .max)),
            .init("share", .share(.click, genres)),
            .init("taste", .profile(.click, genres)),
            .init("formula", .sum([.init("rate", 2), .init("taste", 0.5), .init("price", -0.1)])),
            .init("together", .companions(.click, strength: 2)),
            .init("similarity", .textSimilarity(words)),
        ]
    }()

    var random: SplitMix64
    private var time = 1_000_000.0
    private var shown: [(request: String, items: [String], time: Double, user: String?)] = []
    private var count = 0

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// Events in the order of a log; responses may be late, repeated, or of something unknown.
    mutating func events(_ count: Int) throws -> [RankingEvent] {
        var events: [RankingEvent] = []
        for _ in 0..<count { events.append(try event()) }
        return events
    }

    private mutating func event() throws -> RankingEvent {
        count += 1
        time += Double(Int.random(in: 0...40, using: &random)) / 4
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<2: return .item(try item(), time: time)
        case 2..<5: return .impression(impression())
        default: return .response(response())
        }
    }

    private mutating func item() throws -> Item {
        let genres = ["drama", "comedy", "crime", "war"].shuffled(using: &random)
            .prefix(Int.random(in: 0...3, using: &random))
        var fields: [(key: String, value: JSONValue)] = [
            ("genres", .array(genres.map { .string($0) })), ("title", .string(words())),
            ("maker", .string("maker\(Int.random(in: 0..<3, using: &random))")),
            ("made", .number(Double(Int.random(in: 0..<1000, using: &random)))),
        ]
        if Bool.random(using: &random) {
            fields.append(("price", .number(Double.random(in: 0...9, using: &random))))
        }
        return try Item(corpus: "film", id: name(), fields: .object(fields))
    }

    private mutating func words() -> String {
        let words = ["night", "river", "ghost", "train", "winter"]
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in
            words[Int.random(in: words.indices, using: &random)]
        }.joined(separator: " ")
    }

    private mutating func name() -> String { "film\(Int.random(in: 0..<12, using: &random))" }

    private mutating func user() -> String? {
        let number = Int.random(in: 0...4, using: &random)
        return number == 0 ? nil : "user\(number)"
    }

    private mutating func impression() -> Impression {
        var items: [String] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let name = name()
            if !items.contains(name) { items.append(name) }
        }
        let impression = Impression(
            request: "request\(count)", time: time, user: user(), source: "page", query: words(),
            items: items)
        shown.append((impression.request, items, time, impression.user))
        return impression
    }

    private mutating func response() -> Response {
        let actions: [Action] = [.click, .click, .accept, .dismiss, .undo]
        let action = actions[Int.random(in: actions.indices, using: &random)]
        guard let list = shown.randomElement(using: &random),
            Int.random(in: 0..<10, using: &random) > 0
        else {
            return Response(
                request: "unknown", item: name(), user: user(), action: action, time: time)
        }
        let item = list.items[Int.random(in: list.items.indices, using: &random)]
        let hasID = Bool.random(using: &random)
        return Response(
            id: hasID ? "event\(Int.random(in: 0..<count, using: &random))" : "",
            request: list.request, item: item, user: list.user, action: action,
            time: list.time + Double(Int.random(in: -1...60, using: &random)))
    }
}
