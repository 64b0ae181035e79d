// What a training works on: a data set with its classes numbered and its n-grams counted.

/// The examples in scope as numbers, those out of scope as they are.
struct IntentTask {
    let intents: [String]
    let texts: [String]
    /// The class of each text.
    let labels: [Int]
    let outOfScope: [Example]
    let corpus: NGramCorpus
    private let classes: [String: Int]

    init(_ dataset: Dataset) throws(TrainingError) {
        let intents = dataset.intentCounts.map(\.intent)
        guard intents.count >= 2 else { throw .tooFewIntents(intents.count) }
        let classes = Dictionary(uniqueKeysWithValues: zip(intents, intents.indices))
        let inScope = dataset.examples.filter { !$0.isOutOfScope }
        self.intents = intents
        self.classes = classes
        texts = inScope.map(\.text)
        labels = inScope.compactMap { classes[$0.intent] }
        outOfScope = dataset.examples.filter(\.isOutOfScope)
        corpus = NGramCorpus(texts)
    }

    /// The class of an example; nil where it is out of scope or of an intent unknown here.
    func label(of example: Example) -> Int? {
        classes[example.intent]
    }

    func example(_ text: Int) -> Example {
        Example(text: texts[text], intent: intents[labels[text]])
    }

    /// A fold for each text, such that every intent is spread evenly.
    func folds(_ count: Int, using random: inout some RandomNumberGenerator) -> [Int] {
        var folds = [Int](repeating: 0, count: texts.count)
        var next = 0
        for members in Dictionary(grouping: texts.indices, by: { labels[$0] }).sorted(by: {
            $0.key < $1.key
        }) {
            for text in members.value.shuffled(using: &random) {
                folds[text] = next % count
                next += 1
            }
        }
        return folds
    }
}
