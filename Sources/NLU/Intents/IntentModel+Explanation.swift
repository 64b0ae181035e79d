// Why an intent was answered.

extension IntentModel {
    /// Explains the likeliest intent beside the next, its logit, or, by a model of fastText, what its
    /// confidence is without each word; nil where the classifier has no part in it.
    package func explain(_ text: String, scratch: inout Scratch) -> Explanation? {
        if let fastText { return fastText.explain(text, scratch: &scratch.fastText) }
        let ranking = answer(text, ranking: 2, scratch: &scratch).ranking
        guard let classifier else { return nil }
        let labels = ranking.compactMap { entry in
            classifier.intents.firstIndex { $0 == entry.intent }
        }
        guard let label = labels.first else { return nil }
        let rival = labels.count > 1 ? labels[1] : nil
        return classifier.explain(text, label: label, rival: rival, scratch: &scratch)
    }
}

extension IntentClassifier {
    /// Explains the logit of the intent of class `label`, beside that of class `rival`.
    package func explain(
        _ text: String, label: Int, rival: Int? = nil, scratch: inout Scratch
    ) -> Explanation {
        precondition(intents.indices.contains(label))
        return lexical.explain(
            text.utf8.span, in: &scratch.words, label: label, rival: rival, names: intents,
            scale: 1 / temperature)
    }
}
