// The stages of a recommender as they stand in model.json.

import JSON

/// The forms that are read, beside those that `RecommenderDefinition` itself shows.
///
///     "vectors":    [{ "name": "words", "from": "text", "dimensions": 64, "index": "graph" },
///                    { "name": "taste", "from": "interactions" },
///                    { "name": "own", "from": "field", "field": "embedding", "dimensions": 384 }]
///     "companions": { "halfLifeDays": 90, "windowDays": 30, "shrinkage": 3 }
///     "access":     { "visibility": "visibility", "open": ["public"], "readers": ["owner", "members"] }
///     "budgets":    { "totalMillis": 5, "fetchMillis": 1, "featuresMillis": 1, "rerankMillis": 1 }
///     "explore":    { "by": "epsilon", "epsilon": 0.1, "slots": 1, "pool": 10 } or { "by": "thompson" }
///     "log":        { "runnersUp": 10, "share": 1 }
///     "fetch":      { "by": "vector", "space": "words", "least": 0.2 }, { "by": "together" },
///                   { "by": "same", "field": "author" }, each with "limit"
///     "filter":     { "by": "seen", "most": 2, "windowDays": 7 }, { "by": "rule", … condition … }
///     "rerank":     { "by": "diversity", "space": "words" } or with "field",
///                   { "by": "boost", "times": 1.5, "plus": 0, … condition … },
///                   { "by": "freshness", "halfLifeDays": 7, "weight": 0.2 },
///                   { "by": "pin", "items": ["welcome"], "at": 3 }
///
/// where a condition is a field with what must hold for it, as in
/// `"field": "status", "is": ["open"], "not": ["spam"], "atLeast": 1, "atMost": 9, "present": true`.
private enum FetcherKind: String, CaseIterable {
    case text, intent, popularity, recency, vector, together, same
}

private enum FilterKind: String, CaseIterable { case dismissed, tags, seen, rule }
private enum RerankerKind: String, CaseIterable { case diversity, cap, pin, boost, freshness }
private enum VectorOrigin: String, CaseIterable { case text, interactions, field }
private enum ExplorationKind: String, CaseIterable { case epsilon, thompson }

extension JSONPlace {
    private static let conditionKeys = ["field", "is", "not", "atLeast", "atMost", "present"]

    // MARK: Stages

    func fetcher(spaces: [String]) throws(FieldError) -> any Fetcher {
        let kind: FetcherKind = try required("by").choice()
        switch kind {
        case .vector: try check(keys: ["by", "limit", "space", "least"])
        case .same: try check(keys: ["by", "limit", "field"])
        case .text, .intent, .popularity, .recency, .together: try check(keys: ["by", "limit"])
        }
        let limit = try member("limit")?.integer(in: 1...1000)
        switch kind {
        case .text: return limit.map(TextFetcher.init) ?? TextFetcher()
        case .intent: return limit.map(IntentFetcher.init) ?? IntentFetcher()
        case .popularity: return limit.map(PopularityFetcher.init) ?? PopularityFetcher()
        case .recency: return limit.map(RecencyFetcher.init) ?? RecencyFetcher()
        case .together: return limit.map(CompanionFetcher.init) ?? CompanionFetcher()
        case .same:
            return GroupFetcher(field: try required("field").string(), limit: limit ?? 20)
        case .vector:
            return VectorFetcher(
                space: try required("space").name(of: spaces), limit: limit ?? 40,
                least: try member("least")?.number(in: -1...1) ?? 0)
        }
    }

    func filter() throws(FieldError) -> any Filter {
        let kind: FilterKind = try required("by").choice()
        switch kind {
        case .dismissed:
            try check(keys: ["by"])
            return DismissedFilter()
        case .tags:
            try check(keys: ["by", "any", "none"])
            return TagFilter(
                any: try member("any")?.strings() ?? [], none: try member("none")?.strings() ?? [])
        case .seen:
            try check(keys: ["by", "most", "windowDays"])
            return SeenFilter(
                most: try member("most")?.integer(in: 0...1_000_000) ?? 0,
                window: try days("windowDays"))
        case .rule:
            try check(keys: ["by"] + Self.conditionKeys)
            return RuleFilter(try condition())
        }
    }

    func reranker(spaces: [String]) throws(FieldError) -> any Reranker {
        let kind: RerankerKind = try required("by").choice()
        switch kind {
        case .diversity: return try diversity(spaces)
        case .cap:
            try check(keys: ["by", "of", "most"])
            let of = try required("of").string()
            return CapReranker(
                by: of == "tags" ? .tag : .field(of),
                most: try required("most").integer(in: 1...1000))
        case .pin:
            try check(keys: ["by", "items", "at"])
            return PinReranker(
                items: try required("items").strings(),
                place: try member("at")?.integer(in: 1...Recommender.maximumLimit) ?? 1)
        case .boost:
            try check(keys: ["by", "times", "plus"] + Self.conditionKeys)
            return BoostReranker(
                try condition(), factor: try member("times")?.number(in: 1e-6...1e6) ?? 1,
                addend: try member("plus")?.number(in: -1e6...1e6) ?? 0)
        case .freshness:
            try check(keys: ["by", "halfLifeDays", "weight"])
            return FreshnessReranker(
                halfLife: try days("halfLifeDays") ?? 7 * 86_400,
                weight: try member("weight")?.number(in: 0...1e6) ?? 0.2)
        }
    }

    private func diversity(_ spaces: [String]) throws(FieldError) -> DiversityReranker {
        try check(keys: ["by", "balance", "space", "field"])
        let balance = try member("balance")?.number(in: 0...1) ?? 0.7
        if let space = member("space") {
            // Both would leave open which of them counts.
            if let field = member("field") { throw field.error(.unknownKey) }
            return DiversityReranker(balance: balance, over: .space(try space.name(of: spaces)))
        }
        guard let field = member("field") else { return DiversityReranker(balance: balance) }
        return DiversityReranker(balance: balance, over: .field(try field.string()))
    }

    private func condition() throws(FieldError) -> FieldCondition {
        FieldCondition(
            field: try required("field").string(), isOne: try member("is")?.strings(),
            isNot: try member("not")?.strings(),
            atLeast: try member("atLeast")?.number(in: -1e300...1e300),
            atMost: try member("atMost")?.number(in: -1e300...1e300),
            isPresent: try member("present")?.bool())
    }

    /// A string that must be one of these.
    private func name(of known: [String]) throws(FieldError) -> String {
        let name = try string()
        guard known.contains(name) else { throw error(.unknownName(name, known: known)) }
        return name
    }

    // MARK: What stages read

    func vectorRules() throws(FieldError) -> [VectorRule] {
        var rules: [VectorRule] = []
        for place in try elements() {
            let rule = try place.vectorRule()
            guard !rules.contains(where: { $0.name == rule.name }) else {
                throw place.error(.repeatedName(rule.name))
            }
            rules.append(rule)
        }
        return rules
    }

    private func vectorRule() throws(FieldError) -> VectorRule {
        let kind: VectorOrigin = try required("from").choice()
        try check(
            keys: ["name", "from", "dimensions", "index"] + (kind == .field ? ["field"] : []))
        let origin: VectorRule.Origin
        switch kind {
        case .text: origin = .text
        case .interactions: origin = .interactions
        case .field: origin = .field(try required("field").string())
        }
        let dimensions = kind == .field ? try required("dimensions") : member("dimensions")
        return VectorRule(
            name: try required("name").string(), origin: origin,
            dimensions: try dimensions?.integer(in: 2...4096) ?? 64,
            method: try member("index")?.choice() ?? .graph)
    }

    func companionRule() throws(FieldError) -> CompanionRule {
        try check(keys: ["halfLifeDays", "windowDays", "shrinkage"])
        let rule = CompanionRule()
        return CompanionRule(
            halfLife: try days("halfLifeDays") ?? rule.halfLife,
            window: try days("windowDays") ?? rule.window,
            shrinkage: try member("shrinkage")?.number(in: 0...1e6) ?? rule.shrinkage)
    }

    func accessRule() throws(FieldError) -> AccessRule {
        try check(keys: ["visibility", "open", "readers"])
        return AccessRule(
            visibility: try required("visibility").string(), open: try required("open").strings(),
            readers: try member("readers")?.strings() ?? [])
    }

    func stageBudgets() throws(FieldError) -> StageBudgets {
        try check(keys: ["totalMillis", "fetchMillis", "featuresMillis", "rerankMillis"])
        return StageBudgets(
            total: try milliseconds("totalMillis"), fetch: try milliseconds("fetchMillis"),
            features: try milliseconds("featuresMillis"),
            rerank: try milliseconds("rerankMillis"))
    }

    /// A time given in milliseconds, in nanoseconds.
    private func milliseconds(_ key: String) throws(FieldError) -> Int? {
        try member(key).map { place throws(FieldError) in
            Int(try place.number(in: 1e-3...60_000) * 1e6)
        }
    }

    func logRule() throws(FieldError) -> LogRule {
        try check(keys: ["runnersUp", "share"])
        let rule = LogRule()
        return LogRule(
            runnersUp: try member("runnersUp")?.integer(in: 0...1000) ?? rule.runnersUp,
            share: try member("share")?.number(in: 0...1) ?? rule.share)
    }

    func exploration() throws(FieldError) -> Exploration {
        let kind: ExplorationKind = try required("by").choice()
        try check(keys: ["by", "slots", "pool"] + (kind == .epsilon ? ["epsilon"] : []))
        let policy: Exploration.Policy
        switch kind {
        case .epsilon: policy = .epsilon(try required("epsilon").number(in: 0...1))
        case .thompson: policy = .thompson
        }
        return Exploration(
            policy, slots: try member("slots")?.integer(in: 1...Exploration.maximumPool) ?? 1,
            pool: try member("pool")?.integer(in: 1...Exploration.maximumPool) ?? 10)
    }
}
