// What of an answer is worth telling.

internal import Wire

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
