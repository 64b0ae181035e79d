// Why a tag was answered, or was not.

extension TagModel {
    /// Explains the logit of a tag, of which the logistic function is its confidence; nil where the
    /// model does not know the tag.
    ///
    /// Of a text of which no n-gram is known the confidence is 0, whatever the bias says.
    package func explain(_ text: String, tag: String, scratch: inout Scratch) -> Explanation? {
        guard let label = tags.firstIndex(of: tag) else { return nil }
        return lexical.explain(
            text.utf8.span, in: &scratch.words, label: label, names: tags,
            scale: settings[label].slope, bias: settings[label].intercept)
    }

    /// Explains the likeliest tag of those that may be shown: of the answered ones, where there are
    /// any; nil where none may be shown.
    package func explain(
        _ text: String, approved: ApprovedTags, scratch: inout Scratch
    ) -> Explanation? {
        score(text.utf8.span, scratch: &scratch)
        let confidences = scratch.confidences
        let shown = tags.indices.filter { approved.contains(tags[$0]) }
        let answered = shown.filter { confidences[$0] >= settings[$0].threshold }
        let likeliest = (answered.isEmpty ? shown : answered).max {
            (confidences[$0], $1) < (confidences[$1], $0)
        }
        return likeliest.flatMap { explain(text, tag: tags[$0], scratch: &scratch) }
    }
}
