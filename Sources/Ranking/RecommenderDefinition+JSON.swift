// The definition of a recommender as it stands in model.json.

package import JSON

extension RecommenderDefinition {
    /// Reads a definition.
    ///
    ///     {
    ///       "name": "articles", "kind": "ranker",
    ///       "corpus": "article", "sources": ["editor"], "items": "articles.jsonl",
    ///       "text": { "title": 3, "text": 1, "tags": 2, "stem": true, "stopwords": true },
    ///       "popularity": { "halfLifeDays": 14, "prior": 0.1, "strength": 20,
    ///                       "click": 1, "accept": 2, "dismiss": -1 },
    ///       "fetch": [{ "by": "text", "limit": 40 }, { "by": "intent" }, { "by": "popularity" }],
    ///       "filter": [{ "by": "dismissed" }, { "by": "tags", "none": ["internal"] }],
    ///       "features": [{ "name": "textSimilarity", "half": 5 }, { "name": "popularity" }],
    ///       "score": { "bias": 0, "weights": { "textSimilarity": 1, "popularity": 0.2 },
    ///                  "minimumRelevance": 0.3 },
    ///       "rerank": [{ "by": "diversity", "balance": 0.7 },
    ///                  { "by": "cap", "of": "tags", "most": 3 },
    ///                  { "by": "pin", "items": ["welcome"] }],
    ///       "limit": 5, "metrics": { "copies": "copy / impression" }
    ///     }
    ///
    /// A feature with a `kind` is computed from events (`DeclaredFeature.list`), and `events` names a file of
    /// them to learn from, as `train` says (`TrainingRule`). `vectors`, `companions`, `access`, `budgets` and
    /// `explore`, and all kinds of stages, stand in `RecommenderDefinition+Stages.swift`, formulas of `metrics`
    /// in `OnlineMetric`, types of a `schema` in `CorpusSchema`. `score` may name a file of `trees` that were
    /// trained elsewhere; relevance stays what the weights say of it. Only `name`, `corpus`, `sources`, of which
    /// there is one at least, `fetch`, `features` and `score` are required. A feature without a weight is computed and kept, but does not count.
    ///
    /// - Throws: the first error, with the way to it; a name that is not known here is one.
    package init(_ json: JSONValue) throws(FieldError) {
        let root = JSONPlace(json)
        try root.check(keys: [
            "name", "kind", "description", "corpus", "sources", "items", "events", "text",
            "popularity", "fetch", "filter", "features", "score", "rerank", "limit", "vectors",
            "companions", "access", "budgets", "explore", "metrics", "schema", "train", "log",
        ])
        let _: ModelKind? = try root.member("kind")?.choice()
        let (features, declared) = try root.required("features").allFeatures()
        let names = features.map(\.name.rawValue) + declared.map(\.name)
        let vectors = try root.member("vectors")?.vectorRules() ?? []
        let spaces = vectors.map(\.name)
        self.init(
            name: try root.required("name").string(),
            corpus: Corpus(rawValue: try root.required("corpus").string()),
            sources: try root.required("sources").sources(),
            items: try root.member("items")?.string(),
            events: try root.member("events")?.string(),
            text: try root.member("text")?.textRule() ?? TextRule(),
            popularity: try root.member("popularity")?.popularityRule() ?? PopularityRule(),
            fetchers: try root.required("fetch").stages { place throws(FieldError) in
                try place.fetcher(spaces: spaces)
            },
            filters: try root.member("filter")?.stages { place throws(FieldError) in
                try place.filter()
            } ?? [],
            features: features, declared: declared,
            scorer: try root.required("score").scorer(of: names),
            rerankers: try root.member("rerank")?.stages { place throws(FieldError) in
                try place.reranker(spaces: spaces)
            } ?? [],
            limit: try root.member("limit")?.integer(in: 1...Recommender.maximumLimit) ?? 5)
        self.vectors = vectors
        companions = try root.member("companions")?.companionRule() ?? CompanionRule()
        access = try root.member("access")?.accessRule()
        budgets = try root.member("budgets")?.stageBudgets() ?? StageBudgets()
        exploration = try root.member("explore")?.exploration()
        metrics = try root.member("metrics")?.onlineMetrics() ?? OnlineMetric.standard
        schema = try root.member("schema")?.corpusSchema() ?? CorpusSchema()
        trees = try root.required("score").member("trees")?.string()
        training = try root.member("train")?.trainingRule() ?? TrainingRule()
        log = try root.member("log")?.logRule() ?? LogRule()
    }
}

private enum ModelKind: String, CaseIterable { case ranker }

extension JSONPlace {
    fileprivate func stages<Stage>(
        _ decode: (JSONPlace) throws(FieldError) -> Stage
    ) throws(FieldError) -> [Stage] {
        var stages: [Stage] = []
        for place in try elements() { stages.append(try decode(place)) }
        return stages
    }

    fileprivate func textRule() throws(FieldError) -> TextRule {
        try check(keys: ["title", "text", "tags", "stem", "stopwords"])
        let analyzer = TextAnalyzer(
            stems: try member("stem")?.bool() ?? true,
            dropsStopwords: try member("stopwords")?.bool() ?? true)
        return TextRule(
            title: try member("title")?.integer(in: 0...100) ?? 3,
            text: try member("text")?.integer(in: 0...100) ?? 1,
            tags: try member("tags")?.integer(in: 0...100) ?? 2, analyzer: analyzer)
    }

    fileprivate func popularityRule() throws(FieldError) -> PopularityRule {
        try check(keys: [
            "halfLifeDays", "prior", "strength", "click", "accept", "dismiss",
        ])
        let rule = PopularityRule()
        return PopularityRule(
            halfLife: try days("halfLifeDays") ?? rule.halfLife,
            prior: try member("prior")?.number(in: 0...1) ?? rule.prior,
            strength: try member("strength")?.number(in: 1e-3...1e6) ?? rule.strength,
            click: try member("click")?.number(in: 0...100) ?? rule.click,
            accept: try member("accept")?.number(in: 0...100) ?? rule.accept,
            dismiss: try member("dismiss")?.number(in: -100...0) ?? rule.dismiss)
    }

    fileprivate func sources() throws(FieldError) -> [Source] {
        let names = try strings()
        // A block that is being written is answered for the first of them.
        guard !names.isEmpty else { throw error(.missing) }
        return names.map(Source.init(rawValue:))
    }

    /// A time given in days, in seconds.
    func days(_ key: String) throws(FieldError) -> Double? {
        try member(key).map { place throws(FieldError) in
            try place.number(in: 1e-3...36_500) * 86_400
        }
    }

    /// Those of the request and the item, and those with a `kind`, which events give.
    fileprivate func allFeatures() throws(FieldError) -> ([Feature], [DeclaredFeature]) {
        var (features, declared): ([Feature], [DeclaredFeature]) = ([], [])
        var names: Set<String> = []
        for place in try elements() {
            let name = try place.required("name").string()
            guard names.insert(name).inserted else { throw place.error(.repeatedName(name)) }
            if place.member("kind") == nil {
                features.append(try place.feature())
            } else {
                declared.append(try place.declaredFeature(after: declared.map(\.name)))
            }
        }
        return (features, declared)
    }

    private func feature() throws(FieldError) -> Feature {
        let name: Feature.Name = try required("name").choice()
        switch name {
        case .textSimilarity: try check(keys: ["name", "half"])
        case .recency: try check(keys: ["name", "halfLifeDays"])
        case .coverage, .titleOverlap, .intentMatch, .popularity: try check(keys: ["name"])
        }
        return switch name {
        case .textSimilarity:
            .textSimilarity(half: try member("half")?.number(in: 1e-3...1e6) ?? 5)
        case .coverage: .coverage
        case .titleOverlap: .titleOverlap
        case .intentMatch: .intentMatch
        case .popularity: .popularity
        case .recency: .recency(halfLife: try days("halfLifeDays") ?? 90 * 86_400)
        }
    }

    fileprivate func scorer(of names: [String]) throws(FieldError) -> LinearScorer {
        try check(keys: ["bias", "weights", "minimumRelevance", "trees"])
        var weights = [Double](repeating: 0, count: names.count)
        for (name, place) in try required("weights").members() {
            guard let i = names.firstIndex(of: name) else {
                throw place.error(.unknownName(name, known: names))
            }
            weights[i] = try place.number(in: -1e6...1e6)
        }
        return LinearScorer(
            weights: weights, bias: try member("bias")?.number(in: -1e6...1e6) ?? 0,
            minimumRelevance: try member("minimumRelevance")?.number(in: 0...1e6))
    }
}
