// Who may see which items, as it stands now.

internal import Ranking
internal import Synchronization

/// What a recommender's rule of access says of its items, for whoever is about to send some.
///
/// A list may wait between a worker and a socket, and be kept for those who come later. Permissions change
/// here before the change is acknowledged, so that what is sent after that follows them.
final class ItemAccess: Sendable {
    private let rule: AccessRule
    private let readers: Mutex<[String: Readers]>

    init(_ rule: AccessRule, items: some Sequence<Item>) {
        self.rule = rule
        let readers = items.map { ($0.id, rule.readers(of: $0)) }
        self.readers = Mutex(Dictionary(readers) { _, last in last })
    }

    /// Takes a change of an item; `then` runs before any other change is taken, so that others who are told
    /// there hear of changes in the same order.
    func take(_ event: RecommenderEvent, then body: () -> Void) {
        readers.withLock { readers in
            switch event {
            case .upsert(let item): readers[item.id] = rule.readers(of: item)
            case .remove(let item): readers[item] = nil
            case .interaction, .learnVectors: break
            }
            body()
        }
    }

    /// Whether somebody may see an item now; nobody sees one that is gone.
    func allows(_ item: String, to viewer: Viewer?) -> Bool {
        readers.withLock { $0[item]?.include(viewer) ?? false }
    }
}
