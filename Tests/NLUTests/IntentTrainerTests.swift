import Learning
import NLU
import Testing

@Suite struct IntentTrainerTests {
    @Test func `equal seeds give equal bytes and others do not`() {
        #expect(
            IntentModel(Toy.trained(seed: 1)).encoded()
                == IntentModel(Toy.trained(seed: 1)).encoded())
        #expect(
            IntentModel(Toy.trained(seed: 1)).encoded()
                != IntentModel(Toy.trained(seed: 2)).encoded())
    }

    @Test func `what was learned is known`() {
        let evaluation = Evaluation(Toy.classifier, on: Toy.dataset)
        #expect(evaluation.measures.accuracy == 1)
        #expect(evaluation.inScopeCount == 18)
        #expect(evaluation.measures.answeredAccuracy > 0.9)
    }

    @Test func `every pass of every fold and of the final fit is told`() throws {
        var seen: [IntentTrainer.Progress] = []
        _ = try IntentTrainer().train(Toy.dataset) { seen.append($0) }
        let passes = IntentTrainer.Settings().regression.passes
        #expect(
            seen.map(\.fold)
                == ([0, 1, 2, 3, 4, nil] as [Int?]).flatMap {
                    Array(repeating: $0, count: passes)
                })
        #expect(seen.map(\.pass) == Array(repeating: Array(1...passes), count: 6).flatMap(\.self))
    }

    @Test func `a validation set takes the place of the folds`() throws {
        var folds: Set<Int?> = []
        let validation = Dataset([
            Example(text: "set an alarm", intent: "alarm"),
            Example(text: "rain or sun tomorrow", intent: "weather"),
            Example(text: "how do i bake bread", intent: "oos"),
        ])
        let classifier = try IntentTrainer().train(Toy.dataset, validation: validation) {
            folds.insert($0.fold)
        }
        #expect(folds == [nil])
        let evaluation = Evaluation(classifier, on: validation)
        #expect(evaluation.measures.answeredAccuracy == 1)
        #expect(evaluation.measures.outOfScopeRecall == 1)
    }

    @Test func `examples out of scope are no intent but raise the threshold`() throws {
        let strangers = [
            "how much rain", "my umbrella account", "what is it like", "money tomorrow",
        ]
        let dataset = Dataset(
            Toy.dataset.examples + strangers.map { Example(text: $0, intent: "out_of_scope") })
        let classifier = try IntentTrainer().train(dataset)
        #expect(classifier.intents == ["alarm", "balance", "weather"])
        #expect(classifier.threshold > Toy.classifier.threshold)
    }

    @Test func `too few intents and a foreign validation set are refused`() {
        let one = Dataset([Example(text: "a", intent: "x"), Example(text: "b", intent: "oos")])
        #expect(throws: TrainingError.tooFewIntents(1)) { try IntentTrainer().train(one) }
        let foreign = Dataset([Example(text: "a", intent: "x")])
        #expect(throws: TrainingError.validationSharesNoIntent) {
            try IntentTrainer().train(Toy.dataset, validation: foreign)
        }
    }

    @Test func `an intent with one example and a text in another script can be learned`() throws {
        let dataset = Dataset([
            Example(text: "東京の天気", intent: "weather"), Example(text: "привет", intent: "hello"),
        ])
        let classifier = try IntentTrainer().train(dataset)
        var scratch = IntentClassifier.Scratch()
        #expect(
            IntentModel(classifier).answer("天気", scratch: &scratch).ranking[0].intent == "weather")
        #expect(
            IntentModel(classifier).answer("ПРИВЕТ!", scratch: &scratch).ranking[0].intent
                == "hello")
    }
}
