import JSON
import Learning
import Numerics
import Ranking
import Testing

@Suite struct RankerEvaluationTests {
    // MARK: Explored places

    private static let formula = LinearScorer(weights: [1, 0])
    private static let other = LinearScorer(weights: [0.2, 1])

    /// How likely somebody takes an item.
    private func chance(_ row: [Double]) -> Double { 0.1 + 0.6 * row[1] }

    /// Lists of three of eight items; the last place is drawn from the best four that have none, the first
    /// one with half of the chances.
    ///
    /// `truth` is the mean chance that the last place is taken if `other` fills it.
    private func log(_ count: Int, seed: UInt64) -> (groups: [JoinedImpression], truth: Double) {
        var random = SplitMix64(seed: seed)
        var (events, truth) = ([RankingEvent](), 0.0)
        for list in 0..<count {
            let rows = (0..<8).map { _ in
                (0..<2).map { _ in Double.random(in: 0...1, using: &random) }
            }.sorted { $0[0] > $1[0] }
            let open = [2, 3, 4, 5]
            let isRandom = Double.random(in: 0..<1, using: &random) < 2.0 / 3
            let choice = isRandom ? Int.random(in: 0..<4, using: &random) : 0
            let shown = [0, 1, open[choice]]
            var impression = Impression(
                request: "r\(list)", time: Double(list), user: nil, source: "s",
                items: shown.map { "i\($0)" }, features: shown.flatMap { rows[$0] },
                scores: shown.map { rows[$0][0] },
                propensities: [1, 1, choice == 0 ? 0.5 : 1.0 / 6],
                model: "m@1")
            impression.runnersUp = (2..<8).filter { $0 != open[choice] }
                .map { .init(item: "i\($0)", score: rows[$0][0], features: rows[$0]) }
            events.append(.impression(impression))
            for item in shown where Double.random(in: 0..<1, using: &random) < chance(rows[item]) {
                events.append(
                    .response(
                        Response(
                            request: "r\(list)", item: "i\(item)", user: nil, action: .click,
                            time: Double(list))))
            }
            let scores = open.map { Self.other.scores(rows[$0])[0] }
            let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
            truth += chance(rows[open[best]]) / Double(count)
        }
        return (TrainingJoin().joined(events).groups, truth)
    }

    @Test func `what another order would have got is estimated as surely as it is said`() {
        var (ips, robust, narrower, outside) = (0, 0, 0, 0)
        for seed in UInt64(0)..<100 {
            let (groups, truth) = log(300, seed: seed)
            let places = ExploredPlaces(groups, featureCount: 2) { $0 == "m@1" ? 4 : nil }
            #expect(places.count == 300)
            let decisions = places.decisions(score: Self.other.scores) { score, _ in
                min(0.1 + 0.5 * score, 0.9)
            }
            let estimates = CounterfactualEstimates(decisions)
            ips += estimates.ips.interval.contains(truth) ? 1 : 0
            robust += estimates.doublyRobust.interval.contains(truth) ? 1 : 0
            narrower += estimates.doublyRobust.standardError < estimates.ips.standardError ? 1 : 0
            outside += estimates.logged.interval.contains(truth) ? 0 : 1
        }
        #expect((88...100).contains(ips) && (88...100).contains(robust))
        #expect(narrower >= 95)
        // What the log itself got is another figure.
        #expect(outside > 50)
    }

    @Test func `only what could have come to a place is weighed there`() {
        var impression = Impression(
            request: "r", time: 0, user: nil, source: "s", items: ["a", "b", "c"],
            features: [9, 2, 1], propensities: [1, 0.5, 0.25])
        impression.runnersUp = [
            .init(item: "d", score: 0, features: [3]), .init(item: "e", score: 0, features: [8]),
            .init(item: "f", score: 0),
        ]
        let group = TrainingJoin().joined([.impression(impression)]).groups
        func chances(pool: Int?) -> [Double] {
            ExploredPlaces(group, featureCount: 1, pool: { _ in pool })
                .decisions(score: { $0 }) { score, _ in score }.map(\.chance)
        }
        // From two candidates b and c alone can come; from more the better ones would have.
        #expect(chances(pool: 2) == [1, 1])
        #expect(chances(pool: 3) == [0, 0])
        let all = ExploredPlaces(group, featureCount: 1).decisions(score: { $0 }) { score, _ in
            score
        }
        #expect(all.map(\.expected.policy) == [8, 8] && all.map(\.expected.logged) == [2, 1])
        #expect(all.map(\.cluster) == [0, 0])
    }

    // MARK: Measures

    private func data(_ lists: [[(item: String, row: [Double], label: Double)]]) -> RankingData {
        let events = lists.enumerated().flatMap { number, list -> [RankingEvent] in
            let request = "r\(number)"
            return [
                .impression(
                    Impression(
                        request: request, time: Double(number), user: nil, source: "s",
                        items: list.map(\.item), features: list.flatMap(\.row)))
            ]
                + list.filter { $0.label > 0 }.map {
                    .response(
                        Response(
                            request: request, item: $0.item, user: nil,
                            action: $0.label > 1 ? .accept : .click, time: Double(number)))
                }
        }
        return RankingData(TrainingJoin().joined(events).groups, featureCount: 1)
    }

    @Test func `measures follow their definitions, ties in the order shown`() throws {
        let data = data([
            [("a", [1], 0), ("b", [3], 2), ("c", [1], 1)], [("a", [2], 1), ("d", [2], 0)],
            // Nobody answered: left out.
            [("a", [5], 0), ("b", [4], 0)],
        ])
        let items = try ["a", "b", "c", "d"].map { id in
            let title = id == "a" || id == "d" ? "refund money" : "late parcel"
            return try Item(corpus: "x", id: id, fields: ["title": .string(title)])
        }
        let report = RankingReport(
            scores: data.scores(of: LinearScorer(weights: [1])), on: data,
            likeness: ItemLikeness(items))
        let third = RankingMetrics.discount(2)
        let first = (3 + third) / (3 + RankingMetrics.discount(1))
        func expect(_ name: String, _ value: Double) {
            #expect(abs((report[name] ?? .nan) - value) < 1e-12, "\(name)")
        }
        expect("ndcg@10", (first + 1) / 2)
        expect("ndcg@1", 1)
        expect("dcg@10", (3 + third + 1) / 2)
        expect("dcg@1", 2)
        expect("map", ((1 + 2.0 / 3) / 2 + 1) / 2)
        expect("mrr", 1)
        expect("recall@10", 1)
        // Positives 3, 1, 2 against 1, 2: of six pairs 3 above, 1 below, 2 ties.
        expect("auc", (3 + 1 + 0) / 6.0)
        expect("coverage@10", 1)
        // Of a, b, c one pair of three is alike; a and d are.
        expect("diversity@10", (2.0 / 3 + 0) / 2)
    }

    @Test(arguments: UInt64(0)..<5)
    func `chances from scores mean what they say`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let lists = (0..<800).map { _ in
            (0..<5).map { item -> (item: String, row: [Double], label: Double) in
                let score = Double.random(in: -3...3, using: &random)
                let chance = 1 / (1 + Double.exp(-score))
                let isTaken = Double.random(in: 0..<1, using: &random) < chance
                return ("i\(item)", [score * 7 + 2], isTaken ? 1 : 0)
            }
        }
        let data = data(lists)
        let scores = data.scores(of: LinearScorer(weights: [1]))
        let chances = ClickCalibration.crossFitted(scores, on: data)
        #expect(chances.count == scores.count)
        let report = CalibrationReport(chances: chances, labels: data.labels)
        #expect(report.expectedError < 0.04 && report.bins.map(\.rows).reduce(0, +) == scores.count)
        let shuffled = CalibrationReport(
            chances: chances.shuffled(using: &random), labels: data.labels)
        #expect(shuffled.logLoss > report.logLoss && shuffled.expectedError > 0.1)
    }

    @Test func `a feature that decides moves scores most, one that does not not at all`() throws {
        var random = SplitMix64(seed: 3)
        let lists = (0..<60).map { _ -> [JoinedImpression] in
            let rows = (0..<4).map { _ in
                (0..<3).map { _ in Double.random(in: 0...1, using: &random) }
            }
            let best = rows.indices.max { rows[$0][1] < rows[$1][1] } ?? 0
            return TrainingJoin().joined([
                .impression(
                    Impression(
                        request: "r", time: 0, user: nil, source: "s", items: ["a", "b", "c", "d"],
                        features: rows.flatMap { $0 })),
                .response(
                    Response(
                        request: "r", item: ["a", "b", "c", "d"][best], user: nil, action: .click,
                        time: 0)),
            ]).groups
        }
        let data = RankingData(lists.flatMap { $0 }, featureCount: 3)
        var settings = TreeSettings()
        settings.trees = 10
        settings.leaves = 4
        settings.leastRows = 5
        let trees = try TreeTrainer(settings: settings).train(data.examples()).ensemble
        let names = ["x", "y", "z"]
        let uses = FeatureUse.all(of: .trees(trees), names: names, on: data)
        #expect(uses[0].name == "y" && uses[0].gain ?? 0 > uses[1].gain ?? 0)
        let weights = FeatureUse.all(
            of: .weights(LinearScorer(weights: [0, -2, 1])), names: names, on: data, rows: 100)
        #expect(weights.map(\.name) == ["y", "z", "x"] && weights[2].meanContribution == 0)
        #expect(weights[0].gain == nil)
    }
}
