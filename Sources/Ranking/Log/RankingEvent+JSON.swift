// The log of a recommender as JSON lines.

package import JSON

extension RankingEvent {
    /// The event as a line of a log; doubles keep their last bit, missing features are null.
    package var json: JSONValue {
        switch self {
        case .item(let item, let time):
            [
                "event": "item", "time": .number(time), "corpus": .string(item.corpus.rawValue),
                "item": .string(item.id), "fields": item.fields,
            ]
        case .removal(let item, let time):
            ["event": "item", "time": .number(time), "item": .string(item), "removed": true]
        case .impression(let impression): impression.json
        case .response(let response): response.json
        }
    }

    /// The events as JSON lines.
    package static func lines(_ events: [RankingEvent]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            bytes += event.json.serialized()
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// Reads what `lines` wrote, in its order.
    package static func parse(lines bytes: [UInt8]) throws(ItemFileError) -> [RankingEvent] {
        var events: [RankingEvent] = []
        try forEachLine(of: bytes) { value throws(FieldError) in
            events.append(try JSONPlace(value).rankingEvent())
        }
        return events
    }
}

private enum EventKind: String, CaseIterable { case item, impression, response }

extension Impression {
    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("event", "impression"), ("time", .number(time)), ("request", .string(request)),
            ("source", .string(source.rawValue)), ("items", .array(items.map { .string($0) })),
        ]
        if let seen { members.append(("seen", .number(seen))) }
        if let user { members.append(("user", .string(user))) }
        if !query.isEmpty { members.append(("query", .string(query))) }
        if let intent { members.append(("intent", .string(intent))) }
        if let scope { members.append(("scope", .string(scope))) }
        for (key, values) in [
            ("features", features), ("scores", scores), ("propensities", propensities),
        ] where !values.isEmpty {
            members.append((key, .numbers(values)))
        }
        if !runnersUp.isEmpty { members.append(("runnersUp", .array(runnersUp.map(\.json)))) }
        if let model { members.append(("model", .string(model))) }
        if let arm { members.append(("arm", .string(arm))) }
        if let session { members.append(("session", .string(session))) }
        if let viewer { members.append(("viewer", .string(viewer))) }
        return .object(members)
    }
}

extension Impression.RunnerUp {
    fileprivate var json: JSONValue {
        let members: [(key: String, value: JSONValue)] = [
            ("item", .string(item)), ("score", score.isFinite ? .number(score) : .null),
        ]
        return .object(
            features.isEmpty ? members : members + [(key: "features", value: .numbers(features))])
    }
}

extension JSONValue {
    /// A list in which null stands for what is missing.
    fileprivate static func numbers(_ values: [Double]) -> JSONValue {
        .array(values.map { $0.isNaN ? .null : .number($0) })
    }
}

extension Response {
    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("event", "response"), ("time", .number(time)), ("request", .string(request)),
            ("item", .string(item)), ("action", .string(action.rawValue)),
        ]
        if let user { members.append(("user", .string(user))) }
        if !id.isEmpty { members.append(("id", .string(id))) }
        if let scope { members.append(("scope", .string(scope))) }
        return .object(members)
    }
}

extension JSONPlace {
    func rankingEvent() throws(FieldError) -> RankingEvent {
        let kind: EventKind = try required("event").choice()
        let time = try required("time").number(in: -1e12...1e12)
        switch kind {
        case .item:
            try check(keys: ["event", "time", "corpus", "item", "fields", "removed"])
            if try member("removed")?.bool() ?? false {
                return .removal(item: try required("item").string(), time: time)
            }
            let corpus = Corpus(rawValue: try required("corpus").string())
            let fields = try required("fields").value
            return .item(
                try Item(corpus: corpus, id: required("item").string(), fields: fields), time: time)
        case .impression: return .impression(try impression(time))
        case .response:
            try check(keys: ["event", "time", "request", "item", "action", "user", "id", "scope"])
            return .response(
                Response(
                    id: try member("id")?.string() ?? "",
                    request: try required("request").string(), item: try required("item").string(),
                    user: try member("user")?.string(),
                    action: Action(rawValue: try required("action").string()), time: time,
                    scope: try member("scope")?.string()))
        }
    }

    private func impression(_ time: Double) throws(FieldError) -> Impression {
        try check(keys: [
            "event", "time", "request", "source", "items", "seen", "user", "query", "intent",
            "scope", "features", "scores", "propensities", "runnersUp", "model", "arm",
            "session", "viewer",
        ])
        let items = try required("items").strings()
        var impression = Impression(
            request: try required("request").string(), time: time,
            user: try member("user")?.string(),
            source: Source(rawValue: try required("source").string()),
            query: try member("query")?.string() ?? "", items: items,
            features: try numbers("features") { count in
                // Whole rows: as many as there are, the last one made up.
                items.isEmpty ? 0 : (count + items.count - 1) / items.count * items.count
            },
            scores: try numbers("scores") { _ in items.count },
            propensities: try numbers("propensities") { _ in items.count },
            model: try member("model")?.string(), arm: try member("arm")?.string())
        impression.seen = try member("seen")?.number(in: -1e12...1e12)
        impression.intent = try member("intent")?.string()
        impression.scope = try member("scope")?.string()
        impression.session = try member("session")?.string()
        impression.viewer = try member("viewer")?.string()
        for place in try member("runnersUp")?.elements() ?? [] {
            impression.runnersUp.append(try place.runnerUp())
        }
        return impression
    }

    private func runnerUp() throws(FieldError) -> Impression.RunnerUp {
        try check(keys: ["item", "score", "features"])
        return Impression.RunnerUp(
            item: try required("item").string(),
            score: try required("score").value.isNull
                ? .nan : required("score").number(in: -Double.infinity...Double.infinity),
            features: try numbers("features") { $0 })
    }

    /// A list of numbers, null being NaN; none where there is no such member.
    ///
    /// `wanted` gives the length that is right, or the nearest of them, from the one that is there.
    private func numbers(
        _ key: String, wanted: (Int) -> Int
    ) throws(FieldError) -> [Double] {
        guard let list = member(key) else { return [] }
        var numbers: [Double] = []
        for place in try list.elements() {
            numbers.append(
                place.value.isNull ? .nan : try place.number(in: -Double.infinity...Double.infinity)
            )
        }
        let wanted = wanted(numbers.count)
        guard numbers.count == wanted else {
            throw list.error(.wrongLength(numbers.count, wanted: wanted))
        }
        return numbers
    }
}
