// The stages, one after another, over one corpus.

/// Recommends items of a corpus, and learns of items and interactions as they come.
///
///     fetch → filter → augment → score → rerank → explore
///
/// It is a value without clock and randomness, for both come with the request: the same events and the
/// same request give the same answer. What an event changes the next request sees.
///
/// A fetcher or reranker that fails, or is not done by its deadline, has no effect; where features are late,
/// the candidates that were fetched last go without. The answer then names the stage in `degraded`.
///
/// - Complexity of a request: O(occurrences of the query's words in the corpus) to score texts,
///   plus O(candidates × features).
package struct Recommender: Sendable {
    /// No request gets more items than that.
    package static let maximumLimit = 100

    package let definition: RecommenderDefinition
    package internal(set) var catalog: Catalog
    package internal(set) var store: FeatureStore
    let learned: LearnedOrder?
    private var work = Workspace()

    /// Makes a recommender without items; what was learned scores in place of the definition's weights.
    ///
    /// It takes rows of the definition's features, as many as it has. Relevance stays what the definition's
    /// weights say of it, so that what may be shown at all is decided by hand.
    package init(_ definition: RecommenderDefinition, learned: LearnedScorer? = nil) {
        precondition(learned.map { $0.featureCount == definition.featureNames.count } ?? true)
        self.definition = definition
        self.learned = learned.map { LearnedOrder($0) }
        catalog = Catalog(definition.rules)
        store = FeatureStore(definition.declared)
    }

    /// Learns of a new item, one that is gone, or an interaction.
    ///
    /// An item whose vector does not fit, as `RecommenderDefinition.check` finds, is taken in without it.
    ///
    /// - Throws: `.wrongCorpus` for an item of another corpus; nothing is changed then.
    package mutating func apply(_ event: RecommenderEvent) throws(RecommenderError) {
        switch event {
        case .upsert(let item):
            guard item.corpus == definition.corpus else { throw .wrongCorpus(item.corpus) }
            catalog.upsert(item)
            store.upsert(item.id, item.fields)
        case .learnVectors: learnVectors()
        case .remove(let item):
            catalog.remove(item)
            store.remove(item)
        case .interaction(let interaction):
            catalog.count(interaction)
            store.count(
                Action(rawValue: interaction.action.rawValue), of: interaction.item,
                by: interaction.user, at: interaction.time)
        }
    }

    /// Learns of an event of a log; actions that are not among an interaction's only count for features.
    package mutating func apply(_ event: RankingEvent) throws(RecommenderError) {
        switch event {
        case .item(let item, _): return try apply(.upsert(item))
        case .removal(let item, _): return try apply(.remove(item: item))
        case .impression, .response: store.apply(event)
        }
        switch event {
        case .item, .removal: break
        case .impression(let impression):
            for item in impression.items {
                catalog.count(
                    Interaction(
                        item: item, action: .impression, time: impression.shown,
                        scope: impression.scope, user: impression.user))
            }
        case .response(let response):
            guard let action = Interaction.Action(rawValue: response.action.rawValue) else {
                return
            }
            catalog.count(
                Interaction(
                    item: response.item, action: action, time: response.time, scope: response.scope,
                    user: response.user))
        }
    }

    /// See `Catalog.learnVectors`.
    mutating func learnVectors() {
        catalog.learnVectors()
    }

    /// Gives what may be wanted next, the best first; equal scores in the order of their ids.
    ///
    /// - Parameters:
    ///   - request: what is wanted, by whom, and when.
    ///   - clock: gives nanoseconds that never fall; without it the definition's budgets do not count.
    /// - Returns: at most as many items as the request or else the definition says.
    /// - Throws: `.unknownSource` where the definition does not name the source.
    package mutating func recommend(
        _ request: Request, clock: (@Sendable () -> Int)? = nil
    ) throws(RecommenderError) -> Recommendations {
        guard definition.sources.contains(request.source) else {
            throw .unknownSource(request.source)
        }
        let limit = min(max(request.limit ?? definition.limit, 0), Self.maximumLimit)
        var log = StageLog(clock: clock, total: definition.budgets.total)
        work.begin(request, in: catalog)
        fetch(request, &log)
        filter(request, &log)
        augment(request, &log)
        score(&log)
        rerank(request, limit, &log)
        let ranked = work.candidates
        explore(request, limit, &log)
        let runnersUp = runnersUp(of: ranked, limit)
        let reasons = Reasons(
            for: request, definition, weights: learned?.weights ?? definition.scorer.weights, work)
        // Looked at again, so that no stage can bring back what the filter took.
        let items = work.candidates.prefix(limit)
            .filter { catalog.mayRead($0.slot, request.viewer) }
            .map { recommendation($0, reasons) }
        work.end()
        return Recommendations(
            corpus: definition.corpus, source: request.source, items: items, stages: log.reports,
            runnersUp: runnersUp)
    }

    /// The best candidates that are not among those shown; with features where chance could have shown
    /// them.
    private func runnersUp(of ranked: [Candidate], _ limit: Int) -> [Impression.RunnerUp] {
        guard definition.log.runnersUp > 0 else { return [] }
        let shown = Set(work.candidates.prefix(limit).lazy.map(\.slot))
        return ranked.lazy.filter { !shown.contains($0.slot) }.prefix(definition.log.runnersUp)
            .map { candidate in
                Impression.RunnerUp(
                    item: catalog.profiles[candidate.slot].id, score: candidate.score,
                    features: definition.exploration == nil ? [] : row(of: candidate))
            }
    }

    // MARK: Stages

    private mutating func fetch(_ request: Request, _ log: inout StageLog) {
        let fetchers = definition.fetchers
        for (i, fetcher) in fetchers.enumerated() {
            work.beginFetcher(i, of: fetchers.count)
            let isDone = log.run(
                "fetch/\(fetcher.name)", budget: definition.budgets.fetch,
                before: work.candidates.count
            ) { deadline throws(StageFailure) in
                try fetcher.fetch(request, from: catalog, into: &work, by: deadline)
                return work.candidates.count
            }
            if !isDone { work.undoFetcher() }
        }
        work.endFetching()
    }

    private mutating func filter(_ request: Request, _ log: inout StageLog) {
        let always: [any Filter] = [AccessFilter(), ExcludedFilter()]
        for filter in always + definition.filters {
            let isDone = log.run(
                "filter/\(filter.name)", budget: nil, isOptional: false,
                before: work.candidates.count
            ) { _ throws(StageFailure) in
                try filter.filter(&work.candidates, for: request, in: catalog)
                return work.candidates.count
            }
            // It may have been there to keep something secret.
            if !isDone { work.candidates.removeAll() }
        }
    }

    /// Writes a row of features for each candidate; those that it comes too late for are left out.
    private mutating func augment(_ request: Request, _ log: inout StageLog) {
        var done = 0
        let isDone = log.run(
            "features", budget: definition.budgets.features, begins: true,
            before: work.candidates.count
        ) { deadline throws(StageFailure) in
            // Of all candidates at once, for some are relative to the others; those that are left out
            // are the last ones, so that the rows of the others stay theirs.
            fillDeclared(request)
            for i in work.candidates.indices {
                // However late it is, the first few get theirs: an empty list helps nobody.
                if i > 0, i % Self.featureBatch == 0 { try deadline.check() }
                appendRow(of: i, at: request.now)
                done = i + 1
            }
            return done
        }
        if !isDone { work.candidates.removeLast(work.candidates.count - done) }
    }

    /// Candidates between two looks at the clock.
    private static let featureBatch = 16

    private mutating func appendRow(of i: Int, at now: Double) {
        work.candidates[i].row = work.features.count
        for feature in definition.features {
            let slot = work.candidates[i].slot
            work.features.append(feature.value(of: slot, at: now, in: catalog, work))
        }
        let count = definition.declared.count
        work.features.append(contentsOf: work.declared[i * count..<(i + 1) * count])
    }

    private mutating func fillDeclared(_ request: Request) {
        guard !definition.declared.isEmpty else { return }
        let query = FeatureQuery(user: request.user, text: request.query, now: request.now)
        let candidates = work.candidates.map { catalog.profiles[$0.slot].id }
        let count = candidates.count * definition.declared.count
        // Out of the workspace and back: a span into it would hold all of it.
        var declared: [Double] = []
        swap(&declared, &work.declared)
        declared.removeLast(max(0, declared.count - count))
        while declared.count < count { declared.append(0) }
        var rows = declared.mutableSpan
        store.fill(&rows, for: query, candidates: candidates, scratch: &work.featureScratch)
        swap(&declared, &work.declared)
    }

    /// Scores the candidates, drops what is not relevant, and sorts.
    private mutating func score(_ log: inout StageLog) {
        _ = log.run("score", budget: nil, isOptional: false, before: work.candidates.count) {
            _ throws(StageFailure) in
            let learned = learned?.scores(work.features)
            for i in work.candidates.indices {
                let row = work.candidates[i].row
                let (sum, relevance) = definition.scorer.score(
                    work.features, from: row, definition)
                let score = learned?[i] ?? sum
                work.candidates[i].score = score
                work.candidates[i].merit = score
                work.candidates[i].isRelevant = definition.scorer.admits(relevance)
            }
            work.candidates.removeAll { !$0.isRelevant }
            work.candidates.sort { a, b in
                a.score == b.score
                    ? catalog.profiles[a.slot].id < catalog.profiles[b.slot].id : a.score > b.score
            }
            return work.candidates.count
        }
    }

    private mutating func rerank(_ request: Request, _ limit: Int, _ log: inout StageLog) {
        for reranker in definition.rerankers {
            let before = work.candidates
            let isDone = log.run(
                "rerank/\(reranker.name)", budget: definition.budgets.rerank, before: before.count
            ) { deadline throws(StageFailure) in
                try reranker.rerank(
                    &work.candidates, limit: limit, for: request, in: catalog, by: deadline)
                return work.candidates.count
            }
            if !isDone { work.candidates = before }
        }
    }

    private mutating func explore(_ request: Request, _ limit: Int, _ log: inout StageLog) {
        guard let exploration = definition.exploration, let seed = request.seed else { return }
        // It runs however late it is: a list without its propensities would mislead who learns from it.
        _ = log.run("explore", budget: nil, isOptional: false, before: work.candidates.count) {
            _ throws(StageFailure) in
            exploration.explore(
                &work.candidates, limit: limit, seed: seed, now: request.now, in: catalog)
            return work.candidates.count
        }
    }

    /// The features of a candidate.
    private func row(of candidate: Candidate) -> [Double] {
        let end = candidate.row + definition.features.count + definition.declared.count
        return Array(work.features[candidate.row..<end])
    }

    private func recommendation(_ candidate: Candidate, _ reasons: Reasons) -> Recommendation {
        let features = row(of: candidate)
        let origins = work.origins(of: candidate).map {
            Origin(fetcher: definition.fetchers[$0.fetcher].name, score: $0.score)
        }
        return Recommendation(
            item: catalog.profiles[candidate.slot].id, score: candidate.score,
            reasons: reasons.of(candidate, features), features: features, origins: origins,
            propensity: candidate.propensity)
    }
}
