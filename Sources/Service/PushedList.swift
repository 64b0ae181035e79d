// Lists that were pushed, and who has done what with them.

internal import Documents
internal import Ranking
internal import Wire

/// A list that was pushed: the log gets it when it is known to have been seen.
///
/// All readings that know it share it, so that what is done with it counts once.
final class PushedList {
    let impression: Impression
    private var isLogged = false
    /// What each session has done with it, as far as there is room.
    private var deeds: Set<Deed> = []
    private static let mostDeeds = 1000

    init(_ impression: Impression) { self.impression = impression }

    /// That a session has seen a list, or what it did with an item.
    struct Deed: Hashable {
        let session: PeerID
        var item: String?
        var action: Action?
    }

    /// What is known of a list that somebody speaks of.
    enum Known {
        /// Not in the log yet, and to be put there now.
        case unlogged(Impression)
        case logged(Impression)
        case unknown

        var impression: Impression? {
            switch self {
            case .unlogged(let impression), .logged(let impression): impression
            case .unknown: nil
            }
        }
    }

    /// Tells whether the log has it; it has from now on.
    func log() -> Known {
        defer { isLogged = true }
        return isLogged ? .logged(impression) : .unlogged(impression)
    }

    /// Takes note of a deed with one of its items; gives whether it is new.
    func take(_ deed: Deed) -> Bool {
        guard deed.item.map(impression.items.contains) ?? true, deeds.count < Self.mostDeeds
        else { return false }
        return deeds.insert(deed).inserted
    }
}

/// The lists of one model and one document that somebody may still speak of.
///
/// Of each block the last two, as somebody may have acted on the one before a moment ago; of all blocks
/// the newest 256 to 512, as each holds what its scores were made of.
struct PushedLists {
    private var lists: [BlockID: [PushedList]] = [:]
    /// Whose lists are remembered, the oldest first; a block may stand there twice.
    private var order: [BlockID] = []
    private static let most = 256

    mutating func remember(_ list: PushedList, of block: BlockID) {
        lists[block] = (lists[block]?.suffix(1) ?? []) + [list]
        order.append(block)
        guard order.count > 2 * Self.most else { return }
        for old in Set(order.prefix(Self.most)).subtracting(order.suffix(Self.most)) {
            lists[old] = nil
        }
        order.removeFirst(Self.most)
    }

    /// The list of a block that has this name.
    func named(_ name: String, of block: BlockID) -> PushedList? {
        lists[block]?.last { $0.impression.request == name }
    }

    mutating func forget(_ block: BlockID) { lists[block] = nil }
}
