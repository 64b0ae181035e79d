// What a recommender knows: the items, how to find them, and how they are received.

internal import Numerics

/// The items of a corpus in numbered slots, with an index for each way of fetching.
///
/// Every index follows each change at once, so a request sees all that came before it. The slot of
/// an item that is removed serves the next new one.
package struct Catalog: Sendable {
    /// What stages read of an item; lists are ascending, each element stands there once.
    struct Profile: Sendable {
        var id = ""
        /// Terms of title and tags: what the item is about, in short.
        var subject: [UInt64] = []
        var titleTerms: [UInt64] = []
        var tags: [UInt64] = []
        var published: Double?
        var popularity = Popularity()
    }

    package let text: TextRule
    package let popularityRule: PopularityRule
    package private(set) var index = InvertedIndex()
    package private(set) var dismissals = Dismissals()
    /// By slot, beside `items`; empty where the slot is vacant.
    ///
    /// Stages read profiles only, and never copy an item.
    private(set) var profiles: [Profile] = []
    private var items: [Item?] = []
    private var slots: [String: Int] = [:]
    private var vacant: [Int] = []
    private(set) var tagged: [UInt64: Set<Int>] = [:]
    private(set) var recent = SlotOrder()
    private(set) var popular = SlotOrder()

    package init(text: TextRule = TextRule(), popularity: PopularityRule = PopularityRule()) {
        self.text = text
        popularityRule = popularity
    }

    /// How many items there are.
    package var count: Int { slots.count }

    /// One more than the highest slot that was ever in use.
    var slotCount: Int { profiles.count }

    package func item(_ id: String) -> Item? {
        slots[id].flatMap { items[$0] }
    }

    func item(at slot: Int) -> Item? { items[slot] }

    func slot(of id: String) -> Int? { slots[id] }

    /// The key that stands for a tag in `tagged` and `Profile.tags`.
    static func key(ofTag tag: String) -> UInt64 {
        hash(tag.utf8.span)
    }

    // MARK: Changes

    /// Takes an item in, in place of one with the same id, whose popularity it keeps.
    package mutating func upsert(_ item: Item) {
        var profile = Profile(
            id: item.id, subject: text.subject(of: item), titleTerms: text.terms(of: item.title),
            tags: item.tags.map(Self.key).sortedUnique(), published: item.published)
        if let known = slots[item.id] { profile.popularity = profiles[known].popularity }
        remove(item.id)
        let slot = vacantSlot()
        slots[item.id] = slot
        items[slot] = item
        profiles[slot] = profile
        index.insert(text.indexed(item), at: slot)
        for tag in profile.tags { tagged[tag, default: []].insert(slot) }
        if profile.published != nil { recent.insert(slot, by: isNewer) }
        if isWanted(slot) { popular.insert(slot, by: isMoreWanted) }
    }

    /// Forgets an item and its popularity; unknown ones are ignored.
    package mutating func remove(_ id: String) {
        guard let slot = slots.removeValue(forKey: id), let item = items[slot] else { return }
        index.remove(text.indexed(item), at: slot)
        for tag in profiles[slot].tags {
            tagged[tag]?.remove(slot)
            if tagged[tag]?.isEmpty == true { tagged[tag] = nil }
        }
        if item.published != nil { recent.remove(slot, by: isNewer) }
        if isWanted(slot) { popular.remove(slot, by: isMoreWanted) }
        items[slot] = nil
        profiles[slot] = Profile()
        vacant.append(slot)
    }

    private mutating func vacantSlot() -> Int {
        if let slot = vacant.popLast() { return slot }
        items.append(nil)
        profiles.append(Profile())
        return items.count - 1
    }

    /// Counts an interaction, unless the item is unknown.
    package mutating func count(_ interaction: Interaction) {
        let id = interaction.item
        guard let slot = slots[id] else { return }
        if isWanted(slot) { popular.remove(slot, by: isMoreWanted) }
        popularityRule.count(
            interaction.action, at: interaction.time, in: &profiles[slot].popularity)
        if isWanted(slot) { popular.insert(slot, by: isMoreWanted) }
        if interaction.action == .dismiss, let scope = interaction.scope {
            dismissals.insert(id, scope: scope)
        }
    }

    // MARK: Orders

    private var isNewer: (Int, Int) -> Bool {
        { [profiles] a, b in
            let (x, y) = (profiles[a].published ?? 0, profiles[b].published ?? 0)
            return x == y ? profiles[a].id < profiles[b].id : x > y
        }
    }

    private func isWanted(_ slot: Int) -> Bool {
        profiles[slot].popularity.rewards.order(halfLife: popularityRule.halfLife) != nil
    }

    private var isMoreWanted: (Int, Int) -> Bool {
        { [profiles, halfLife = popularityRule.halfLife] a, b in
            let x = profiles[a].popularity.rewards.order(halfLife: halfLife) ?? 0
            let y = profiles[b].popularity.rewards.order(halfLife: halfLife) ?? 0
            return x == y ? profiles[a].id < profiles[b].id : x > y
        }
    }
}

/// Which fields are searched, with which weights, and how they are cut into terms.
package struct TextRule: Equatable, Sendable {
    package let title: Int
    package let text: Int
    package let tags: Int
    package let analyzer: TextAnalyzer

    package init(
        title: Int = 3, text: Int = 1, tags: Int = 2, analyzer: TextAnalyzer = TextAnalyzer()
    ) {
        self.title = title
        self.text = text
        self.tags = tags
        self.analyzer = analyzer
    }

    /// An item as the index takes it.
    package func indexed(_ item: Item) -> InvertedIndex.Text {
        var result = InvertedIndex.Text()
        result.add(words(of: item.title), weight: title)
        result.add(words(of: item.text), weight: text)
        for tag in item.tags { result.add(words(of: tag), weight: tags) }
        return result
    }

    func terms(of text: String) -> [UInt64] {
        analyzer.terms(of: text)
    }

    func subject(of item: Item) -> [UInt64] {
        ([item.title] + item.tags).flatMap(terms).sortedUnique()
    }

    private func words(of text: String) -> [TextAnalyzer.Word] {
        var words: [TextAnalyzer.Word] = []
        analyzer.analyze(text, into: &words)
        return words
    }
}
