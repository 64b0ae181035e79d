// Training on from a version that has seen most of the examples.

import Learning

extension IntentTrainer {
    /// Whether to train on from a classifier: it knows most of the examples already.
    ///
    /// Nine of ten are answered rightly, as none that were learned by heart would fail to be, every
    /// intent of the classifier is still there, and its vocabulary has room for one n-gram in eight more.
    package static func canContinue(_ start: IntentClassifier, with dataset: Dataset) -> Bool {
        let intents = Set(dataset.intentCounts.map(\.intent))
        guard intents.isSuperset(of: start.intents),
            start.lexical.vocabulary.room * 8 >= start.lexical.featureCount
        else { return false }
        let known = dataset.examples.filter { !$0.isOutOfScope }
        let step = max(known.count / 2000, 1)
        var scratch = IntentClassifier.Scratch()
        var logits = [Float](repeating: 0, count: start.intents.count)
        var (count, right) = (0, 0)
        for i in stride(from: 0, to: known.count, by: step) {
            var output = logits.mutableSpan
            start.logits(known[i].text.utf8.span, scratch: &scratch, into: &output)
            let top = logits.indices.max { (logits[$0], $1) < (logits[$1], $0) } ?? 0
            count += 1
            right += start.intents[top] == known[i].intent ? 1 : 0
        }
        return right * 10 >= count * 9
    }
}

extension FitSettings {
    /// Short steps, for weights that are nearly right: one pass, as if much had been seen, without the
    /// copies with slips, whose n-grams are known.
    var continued: FitSettings {
        var settings = self
        settings.augmentation.noisyWeight = 0
        settings.augmentation.prefixes = 1
        settings.augmentation.prefixWeight *= Float(augmentation.prefixes)
        settings.regression.passes = 1
        settings.orders = 1
        settings.regression.learningRate *= 0.25
        settings.regression.initialHistory *= 10
        return settings
    }
}
