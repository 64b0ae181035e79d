// Declared features as they stand in a definition.

package import JSON

extension DeclaredFeature {
    /// Reads a list of features.
    ///
    ///     [{ "name": "votes", "kind": "field", "field": "vote_cnt", "as": "logarithm" },
    ///      { "name": "director", "kind": "field", "field": "director", "as": "category", "buckets": 64 },
    ///      { "name": "shown", "kind": "count", "of": "item", "action": "impression", "windowDays": 7 },
    ///      { "name": "clickRate", "kind": "rate", "of": "item", "action": "click", "per": "impression",
    ///        "prior": 0.1, "strength": 20, "relative": true },
    ///      { "name": "genreRate", "kind": "rate", "of": "userField", "field": "genres", "action": "click",
    ///        "per": "impression", "strength": 5, "pool": "max" },
    ///      { "name": "sinceClick", "kind": "recency", "of": "userItem", "action": "click" },
    ///      { "name": "clickedBefore", "kind": "interacted", "action": "click" },
    ///      { "name": "genreShare", "kind": "share", "field": "genres", "action": "click" },
    ///      { "name": "taste", "kind": "profile", "field": "tags", "action": "click" },
    ///      { "name": "together", "kind": "companions", "action": "click", "strength": 5 },
    ///      { "name": "formula", "kind": "sum", "weights": { "clickRate": 1, "taste": 0.3 } },
    ///      { "name": "similarity", "kind": "text", "field": "title", "words": true }]
    ///
    /// `of` is one of all, item, user, userItem, field and userField; the last two name a `field`, of which
    /// `words` takes the words instead of the whole values. Without a `prior` a rate begins at that of all.
    ///
    /// - Throws: the first error, with the way to it; a member that the kind does not know is one.
    package static func list(_ json: JSONValue, path: String) throws(FieldError) -> [Self] {
        try JSONPlace(json, path: path).declaredFeatures()
    }
}

private enum FeatureKind: String, CaseIterable {
    case field, count, rate, recency, interacted, share, profile, companions, sum, text
}

private enum CounterKey: String, CaseIterable {
    case all, item, user, userItem, field, userField
}

private enum FieldReading: String, CaseIterable {
    case number, logarithm, age, presence, length, category
}

extension JSONPlace {
    func declaredFeatures() throws(FieldError) -> [DeclaredFeature] {
        var features: [DeclaredFeature] = []
        for place in try elements() {
            let feature = try place.declaredFeature(after: features.map(\.name))
            guard !features.contains(where: { $0.name == feature.name }) else {
                throw place.error(.repeatedName(feature.name))
            }
            features.append(feature)
        }
        return features
    }

    /// Reads a feature; sums are of those whose names stand before it.
    func declaredFeature(after names: [String]) throws(FieldError) -> DeclaredFeature {
        let kind: FeatureKind = try required("kind").choice()
        let name = try required("name").string()
        let isRelative = try member("relative")?.bool() ?? false
        return DeclaredFeature(name, try declared(kind, after: names), isRelative: isRelative)
    }

    private func terms(of names: [String]) throws(FieldError) -> [DeclaredFeature.Term] {
        try checkFeature(keys: ["weights"])
        var terms: [DeclaredFeature.Term] = []
        for (name, place) in try required("weights").members() {
            guard names.contains(name) else {
                throw place.error(.unknownName(name, known: names))
            }
            terms.append(DeclaredFeature.Term(name, try place.number(in: -1e6...1e6)))
        }
        return terms
    }

    private func declared(
        _ kind: FeatureKind, after names: [String]
    ) throws(FieldError) -> DeclaredFeature.Kind {
        switch kind {
        case .field: return try declaredReading()
        case .count:
            return .count(try counter(of: kind, []), try pooling())
        case .rate:
            let counter = try counter(of: kind, ["per", "prior", "strength"])
            let smoothing = DeclaredFeature.Smoothing(
                prior: try member("prior")?.number(in: 0...1e6),
                strength: try required("strength").number(in: 1e-6...1e9))
            let per = Action(rawValue: try required("per").string())
            return .rate(counter, per: per, smoothing, try pooling())
        case .recency: return .recency(try counter(of: kind, []), try pooling())
        case .interacted:
            try checkFeature(keys: ["action"])
            return .interacted(try action())
        case .share:
            try checkFeature(keys: ["action", "field", "words", "pool"])
            return .share(try action(), try field(), try pooling())
        case .profile:
            try checkFeature(keys: ["action", "field", "words"])
            return .profile(try action(), try field())
        case .sum: return .sum(try terms(of: names))
        case .companions:
            try checkFeature(keys: ["action", "strength"])
            let strength = try member("strength")?.number(in: 0...1e6) ?? 5
            return .companions(try action(), strength: strength)
        case .text:
            try checkFeature(keys: ["field", "words"])
            return .textSimilarity(try field())
        }
    }

    private func checkFeature(keys: [String]) throws(FieldError) {
        try check(keys: ["name", "kind", "relative"] + keys)
    }

    private func declaredReading() throws(FieldError) -> DeclaredFeature.Kind {
        let reading: FieldReading = try member("as")?.choice() ?? .number
        try checkFeature(keys: ["field", "as"] + (reading == .category ? ["buckets"] : []))
        let name = try required("field").string()
        return switch reading {
        case .number: .field(name, .number)
        case .logarithm: .field(name, .logarithm)
        case .age: .field(name, .age)
        case .presence: .field(name, .presence)
        case .length: .field(name, .length)
        case .category:
            .field(
                name,
                .category(buckets: try member("buckets")?.integer(in: 2...65_536) ?? 64))
        }
    }

    private func counter(
        of kind: FeatureKind, _ keys: [String]
    ) throws(FieldError) -> DeclaredFeature.Counter {
        let key: CounterKey = try required("of").choice()
        let fieldKeys = key == .field || key == .userField ? ["field", "words", "pool"] : []
        // A last time is kept without a window.
        let window = kind == .recency ? [] : ["windowDays"]
        try checkFeature(keys: ["of", "action"] + window + fieldKeys + keys)
        let days = try member("windowDays")?.number(in: 1e-6...36_500)
        return DeclaredFeature.Counter(
            try action(), of: try counterKey(key), window: days.map { $0 * 86_400 })
    }

    private func counterKey(_ key: CounterKey) throws(FieldError) -> DeclaredFeature.Key {
        switch key {
        case .all: .all
        case .item: .item
        case .user: .user
        case .userItem: .userItem
        case .field: .value(try field())
        case .userField: .userValue(try field())
        }
    }

    private func action() throws(FieldError) -> Action {
        Action(rawValue: try required("action").string())
    }

    private func field() throws(FieldError) -> DeclaredFeature.Field {
        DeclaredFeature.Field(
            try required("field").string(), isWords: try member("words")?.bool() ?? false)
    }

    private func pooling() throws(FieldError) -> DeclaredFeature.Pooling {
        try member("pool")?.choice() ?? .mean
    }
}
