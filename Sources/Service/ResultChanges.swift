// What is new in the answers of a model, and who may know of it.

internal import Ranking
internal import Wire

/// Entries that are to be pushed, with what was pushed before.
struct ResultChanges {
    private(set) var entries: [ResultEntry] = []
    private var before: [ResultContent?] = []
    /// The other documents that the entries name or named, each once.
    private(set) var others: [String] = []
    /// The items that they name or named, each once, where not everybody may see all.
    private(set) var items: [String] = []
    let access: ItemAccess?

    init(access: ItemAccess? = nil) { self.access = access }

    mutating func append(_ entry: ResultEntry, before known: ResultContent?) {
        entries.append(entry)
        before.append(known)
        for name in entry.content.others + (known?.others ?? []) where !others.contains(name) {
            others.append(name)
        }
        guard access != nil else { return }
        for item in entry.content.items + (known?.items ?? []) where !items.contains(item) {
            items.append(item)
        }
    }

    /// Whether everybody may know of all of it.
    var isForAll: Bool { others.isEmpty && items.isEmpty }

    /// Which of `others` and `items` somebody may know of, now.
    func known(with rights: Rights) -> [Bool] {
        others.map(rights.documents.allows)
            + items.map { access?.allows($0, to: rights.viewer) ?? true }
    }

    /// What somebody may know of who is allowed what `known` says: entries that say something else to it
    /// than those before.
    ///
    /// It depends on `known` and on nothing else. A list is told again of which somebody may have seen what it
    /// may not see any more.
    func seen(_ known: [Bool]) -> [ResultEntry] {
        let others = Set(zip(self.others, known).lazy.filter(\.1).map(\.0))
        let items = access.map { _ in
            Set(zip(self.items, known[self.others.count...]).lazy.filter(\.1).map(\.0))
        }
        var seen: [ResultEntry] = []
        for (entry, known) in zip(entries, before) {
            var entry = entry
            entry.content = entry.content.limited(to: others, items)
            let before = known?.limited(to: others, items)
            let isTakenBack = known.map { $0.items.count > (before?.items.count ?? 0) } ?? false
            let isNews = before.map { entry.content.isNews(after: $0) } ?? !entry.content.isSilent
            if isNews || isTakenBack { seen.append(entry) }
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

    /// The items that it names.
    fileprivate var items: [String] {
        if case .recommendations(let result) = self { result.items.map(\.item) } else { [] }
    }

    /// What of it somebody may know; `access` says of items who may see them.
    func seen(with rights: Rights, _ access: ItemAccess?) -> ResultContent {
        limited(
            to: Set(others.filter(rights.documents.allows)),
            access.map { access in Set(items.filter { access.allows($0, to: rights.viewer) }) })
    }

    /// Without other documents and items than these; nil for all items.
    fileprivate func limited(to others: Set<String>, _ items: Set<String>?) -> ResultContent {
        switch self {
        case .intent, .tags: return self
        case .duplicate(let result):
            let places = result.duplicates.filter { others.contains($0.document) }
            return .duplicate(DuplicateResult(duplicates: Array(places.prefix(Self.placesShown))))
        case .recommendations(var result):
            guard let items else { return self }
            result.items.removeAll { !items.contains($0.item) }
            return .recommendations(result)
        }
    }

    /// The worker names more, so that somebody with few rights still gets some.
    private static var placesShown: Int { 8 }
}
