import Learning
import Numerics
import Synchronization
import Testing

@testable import NLU

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

    @Test func `every pass of every piece of work is told`() throws {
        let seen = Mutex<[IntentTrainer.Progress]>([])
        var settings = IntentTrainer.Settings()
        settings.fit = FitSettings(forExamples: 18)
        let trainer = IntentTrainer(
            settings: settings, progress: { progress in seen.withLock { $0.append(progress) } })
        _ = try trainer.train(Toy.dataset)
        let passes = SoftmaxRegression.Settings().passes
        let told = seen.withLock { $0 }
        #expect(
            told.map(\.fold)
                == ([0, 1, 2, 3, 4, nil] as [Int?]).flatMap {
                    Array(repeating: $0, count: passes)
                })
        #expect(told.map(\.pass) == Array(repeating: Array(1...passes), count: 6).flatMap(\.self))
    }

    @Test func `the order in which the work is done makes no difference`() throws {
        let backwards = IntentTrainer(
            runner: { count, piece in (0..<count).reversed().map(piece).reversed() })
        let trained = try backwards.train(Toy.dataset)
        #expect(IntentModel(trained.classifier).encoded() == IntentModel(Toy.classifier).encoded())
    }

    private let validation = Dataset([
        Example(text: "set an alarm", intent: "alarm"),
        Example(text: "rain or sun tomorrow", intent: "weather"),
        Example(text: "how do i bake bread", intent: "oos"),
    ])

    @Test func `a validation set takes the place of the folds`() throws {
        let folds = Mutex<Set<Int?>>([])
        let trainer = IntentTrainer(
            progress: { progress in folds.withLock { _ = $0.insert(progress.fold) } })
        let outcome = try trainer.train(Toy.dataset, validation: validation)
        #expect(folds.withLock { $0 } == [nil])
        let evaluation = Evaluation(outcome.classifier, on: validation)
        #expect(evaluation.measures.answeredAccuracy == 1)
        #expect(evaluation.measures.outOfScopeRecall == 1)
        #expect(outcome.heldOut?.examples == 2)
        #expect(outcome.heldOut?.outOfScope == 1)
        #expect(outcome.heldOut?.accuracy == 1)
        #expect(outcome.heldOut?.areaUnderROC == 1)
    }

    @Test func `settings win that are right more often by two standard errors`() {
        let none = [Bool](repeating: false, count: 100)
        func right(_ count: Int, from start: Int = 0) -> [Bool] {
            none.indices.map { $0 >= start && $0 < start + count }
        }
        #expect(IntentSearch.choice([right(50), right(53), right(55)]) == 2)
        // Four won and none lost may be luck.
        #expect(IntentSearch.choice([right(50), right(54)]) == 0)
        // Nine won and seven lost are no more than noise; equal answers are no reason to change.
        #expect(IntentSearch.choice([right(50), right(52, from: 7)]) == 0)
        #expect(IntentSearch.choice([right(50), right(50)]) == 0)
    }

    @Test func `training goes on from a version, with new examples and new intents`() throws {
        let more = Dataset(
            Toy.dataset.examples + [
                Example(text: "sing me a song", intent: "music"),
                Example(text: "wake me up early", intent: "alarm"),
            ])
        let fit = FitSettings(forExamples: 18)
        #expect(IntentTrainer.canContinue(Toy.classifier, with: more))
        let outcome = try IntentTrainer().train(more, from: Toy.classifier, fit: fit)
        let again = try IntentTrainer().train(more, from: Toy.classifier, fit: fit)
        #expect(outcome.classifier.intents == ["alarm", "balance", "music", "weather"])
        #expect(
            IntentModel(outcome.classifier).encoded() == IntentModel(again.classifier).encoded())
        #expect(outcome.classifier.temperature == Toy.classifier.temperature)
        #expect(Evaluation(outcome.classifier, on: Toy.dataset).measures.accuracy == 1)
        let judged = try IntentTrainer().train(
            more, validation: validation, from: Toy.classifier, fit: fit)
        #expect(judged.heldOut?.examples == 2)
        // What was known keeps its place and its worth, whether it occurs in the rows or not.
        let (before, after) = (Toy.classifier.lexical, outcome.classifier.lexical)
        let known = before.featureCount
        #expect(after.featureCount > known)
        for row in 0..<known { #expect(after.features[2 * row] == before.features[2 * row]) }
        for slot in before.vocabulary.slots.elements where slot != 0 {
            #expect(after.vocabulary.slots.elements.contains(slot))
        }
    }

    @Test func `training does not go on from what knows other examples or more intents`() {
        let shuffled = zip(Toy.dataset.examples, Toy.dataset.examples.dropFirst(7)).map {
            Example(text: $0.text, intent: $1.intent)
        }
        #expect(!IntentTrainer.canContinue(Toy.classifier, with: Dataset(shuffled)))
        let fewer = Toy.dataset.examples.filter { $0.intent != "alarm" }
        #expect(!IntentTrainer.canContinue(Toy.classifier, with: Dataset(fewer)))
    }

    @Test func `examples out of scope are no intent but raise the threshold`() throws {
        let strangers = [
            "how much rain", "my umbrella account", "what is it like", "money tomorrow",
        ]
        let dataset = Dataset(
            Toy.dataset.examples + strangers.map { Example(text: $0, intent: "out_of_scope") })
        let classifier = try IntentTrainer().train(dataset).classifier
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
        let classifier = try IntentTrainer().train(dataset).classifier
        var scratch = IntentClassifier.Scratch()
        #expect(
            IntentModel(classifier).answer("天気", scratch: &scratch).ranking[0].intent == "weather")
        #expect(
            IntentModel(classifier).answer("ПРИВЕТ!", scratch: &scratch).ranking[0].intent
                == "hello")
    }
}
