import Dispatch
import Learning
import Numerics
import Testing

@Suite struct TreeTrainerTests {
    @Test(arguments: [TreeSettings.Objective.binary, .regression, .rankNDCG, .rankMAP])
    func `scores while training are those of the model`(
        objective: TreeSettings.Objective
    ) throws {
        var settings = ToyTrees.settings(objective)
        settings.rowFraction = 0.8
        settings.featureFraction = 0.7
        let (train, validation) = try (ToyTrees.examples(seed: 1), ToyTrees.examples(seed: 2))
        let outcome = try TreeTrainer(settings: settings).train(train, validation: validation)
        let scores = TreeScorer(outcome.ensemble).scores(validation.values)
        let best = try #require(
            objective == .binary || objective == .regression
                ? outcome.measures.min() : outcome.measures.max())
        #expect(abs(ToyTrees.measure(scores, validation, objective) - best) < 1e-9)
        let first = outcome.measures[0]
        #expect(objective == .binary || objective == .regression ? best < first : best > first)
    }

    @Test func `equal seeds give equal bytes and others do not`() throws {
        func bytes(_ seed: UInt64) throws -> [UInt8] {
            var settings = ToyTrees.settings(.binary)
            settings.seed = seed
            settings.rowFraction = 0.5
            let examples = try ToyTrees.examples(seed: 1)
            return try TreeTrainer(settings: settings).train(examples).ensemble.encoded()
        }
        #expect(try bytes(1) == bytes(1))
        #expect(try bytes(1) != bytes(2))
    }

    @Test func `a model does not depend on who does which piece`() throws {
        // So many features and rows that everything is shared.
        let examples = try ToyTrees.examples(seed: 1, queries: 180, features: 130)
        let backwards: Pieces = { count, piece in (0..<count).reversed().forEach(piece) }
        let threads: Pieces = { count, piece in
            DispatchQueue.concurrentPerform(iterations: count, execute: piece)
        }
        var settings = ToyTrees.settings(.rankNDCG)
        settings.trees = 4
        let models = try [nil, backwards, threads].map { pieces in
            try TreeTrainer(settings: settings, pieces: pieces).train(examples).ensemble.encoded()
        }
        #expect(models[1] == models[0])
        #expect(models[2] == models[0])
    }

    @Test func `trees keep to their limits`() throws {
        var settings = ToyTrees.settings(.regression)
        settings.leaves = 7
        settings.depth = 3
        settings.leastRows = 15
        let outcome = try TreeTrainer(settings: settings).train(ToyTrees.examples(seed: 3))
        let covers = outcome.ensemble.leafCoversByTree
        #expect(covers.count == settings.trees)
        #expect(covers.allSatisfy { $0.count <= 7 && $0.allSatisfy { $0 >= 15 } })
        #expect(covers.contains { $0.count == 7 })
        #expect(covers.allSatisfy { $0.reduce(0, +) == 600 })
    }

    @Test func `a row that weighs twice is as good as two`() throws {
        var settings = ToyTrees.settings(.binary)
        settings.leastRows = 1
        settings.leastCategoryRows = 1
        let once = try ToyTrees.examples(seed: 4)
        let weights = once.labels.indices.map { $0.isMultiple(of: 3) ? 2.0 : 1 }
        let weighted = try TreeExamples(
            featureCount: once.featureCount, values: once.values, labels: once.labels,
            weights: weights)
        var (values, labels) = (once.values, once.labels)
        for row in once.labels.indices where row.isMultiple(of: 3) {
            let start = row * once.featureCount
            values += once.values[start..<start + once.featureCount]
            labels.append(once.labels[row])
        }
        let doubled = try TreeExamples(
            featureCount: once.featureCount, values: values, labels: labels)
        settings.trees = 5
        let trainer = try TreeTrainer(settings: settings)
        let a = TreeScorer(try trainer.train(weighted).ensemble).scores(once.values)
        let b = TreeScorer(try trainer.train(doubled).ensemble).scores(once.values)
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func `training ends when validation gets no better, and keeps the best trees`() throws {
        var settings = ToyTrees.settings(.binary)
        settings.trees = 400
        settings.patience = 5
        settings.learningRate = 0.4
        var told: [Int] = []
        let outcome = try TreeTrainer(settings: settings).train(
            ToyTrees.examples(seed: 5), validation: ToyTrees.examples(seed: 6)
        ) { progress in
            told.append(progress.trees)
            return true
        }
        let best = try #require(outcome.measures.min())
        #expect(outcome.measures.count < 400)
        #expect(outcome.measures.firstIndex(of: best) == outcome.ensemble.treeCount - 1)
        #expect(outcome.measures.count == outcome.ensemble.treeCount + 5)
        #expect(told == Array(1...outcome.measures.count))
    }

    @Test func `whoever is told of progress can end it`() throws {
        let trainer = try TreeTrainer(settings: ToyTrees.settings(.regression))
        let outcome = try trainer.train(ToyTrees.examples(seed: 1)) { $0.trees < 4 }
        #expect(outcome.ensemble.treeCount == 4)
    }

    @Test func `categories and missing values are learned from`() throws {
        var random = SplitMix64(seed: 9)
        var (values, labels) = ([Double](), [Double]())
        for _ in 0..<2000 {
            let category = Int.random(in: 0..<40, using: &random)
            let isMissing = Bool.random(using: &random)
            let number = Double.random(in: 0...1, using: &random)
            values += [Double(category), isMissing ? .nan : number]
            // Which categories are odd is known to no threshold.
            labels.append(Double((category * 7 % 40 / 5 + (isMissing ? 1 : 0)) % 2))
        }
        var settings = ToyTrees.settings(.binary)
        settings.categorical = [0]
        settings.trees = 30
        let examples = try TreeExamples(featureCount: 2, values: values, labels: labels)
        let model = try TreeTrainer(settings: settings).train(examples).ensemble
        let scores = TreeScorer(model).scores(values)
        #expect(zip(scores, labels).allSatisfy { ($0 > 0) == ($1 > 0) })
        // A category never seen is answered as a rare one, not as an error.
        let unseen = TreeScorer(model).scores([99, 0.5, -3, 0.5, .nan, 0.5])
        #expect(unseen.allSatisfy { $0.isFinite })
    }

    @Test func `a draw of features that say nothing does not end the training`() throws {
        var settings = ToyTrees.settings(.regression)
        settings.featureFraction = 0.25
        settings.categorical = []
        // One feature of four tells anything, and each tree may ask for one.
        let labels = (0..<80).map { Double($0) }
        let examples = try TreeExamples(
            featureCount: 4, values: labels.flatMap { [$0, 7, 7, 7] }, labels: labels)
        let model = try TreeTrainer(settings: settings).train(examples).ensemble
        #expect(model.treeCount == settings.trees)
        #expect(model.importances[0].splits >= settings.trees)
    }

    @Test func `rows that nothing tells apart give the best constant`() throws {
        let examples = try TreeExamples(
            featureCount: 1, values: [Double](repeating: 3, count: 80),
            labels: (0..<80).map { $0 < 20 ? 1 : 0 })
        let model = try TreeTrainer(settings: ToyTrees.settings(.binary)).train(examples).ensemble
        #expect(model.treeCount == 0)
        #expect(abs(model.link(TreeScorer(model).scores([3])[0]) - 0.25) < 1e-12)
    }
}
