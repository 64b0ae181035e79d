// What comes of lists.

internal import Ranking

/// What came of the lists for one source, and the metrics that show it.
struct ListAccount: Sendable {
    var tally = OnlineTally()
    /// Nil for lists of other versions.
    var metrics: RecommenderMetrics?
    var report: (@Sendable (OnlineTally) -> Void)?

    mutating func saw(_ list: Impression) {
        let new = tally.saw(list.request, items: list.items.count)
        metrics?.saw(lists: new.lists, items: new.items)
        show()
    }

    private mutating func show() {
        metrics?.show(tally)
        report?(tally)
    }

    /// Of a list that is not remembered the place is not known: it counts as the last.
    ///
    /// Gives whether it was not done before.
    mutating func take(
        _ interaction: ListInteraction, _ item: String, _ list: Impression?
    ) -> Bool {
        var new = (lists: 0, items: 0)
        if list == nil { new = tally.saw(interaction.request, item: item) }
        let position = list?.items.firstIndex(of: item) ?? Recommender.maximumLimit
        let action = interaction.action
        let isDone = tally.did(action, with: item, at: position, of: interaction.request)
        metrics?.saw(lists: new.lists, items: new.items)
        if isDone { metrics?.did(action) }
        show()
        return action == .impression ? new.items > 0 : isDone
    }
}

/// What somebody says of a list or of an item of it; without an item, that the list was seen.
struct ListInteraction: Sendable {
    /// The name of the list.
    let request: String
    /// The version that made it.
    let model: String
    let item: String?
    let action: Action
    let user: String?
    /// What others see of the session.
    let session: String
    /// The document of the list.
    let scope: String?
}
