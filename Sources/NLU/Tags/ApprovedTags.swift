// Which tags may be shown at all.

/// The list of tags that an environment approves; nothing else leaves the server.
///
/// It is no part of a model: a tag can be taken off the list while the model that knows it stays in
/// use. What answers are made of passes through here, whatever the model said.
package struct ApprovedTags: Equatable, Sendable {
    private let tags: Set<String>

    package init(_ tags: some Sequence<String>) {
        self.tags = Set(tags)
    }

    package func contains(_ tag: String) -> Bool { tags.contains(tag) }

    /// The tags that are on both lists.
    package func intersection(_ other: ApprovedTags) -> ApprovedTags {
        ApprovedTags(tags.intersection(other.tags))
    }

    /// Those of the predictions whose tags are on the list, in their order.
    package func only(_ predictions: [TagPrediction]) -> [TagPrediction] {
        predictions.filter { tags.contains($0.tag) }
    }

    /// The names, sorted.
    package var sorted: [String] { tags.sorted() }
}
