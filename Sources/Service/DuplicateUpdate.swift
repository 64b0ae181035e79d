// From a worker of duplicates to the shards.

internal import Documents
internal import NLU
internal import Reactor
internal import Wire

/// What has become of blocks whose own text did not change: another one's did.
struct DuplicateUpdate: Sendable {
    let document: SlabToken
    let model: String
    var lists: [(block: BlockID, list: DuplicateResult)] = []
}

extension DuplicateResult {
    init(_ matches: [DuplicateIndex.Match]) {
        self.init(
            duplicates: matches.map { match in
                Place(
                    document: match.place.document,
                    block: match.place.block.map { BlockID(rawValue: $0) },
                    // A thousandth more or less is no news.
                    similarity: (match.similarity * 1000).rounded() / 1000, isExact: match.isExact)
            })
    }
}
