// What a recommender knows: the items, how to find them, and how they are received.

internal import JSON
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
        var readers = Readers.everybody
    }

    package let rules: Rules
    package var text: TextRule { rules.text }
    package var popularityRule: PopularityRule { rules.popularity }
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
    private(set) var groups: FieldGroups
    package private(set) var spaces: [VectorSpace]
    private(set) var companions: Companions
    private(set) var sightings = Sightings()
    private var lastActions = LastActions()

    package init(_ rules: Rules = Rules()) {
        self.rules = rules
        groups = FieldGroups(fields: rules.groups)
        spaces = rules.vectors.map { VectorSpace($0, analyzer: rules.text.analyzer) }
        companions = Companions(rule: rules.companions)
    }

    /// How many items there are.
    package var count: Int { slots.count }

    /// One more than the highest slot that was ever in use.
    var slotCount: Int { profiles.count }

    package func item(_ id: String) -> Item? {
        slots[id].flatMap { items[$0] }
    }

    /// All items, in no order that means anything.
    package var allItems: [Item] { items.compactMap(\.self) }

    func item(at slot: Int) -> Item? { items[slot] }

    /// A field of the item in a slot, without a copy of the item; nil where there is none.
    func value(of field: String, at slot: Int) -> JSONValue? { items[slot]?.fields[field] }

    /// The texts of a field of the item in a slot.
    func texts(of field: String, at slot: Int) -> [String] {
        FieldGroups.texts(of: value(of: field, at: slot))
    }

    func slot(of id: String) -> Int? { slots[id] }

    /// The key that stands for a tag in `tagged` and `Profile.tags`.
    static func key(ofTag tag: String) -> UInt64 {
        hash(tag.utf8.span)
    }

    // MARK: Changes

    /// Takes an item in, in place of one with the same id, whose popularity and companions it keeps.
    package mutating func upsert(_ item: Item) {
        let popularity = slots[item.id].map { profiles[$0].popularity } ?? Popularity()
        takeOut(item.id)
        let slot = vacantSlot()
        place(item, at: slot, popularity)
        if item.published != nil { recent.insert(slot, by: isNewer) }
        if isWanted(slot) { popular.insert(slot, by: isMoreWanted) }
        for i in spaces.indices { spaces[i].insert(item, at: slot) }
    }

    /// Puts an item into a vacant slot; orders and spaces are still without it.
    private mutating func place(_ item: Item, at slot: Int, _ popularity: Popularity) {
        let profile = Profile(
            id: item.id, subject: text.subject(of: item), titleTerms: text.terms(of: item.title),
            tags: item.tags.map(Self.key).sortedUnique(), published: item.published,
            popularity: popularity, readers: rules.access?.readers(of: item) ?? .everybody)
        slots[item.id] = slot
        items[slot] = item
        profiles[slot] = profile
        index.insert(text.indexed(item), at: slot)
        for tag in profile.tags { tagged[tag, default: []].insert(slot) }
        groups.insert(item, at: slot)
    }

    /// Forgets an item, its popularity and its companions; unknown ones are ignored.
    package mutating func remove(_ id: String) {
        guard let slot = slots[id] else { return }
        companions.remove(slot)
        for i in spaces.indices { spaces[i].remove(slot) }
        takeOut(id)
    }

    /// Takes an item out of all that follows from its fields; the slot is the next to be used.
    private mutating func takeOut(_ id: String) {
        guard let slot = slots.removeValue(forKey: id), let item = items[slot] else { return }
        index.remove(text.indexed(item), at: slot)
        for tag in profiles[slot].tags {
            tagged[tag]?.remove(slot)
            if tagged[tag]?.isEmpty == true { tagged[tag] = nil }
        }
        if item.published != nil { recent.remove(slot, by: isNewer) }
        if isWanted(slot) { popular.remove(slot, by: isMoreWanted) }
        groups.remove(item, at: slot)
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
        guard interaction.action != .undo else { return undo(interaction, slot) }
        let rule = popularityRule
        if interaction.action == .impression {
            // The order is that of rewards, and stays.
            rule.count(.impression, at: interaction.time, in: &profiles[slot].popularity)
        } else {
            changeRewards(of: slot) {
                rule.count(interaction.action, at: interaction.time, in: &$0)
            }
        }
        if interaction.action == .dismiss, let scope = interaction.scope {
            dismissals.insert(id, scope: scope)
        }
        guard let person = interaction.user ?? interaction.scope else { return }
        if interaction.action != .impression { lastActions.note(interaction, by: person) }
        switch interaction.action {
        case .impression:
            if rules.countsSightings { sightings.count(id, by: person, at: interaction.time) }
        case .click, .accept:
            guard rules.countsCompanions else { return }
            companions.count(id, in: person, at: interaction.time) { slots[$0] }
        case .dismiss, .undo: break
        }
    }

    /// Changes an item's popularity, and its place among the popular.
    private mutating func changeRewards(of slot: Int, _ change: (inout Popularity) -> Void) {
        if isWanted(slot) { popular.remove(slot, by: isMoreWanted) }
        change(&profiles[slot].popularity)
        if isWanted(slot) { popular.insert(slot, by: isMoreWanted) }
    }

    /// Takes back what somebody did last with an item; that it went with others stays counted.
    private mutating func undo(_ interaction: Interaction, _ slot: Int) {
        guard let person = interaction.user ?? interaction.scope,
            let last = lastActions.take(interaction.item, by: person)
        else { return }
        // An item that was gone meanwhile has lost what it had.
        if isWanted(slot) || last.action == .dismiss {
            let rule = popularityRule
            changeRewards(of: slot) { rule.takeBack(last.action, from: last.time, in: &$0) }
        }
        if last.action == .dismiss, let scope = interaction.scope {
            dismissals.remove(interaction.item, scope: scope)
        }
    }

    /// Learns the vectors of all spaces that Hunch makes from what it knows now.
    ///
    /// - Complexity: see `TextEmbedding.learn` and `TruncatedSVD`; then as if all items came anew.
    package mutating func learnVectors() {
        for i in spaces.indices { spaces[i].learn(items, companions) }
    }

    /// Whether somebody may see an item; nobody sees one that is gone.
    package func mayRead(_ id: String, _ viewer: Viewer?) -> Bool {
        slots[id].map { mayRead($0, viewer) } ?? false
    }

    func mayRead(_ slot: Int, _ viewer: Viewer?) -> Bool {
        profiles[slot].readers.include(viewer)
    }

    // MARK: Orders

    private var isNewer: (Int, Int) -> Bool {
        { [profiles] a, b in
            let (x, y) = (profiles[a].published ?? 0, profiles[b].published ?? 0)
            return x == y ? profiles[a].id < profiles[b].id : x > y
        }
    }

    private func isWanted(_ slot: Int) -> Bool {
        profiles[slot].popularity.rewards.isPositive
    }

    private var isMoreWanted: (Int, Int) -> Bool {
        { [profiles, halfLife = popularityRule.halfLife] a, b in
            let x = profiles[a].popularity.rewards.order(halfLife: halfLife) ?? 0
            let y = profiles[b].popularity.rewards.order(halfLife: halfLife) ?? 0
            return x == y ? profiles[a].id < profiles[b].id : x > y
        }
    }
}

extension Catalog {
    /// What a catalog reads of items and interactions.
    package struct Rules: Equatable, Sendable {
        package var text = TextRule()
        package var popularity = PopularityRule()
        package var companions = CompanionRule()
        package var vectors: [VectorRule] = []
        /// Fields by whose values items can be fetched.
        package var groups: [String] = []
        /// Whether anything asks what is wanted together, or what somebody wanted last.
        package var countsCompanions = true
        /// Whether anything asks who was shown what.
        package var countsSightings = true
        /// Without a rule everybody may see everything.
        package var access: AccessRule?

        package init() {}
    }
}

// MARK: State

extension Catalog {
    func write(to writer: inout StateWriter) {
        writer.add(vacant.map { UInt32($0) })
        writer.add(count: slots.count)
        for (slot, item) in items.enumerated() {
            guard let item else { continue }
            writer.add(item.id)
            writer.add(item.fields.serialized())
            profiles[slot].popularity.write(to: &writer)
        }
        dismissals.write(to: &writer)
        lastActions.write(to: &writer)
        companions.write(to: &writer)
        sightings.write(to: &writer)
        for space in spaces { space.write(to: &writer) }
    }

    /// Reads what a catalog with the same rules wrote, with items of `corpus`, into an empty one.
    mutating func read(_ reader: inout StateReader, corpus: Corpus) throws(ArchiveError) {
        precondition(slots.isEmpty)
        vacant = try reader.numbers().map(Int.init)
        let count = try reader.count() + vacant.count
        try reader.check(vacant.allSatisfy { $0 < count } && Set(vacant).count == vacant.count)
        items = Array(repeating: nil, count: count)
        profiles = Array(repeating: Profile(), count: count)
        let isVacant = Set(vacant)
        for slot in 0..<count where !isVacant.contains(slot) {
            let item = try Item(&reader, corpus: corpus)
            try reader.check(slots[item.id] == nil)
            place(item, at: slot, try Popularity(&reader))
        }
        recent = SlotOrder(slots.values.filter { profiles[$0].published != nil }, by: isNewer)
        popular = SlotOrder(slots.values.filter(isWanted), by: isMoreWanted)
        try dismissals.read(&reader)
        try lastActions.read(&reader)
        try companions.read(&reader)
        try sightings.read(&reader)
        for i in spaces.indices { try spaces[i].read(&reader) }
    }
}

extension Item {
    fileprivate init(_ reader: inout StateReader, corpus: Corpus) throws(ArchiveError) {
        let (id, bytes) = (try reader.string(), try reader.octets())
        guard let fields = try? JSONValue(parsing: bytes),
            let item = try? Item(corpus: corpus, id: id, fields: fields)
        else { throw .damaged }
        self = item
    }
}
