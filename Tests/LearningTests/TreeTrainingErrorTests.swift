import Learning
import Testing

@Suite struct TreeTrainingErrorTests {
    private func examples(
        _ labels: [Double], values: [Double]? = nil, weights: [Double] = [], lengths: [Int] = [],
        positions: [Int] = [], features: Int = 1
    ) throws(TreeTrainingError) -> TreeExamples {
        try TreeExamples(
            featureCount: features, values: values ?? labels, labels: labels, weights: weights,
            queryLengths: lengths, positions: positions)
    }

    @Test func `examples that do not fit one another are refused`() throws {
        let cases: [(TreeTrainingError, () throws(TreeTrainingError) -> TreeExamples)] = [
            (.featureCount(0), { () throws(TreeTrainingError) in try examples([], features: 0) }),
            (
                .wrongCount("values", found: 1, wanted: 2),
                { () throws(TreeTrainingError) in try examples([1, 2], values: [1]) }
            ),
            (
                .badLabel(row: 1),
                { () throws(TreeTrainingError) in try examples([1, .nan], values: [1, 2]) }
            ),
            (
                .wrongCount("weights", found: 1, wanted: 2),
                { () throws(TreeTrainingError) in try examples([1, 2], weights: [1]) }
            ),
            (
                .badWeight(row: 0),
                { () throws(TreeTrainingError) in try examples([1], weights: [-1]) }
            ),
            (
                .wrongCount("labels", found: 2, wanted: 3),
                { () throws(TreeTrainingError) in try examples([1, 2], lengths: [1, 2]) }
            ),
            (
                .wrongCount("labels", found: 2, wanted: 1),
                { () throws(TreeTrainingError) in try examples([1, 2], lengths: [1]) }
            ),
            (
                .wrongCount("labels", found: 2, wanted: -1),
                { () throws(TreeTrainingError) in try examples([1, 2], lengths: [-1, 3]) }
            ),
            (
                .wrongCount("positions", found: 1, wanted: 2),
                { () throws(TreeTrainingError) in try examples([1, 2], positions: [1]) }
            ),
            (
                .badPosition(row: 1),
                { () throws(TreeTrainingError) in try examples([1, 2], positions: [1, -1]) }
            ),
        ]
        for (error, make) in cases {
            #expect(throws: error) { try make() }
            #expect(!error.description.isEmpty)
        }
    }

    @Test func `settings out of their range are refused`() throws {
        let cases: [(String, (inout TreeSettings) -> Void)] = [
            ("trees", { $0.trees = -1 }), ("leaves", { $0.leaves = 1 }),
            ("learningRate", { $0.learningRate = 1e6 }),
            ("learningRate", { $0.learningRate = .nan }),
            ("bins", { $0.bins = 256 }), ("truncation", { $0.truncation = 0 }),
            ("evaluatedRows", { $0.evaluatedRows = -1 }), ("leastRows", { $0.leastRows = -1 }),
            ("categoriesPerSplit", { $0.categoriesPerSplit = -1 }), ("depth", { $0.depth = -1 }),
            ("leastCategoryRows", { $0.leastCategoryRows = -1 }),
            ("patience", { $0.patience = -1 }),
            ("l1", { $0.l1 = -1 }), ("l2", { $0.l2 = .infinity }),
            ("leastHessian", { $0.leastHessian = -1 }), ("leastGain", { $0.leastGain = .nan }),
            ("categorySmoothing", { $0.categorySmoothing = -1 }),
            ("categoryL2", { $0.categoryL2 = -1 }),
            ("featureFraction", { $0.featureFraction = 0 }),
            ("rowFraction", { $0.rowFraction = 1.5 }),
            ("positionBias", { $0.positionBias = .known([]) }),
            ("positionBias", { $0.positionBias = .known([1, 0]) }),
            ("positionBias", { $0.positionBias = .estimated(regularisation: -1) }),
            (
                "positionBias",
                {
                    $0.objective = .rankMAP
                    $0.positionBias = .estimated(regularisation: 0)
                }
            ),
        ]
        for (name, change) in cases {
            var settings = TreeSettings()
            change(&settings)
            do throws(TreeTrainingError) {
                _ = try TreeTrainer(settings: settings)
                Issue.record("\(name) was taken")
            } catch {
                #expect(error.description.hasPrefix("the setting \(name) must be "), "\(error)")
            }
        }
    }

    private func refusal(
        _ objective: TreeSettings.Objective, _ examples: TreeExamples,
        validation: TreeExamples? = nil, change: (inout TreeSettings) -> Void = { _ in }
    ) -> TreeTrainingError? {
        var settings = TreeSettings()
        settings.objective = objective
        change(&settings)
        do throws(TreeTrainingError) {
            _ = try TreeTrainer(settings: settings).train(examples, validation: validation)
            return nil
        } catch {
            return error
        }
    }

    @Test func `examples that do not fit the settings are refused`() throws {
        let plain = try examples([0, 1])
        let ranked = try examples([0, 1], lengths: [2])
        #expect(refusal(.rankNDCG, ranked) == nil)
        #expect(refusal(.rankNDCG, plain) == .noQueries)
        #expect(refusal(.rankNDCG, ranked, validation: plain) == .noQueries)
        let grades = try examples([0, 32], lengths: [2])
        #expect(refusal(.rankNDCG, grades) == .badGrade(row: 1))
        #expect(refusal(.rankMAP, try examples([-1, 2], lengths: [2])) == .badGrade(row: 0))
        #expect(refusal(.regression, grades) == nil)
        #expect(
            refusal(.rankNDCG, ranked) { $0.positionBias = .known([1]) } == .noPositions)
        let wide = try examples([0, 1], values: [1, 2, 3, 4], features: 2)
        #expect(
            refusal(.binary, plain, validation: wide) == .otherFeatures(found: 2, wanted: 1))
        let far = try examples([0, 1], values: [65535, 65536])
        #expect(refusal(.binary, far) == nil)
        #expect(
            refusal(.binary, far) { $0.categorical = [0] } == .badCategory(row: 1, feature: 0))
    }

    @Test func `labels whose sums are infinite end the training with an error`() throws {
        let labels = (0..<80).map { $0 < 40 ? 1e308 : -1e308 }
        #expect(refusal(.regression, try examples(labels)) == .diverged(trees: 0))
    }
}
