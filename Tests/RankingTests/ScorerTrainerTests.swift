import Learning
import Numerics
import Ranking
import Testing

@Suite struct ScorerTrainerTests {
    /// The formula looks at the first of four features; people at what `taste` says.
    private static let formula = LinearScorer(weights: [1, 0, 0.2, 0], bias: 0.25)

    /// Lists in the formula's order; a click where somebody looks, on the row they like best.
    private func data(
        _ count: Int, seed: UInt64, items: Int = 5, taste: [Double] = [0, 0, 1, 0],
        noise: Double = 0.05, looks: (Int) -> Double = { _ in 1 }
    ) -> (data: RankingData, likes: [Double]) {
        var random = SplitMix64(seed: seed)
        var (groups, likes) = ([RankingEvent](), [Double]())
        for list in 0..<count {
            var rows = (0..<items).map { _ in
                (0..<4).map { _ in Double.random(in: 0...1, using: &random) }
            }
            let scores = { (rows: [[Double]]) in Self.formula.scores(rows.flatMap { $0 }) }
            rows.sort { scores([$0])[0] > scores([$1])[0] }
            let liking = rows.map { row in
                zip(row, taste).reduce(0) { $0 + $1.0 * $1.1 }
                    + Double.random(in: -noise...noise, using: &random)
            }
            likes += liking.map { $0 }
            let seen = rows.indices.filter { Double.random(in: 0..<1, using: &random) < looks($0) }
            groups.append(
                .impression(
                    Impression(
                        request: "r\(list)", time: Double(list), user: "u", source: "s",
                        items: rows.indices.map { "i\($0)" }, features: rows.flatMap { $0 },
                        scores: scores(rows))))
            guard let chosen = seen.max(by: { liking[$0] < liking[$1] }) else { continue }
            groups.append(
                .response(
                    Response(
                        request: "r\(list)", item: "i\(chosen)", user: "u", action: .click,
                        time: Double(list))))
        }
        let data = RankingData(TrainingJoin().joined(groups).groups, featureCount: 4)
        return (data, likes)
    }

    @Test(arguments: UInt64(0)..<8)
    func `a few dozen consistent choices give weights that beat the formula`(seed: UInt64) throws {
        let outcome = try #require(
            try ScorerTrainer(seesThroughPositions: true).train(
                data(40, seed: seed).data, formula: Self.formula))
        #expect(outcome.learned?.name == "weights" && outcome.heldOut == 40)
        #expect(outcome.trials.map(\.name) == ["weights"])
        #expect(outcome.trials[0].difference.isBetter)
    }

    @Test(arguments: UInt64(0)..<8)
    func `choices that the formula foresees leave it in place`(seed: UInt64) throws {
        let data = data(40, seed: seed, taste: Self.formula.weights, noise: 0.3).data
        let outcome = try #require(try ScorerTrainer().train(data, formula: Self.formula))
        #expect(outcome.learned == nil)
        // What is forced is taken all the same.
        let forced = try ScorerTrainer(choice: .weights).train(data, formula: Self.formula)
        #expect(forced?.learned?.name == "weights")
        let formula = try ScorerTrainer(choice: .formula).train(data, formula: Self.formula)
        #expect(formula?.learned == nil)
    }

    @Test func `too few lists give no verdict`() throws {
        let few = data(4, seed: 1).data
        #expect(try ScorerTrainer().train(few, formula: Self.formula) == nil)
    }

    @Test(arguments: UInt64(0)..<8)
    func `learned scores have the formula's mean and spread, and keep its order without choices`(
        seed: UInt64
    ) throws {
        let data = data(60, seed: seed).data
        let learned = try #require(WeightTrainer().train(data, from: Self.formula))
        let (scores, before) = (data.scores(of: learned), data.scores(of: Self.formula))
        let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
        #expect(abs(mean(scores) - mean(before)) < 1e-9)
        var strong = WeightTrainer()
        strong.strengths = [1e9]
        let kept = try #require(strong.train(data, from: Self.formula))
        for (a, b) in zip(kept.weights, Self.formula.weights) { #expect(abs(a - b) < 1e-3) }
        #expect(abs(kept.bias - Self.formula.bias) < 1e-3)
    }

    /// How many pairs of rows a scorer has in the order in which they are liked.
    private func agreement(_ learned: LearnedScorer, _ test: (data: RankingData, likes: [Double]))
        -> Double
    {
        let scores = test.data.scores(of: learned)
        let lists = test.data.groups.count
        var (right, all) = (0.0, 0.0)
        for list in 0..<lists {
            let rows = list * 8..<list * 8 + 8
            for a in rows {
                for b in rows where test.likes[a] > test.likes[b] {
                    right += scores[a] > scores[b] ? 1 : 0
                    all += 1
                }
            }
        }
        return right / all
    }

    @Test(arguments: UInt64(0)..<6)
    func `training that sees through positions is nearer to what people like`(
        seed: UInt64
    ) throws {
        // Only few look at what is far down; what they like is another feature than the formula's.
        let taste = [0.0, 1, 1, 0]
        let log = data(
            600, seed: seed, items: 8, taste: taste, noise: 0.3,
            looks: { 1 / Double(($0 + 1) * ($0 + 1)) })
        let test = data(200, seed: seed + 100, items: 8, taste: taste)
        var naive = WeightTrainer()
        naive.seesThroughPositions = false
        var aware = naive
        aware.seesThroughPositions = true
        let plain = try #require(naive.train(log.data, from: Self.formula))
        let seeing = try #require(aware.train(log.data, from: Self.formula))
        let better = agreement(.weights(seeing), test) - agreement(.weights(plain), test)
        #expect(better > 0.03)
    }
}
