// What is new in the answers of a model, and who may know of it.

internal import Wire

/// Entries that are to be pushed, with what was pushed before.
struct ResultChanges {
    private(set) var entries: [ResultEntry] = []
    private var before: [ResultContent?] = []
    /// The other documents that the entries name or named, each once.
    private(set) var others: [String] = []

    mutating func append(_ entry: ResultEntry, before known: ResultContent?) {
        entries.append(entry)
        before.append(known)
        for name in entry.content.others + (known?.others ?? []) where !others.contains(name) {
            others.append(name)
        }
    }

    /// What somebody may know of: entries that say something else to it than those before.
    ///
    /// It depends on which of `others` it may read, and on nothing else.
    func seen(with access: DocumentAccess) -> [ResultEntry] {
        var seen: [ResultEntry] = []
        for (entry, known) in zip(entries, before) {
            var entry = entry
            entry.content = entry.content.seen(with: access)
            let known = known?.seen(with: access)
            if known.map({ $0 != entry.content }) ?? !entry.content.isSilent { seen.append(entry) }
        }
        return seen
    }
}

extension ResultContent {
    /// Whether it says no more than if there were no answer at all.
    var isSilent: Bool {
        if case .duplicate(let result) = self { result.duplicates.isEmpty } else { false }
    }

    /// The other documents that it names.
    fileprivate var others: [String] {
        if case .duplicate(let result) = self { result.duplicates.map(\.document) } else { [] }
    }

    /// What of it somebody may know.
    func seen(with access: DocumentAccess) -> ResultContent {
        guard case .duplicate(let result) = self else { return self }
        let places = result.duplicates.filter { access.allows($0.document) }
        return .duplicate(DuplicateResult(duplicates: Array(places.prefix(Self.placesShown))))
    }

    /// The worker names more, so that somebody with few rights still gets some.
    private static var placesShown: Int { 8 }
}
