// What of an answer is worth telling.

internal import Wire

extension ResultKind {
    /// What says that there is nothing to say any more; nil of kinds that have no such answer.
    var nothing: ResultContent? {
        switch self {
        case .tags: .tags(TagResult(tags: []))
        case .duplicate: .duplicate(DuplicateResult(duplicates: []))
        case .intent, .recommendations: nil
        }
    }
}

extension ResultContent {
    /// The intent that is shown; nil for other kinds.
    var intentName: String? {
        if case .intent(let result) = self { result.intent } else { nil }
    }

    /// Whether it says something else than the one before.
    ///
    /// A list of recommendations does if it names other items: scores drift with the time of day.
    func isNews(after known: ResultContent) -> Bool {
        switch (self, known) {
        case (.recommendations(let new), .recommendations(let old)):
            new.items.map(\.item) != old.items.map(\.item)
        default: self != known
        }
    }
}
