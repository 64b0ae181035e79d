// Who may see which items, as it stands now.

internal import Ranking
internal import Synchronization

/// What a recommender's rule of access says of its items, for whoever is about to send some.
///
/// A list may wait between a worker and a socket, and be kept for those who come later. Permissions change
/// here before the change is acknowledged, so that what is sent after that follows them.
final class ItemAccess: Sendable {
    private struct State {
        var readers: [String: Readers] = [:]
        /// Items that have changed while a recommender is loaded; nil once it is.
        var changed: Set<String>? = []
    }

    private let rule: AccessRule
    private let state = Mutex(State())

    init(_ rule: AccessRule) { self.rule = rule }

    /// Takes the items that a recommender was loaded with, but for what has changed since it began.
    func finishLoading(_ items: some Sequence<Item>) {
        state.withLock { state in
            let changed = state.changed ?? []
            for item in items where !changed.contains(item.id) {
                state.readers[item.id] = rule.readers(of: item)
            }
            state.changed = nil
        }
    }

    fileprivate func take(_ event: RecommenderEvent) {
        state.withLock { state in
            switch event {
            case .upsert(let item):
                state.readers[item.id] = rule.readers(of: item)
                state.changed?.insert(item.id)
            case .remove(let item):
                state.readers[item] = nil
                state.changed?.insert(item)
            case .interaction, .learnVectors: break
            }
        }
    }

    /// Whether somebody may see an item now; nobody sees one that is gone.
    func allows(_ item: String, to viewer: Viewer?) -> Bool {
        state.withLock { $0.readers[item]?.include(viewer) ?? false }
    }
}

/// The access of all recommenders, also of those that are being loaded.
final class ItemAccessDirectory: Sendable {
    private struct Entry {
        let corpus: Corpus
        weak var access: ItemAccess?
    }

    private let entries = Mutex<[Entry]>([])

    /// Adds a recommender's, which is told of changes from now on, as long as somebody holds it.
    func add(_ rule: AccessRule, of corpus: Corpus) -> ItemAccess {
        let access = ItemAccess(rule)
        entries.withLock { entries in
            entries.removeAll { $0.access == nil }
            entries.append(Entry(corpus: corpus, access: access))
        }
        return access
    }

    /// Takes a change of an item; `then` runs before another change is taken, so that whoever is told
    /// there hears of changes in the same order.
    func take(_ event: RecommenderEvent, of corpus: Corpus, then body: () -> Void) {
        entries.withLock { entries in
            for entry in entries where entry.corpus == corpus { entry.access?.take(event) }
            body()
        }
    }
}
