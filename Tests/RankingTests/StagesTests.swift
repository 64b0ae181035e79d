import JSON
import Numerics
import Testing

@testable import Ranking

/// A recommender with all kinds of stages over random items.
private struct Place {
    var corpus: RandomCorpus
    var recommender: Recommender

    init(
        seed: UInt64, rerankers: [any Reranker] = [], budgets: StageBudgets = StageBudgets(),
        extra: [any Fetcher] = [], filters: [any Filter] = []
    ) throws {
        corpus = RandomCorpus(seed: seed)
        let plain = RandomCorpus.definition()
        var definition = RecommenderDefinition(
            name: "articles", corpus: RandomCorpus.corpus, sources: [RandomCorpus.source],
            fetchers: [
                TextFetcher(limit: 8), VectorFetcher(space: "words", limit: 8, least: -1),
                CompanionFetcher(limit: 8), GroupFetcher(field: "author", limit: 4),
                VectorFetcher(space: "taste", limit: 8, least: -1), PopularityFetcher(limit: 4),
                RecencyFetcher(limit: 4),
            ] + extra,
            filters: filters, features: plain.features, scorer: plain.scorer,
            rerankers: rerankers)
        definition.vectors = [
            VectorRule(name: "words", origin: .text, dimensions: 16),
            VectorRule(name: "taste", origin: .interactions, dimensions: 4),
        ]
        definition.access = AccessRule(
            visibility: "visibility", open: ["public"], readers: ["owner"])
        definition.budgets = budgets
        recommender = Recommender(definition)
        for number in 0..<30 { try recommender.apply(.upsert(item(number))) }
        for _ in 0..<120 { try recommender.apply(.interaction(corpus.interaction())) }
    }

    /// An item that is public, or somebody's own.
    mutating func item(_ number: Int) throws -> Item {
        let item = try corpus.item(number)
        let isPublic = Bool.random(using: &corpus.random)
        let owner = "user\(Int.random(in: 0..<3, using: &corpus.random))"
        return try Item(
            corpus: item.corpus, id: item.id,
            fields: .object(
                (item.fields.object ?? []) + [
                    ("visibility", .string(isPublic ? "public" : "private")),
                    ("owner", .string(owner)),
                ]))
    }

    mutating func request() -> Request {
        var request = corpus.request()
        let user = Int.random(in: 0..<4, using: &corpus.random)
        if user < 3 { request.viewer = Viewer(user: "user\(user)") }
        if Bool.random(using: &corpus.random) {
            request.item = "item\(Int.random(in: 0..<30, using: &corpus.random))"
        }
        return request
    }
}

/// Brings every item, whoever asks.
private struct CarelessFetcher: Fetcher {
    let name = "careless"
    func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) {
        for number in 0..<30 {
            if let slot = catalog.slot(of: "item\(number)") { work.add(slot, score: 1) }
        }
    }
}

private struct BrokenFetcher: Fetcher {
    let name = "broken"
    func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) throws(StageFailure) {
        for slot in 0..<20 where catalog.item(at: slot) != nil { work.add(slot, score: 9) }
        throw .failed("the index is gone")
    }
}

private struct BrokenFilter: Filter {
    let name = "broken"
    func filter(
        _ candidates: inout [Candidate], for request: Request, in catalog: Catalog
    ) throws(StageFailure) {
        throw .failed("nobody knows")
    }
}

/// Adds candidates that no filter has seen.
private struct SmugglingReranker: Reranker {
    let name = "smuggling"
    func rerank(
        _ candidates: inout [Candidate], limit: Int, for request: Request, in catalog: Catalog,
        by deadline: Deadline
    ) {
        guard let first = candidates.first else { return }
        for slot in 0..<30 where catalog.item(at: slot) != nil {
            var smuggled = Candidate(slot: slot, number: first.number)
            smuggled.row = first.row
            candidates.append(smuggled)
        }
    }
}

@Suite struct StagesTests {
    @Test(arguments: UInt64(0)..<30)
    func `several fetchers merge without duplicates, and each is named`(seed: UInt64) throws {
        var place = try Place(seed: seed)
        if seed % 5 == 0 { try place.recommender.apply(.learnVectors) }
        var named: Set<String> = []
        for _ in 0..<20 {
            var request = place.request()
            request.limit = 100
            let answer = try place.recommender.recommend(request)
            #expect(Set(answer.items.map(\.item)).count == answer.items.count)
            #expect(answer.degraded.isEmpty)
            for item in answer.items {
                #expect(!item.origins.isEmpty && item.propensity == 1)
                #expect(Set(item.origins.map(\.fetcher)).count == item.origins.count)
                #expect(item.item != request.item)
                named.formUnion(item.origins.map(\.fetcher))
            }
            let text = answer.stages.first { $0.stage == "fetch/text" }
            #expect(text?.before == 0 && (text?.after ?? 9) <= 8)
        }
        #expect(named.isSuperset(of: ["text", "vector/words", "same/author", "popularity"]))
        if seed % 5 == 0 { #expect(named.contains("vector/taste")) }
    }

    @Test(arguments: UInt64(0)..<30)
    func `a private item never gets through, whatever stages do`(seed: UInt64) throws {
        var place = try Place(
            seed: seed, rerankers: [SmugglingReranker()], extra: [CarelessFetcher()])
        for _ in 0..<20 {
            var request = place.request()
            request.limit = 100
            let answer = try place.recommender.recommend(request)
            for item in answer.items.compactMap({ place.recommender.catalog.item($0.item) }) {
                #expect(
                    item.fields["visibility"] == "public"
                        || item.fields["owner"]?.string == request.viewer?.user)
            }
        }
    }

    @Test func `what nobody marked is private, and groups may read`() throws {
        let rule = AccessRule(visibility: "v", open: ["all"], readers: ["owner", "members"])
        let item = try Item(corpus: "a", id: "1", fields: ["members": ["team", "bo"]])
        let readers = rule.readers(of: item)
        #expect(!readers.include(nil) && !readers.include(Viewer(user: "al")))
        #expect(readers.include(Viewer(user: "bo")))
        #expect(readers.include(Viewer(user: "al", groups: ["x", "team"])))
        let open = try Item(corpus: "a", id: "2", fields: ["v": "all"])
        #expect(rule.readers(of: open).include(nil))
    }

    @Test(arguments: UInt64(0)..<10)
    func `a fetcher that fails leaves the answer of those beside it`(seed: UInt64) throws {
        var (sound, broken) = (
            try Place(seed: seed), try Place(seed: seed, extra: [BrokenFetcher()])
        )
        for _ in 0..<10 {
            let request = sound.request()
            let answer = try broken.recommender.recommend(request)
            #expect(answer.items == (try sound.recommender.recommend(request)).items)
            #expect(answer.degraded == ["fetch/broken"])
            let report = answer.stages.first { $0.stage == "fetch/broken" }
            #expect(report?.failure == .failed("the index is gone"))
            #expect(report?.before == report?.after)
        }
    }

    @Test func `where a filter fails nothing is shown`() throws {
        var place = try Place(seed: 1, filters: [BrokenFilter()])
        let answer = try place.recommender.recommend(place.request())
        #expect(answer.items.isEmpty && answer.degraded == ["filter/broken"])
    }

    @Test(arguments: UInt64(0)..<10)
    func `what is late has no effect, filters run all the same`(seed: UInt64) throws {
        let rerankers: [any Reranker] = [DiversityReranker(balance: 0.5)]
        for budgets in [
            StageBudgets(fetch: 5), StageBudgets(rerank: 5), StageBudgets(features: 5),
            StageBudgets(total: 200), StageBudgets(),
        ] {
            var place = try Place(seed: seed, rerankers: rerankers, budgets: budgets)
            var plain = try Place(seed: seed)
            var request = place.request()
            request.limit = 100
            let clock = SteppingClock(step: 10)
            let answer = try place.recommender.recommend(request) { clock.now() }
            let names = answer.stages.map(\.stage)
            #expect(names.contains("filter/access") && names.contains("score"))
            #expect(answer.stages.allSatisfy { $0.nanoseconds >= 10 })
            if budgets.fetch != nil {
                #expect(answer.items.isEmpty)
                #expect(answer.degraded.allSatisfy { $0.hasPrefix("fetch/") })
                #expect(answer.degraded.count == 7)
            }
            if budgets.rerank != nil {
                #expect(answer.degraded == ["rerank/diversity"])
                #expect(answer.items == (try plain.recommender.recommend(request)).items)
            }
            if budgets.features != nil { #expect(answer.degraded == ["features"]) }
            if budgets.total != nil {
                #expect(!answer.degraded.isEmpty && !answer.degraded.contains("fetch/text"))
            }
            if budgets == StageBudgets() { #expect(answer.degraded.isEmpty) }
        }
    }

    @Test func `what was seen too often stays away until it is forgotten`() throws {
        var place = try Place(
            seed: 3, extra: [CarelessFetcher()], filters: [SeenFilter(most: 1, window: 100)])
        var request = Request(source: RandomCorpus.source, query: "", limit: 100, now: 5000)
        request.viewer = Viewer(user: "user0")
        let first = try #require(try place.recommender.recommend(request).items.first)
        func shown(at time: Double) throws -> Bool {
            request.now = time
            return try place.recommender.recommend(request).items.contains { $0.item == first.item }
        }
        for time in [5000.0, 5001] {
            #expect(try shown(at: time))
            try place.recommender.apply(
                .interaction(
                    Interaction(
                        item: first.item, action: .impression, time: time, scope: "elsewhere",
                        user: "user0")))
        }
        #expect(try !shown(at: 5002))
        #expect(try shown(at: 5102))
    }

    @Test func `conditions hold as they say`() throws {
        let item = try Item(
            corpus: "a", id: "1", fields: ["n": 5, "s": "x", "l": ["x", "y"], "z": nil])
        let expected: [(FieldCondition, Bool)] = [
            (.init(field: "s", isOne: ["x", "q"]), true), (.init(field: "s", isOne: ["q"]), false),
            (.init(field: "l", isOne: ["y"]), true), (.init(field: "l", isNot: ["y"]), false),
            (.init(field: "m", isOne: ["y"]), false), (.init(field: "m", isNot: ["y"]), true),
            (.init(field: "n", atLeast: 5, atMost: 5), true),
            (.init(field: "n", atLeast: 6), false),
            (.init(field: "s", atMost: 6), false), (.init(field: "z", isPresent: true), false),
            (.init(field: "m", isPresent: false), true), (.init(field: "n", isPresent: true), true),
        ]
        for (condition, holds) in expected {
            #expect(condition.holds(for: item.fields[condition.field]) == holds)
        }
    }
}
