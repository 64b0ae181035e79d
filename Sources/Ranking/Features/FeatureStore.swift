// Declared features, kept up to date by events.

package import JSON
internal import Numerics

/// Computes declared features of candidates from the events that came before.
///
/// It is a value without clock and files: the same events in the same order give the same features to the last bit,
/// online and in a replay of the log, also of what is forgotten. What an event changes the next request sees. An
/// interaction counts for the item and the user that it names, whether there is an item event for it or not.
///
/// Memory grows with the items that have fields; all else is bounded by `FeatureBounds`.
package struct FeatureStore: Sendable {
    package let features: [DeclaredFeature]
    let readers: [FeatureReader]
    let bounds: FeatureBounds
    private(set) var items = ItemSlots()
    private(set) var users: NameSlots
    /// What is read of items as it stands, with the values by slot.
    private(set) var fieldColumns: [FieldColumn] = []
    private(set) var valueFields: [ValueIndex] = []
    private let fields: [DeclaredFeature.Field]
    /// Empty where the key is of two parts.
    private(set) var tables: [TallyTable] = []
    private let keys: [DeclaredFeature.Key]
    /// Beside `tables`: the counters of users, where the key is of two parts.
    private(set) var pairs: [PairTable] = []
    private let actions: [Action]
    /// Beside `actions`, by the slots of items.
    private(set) var companions: [Companions] = []
    /// The tables whose rows have to be found for each request.
    let pairTables: [(table: Int, rows: KeyRows)]

    package init(_ features: [DeclaredFeature], bounds: FeatureBounds = FeatureBounds()) {
        self.features = features
        self.bounds = bounds
        users = NameSlots(capacity: bounds.users)
        let plan = FeaturePlan(features)
        readers = plan.readers
        fieldColumns = plan.fieldColumns.map { FieldColumn(field: $0.field, reading: $0.reading) }
        fields = plan.fields
        valueFields = plan.fields.map { ValueIndex($0, limit: bounds.values) }
        tables = plan.tables.map(\.table)
        keys = plan.tables.map(\.key)
        pairs = tables.map { PairTable($0, limit: bounds.pairsOfUser) }
        actions = plan.actions
        companions = actions.map { _ in
            Companions(rule: .ever, baskets: bounds.users, basketSize: 64)
        }
        pairTables = plan.pairTables
        for t in keys.indices where keys[t] == .all { tables[t].reach(0) }
    }

    /// The number of an item; −1 where no event has named it.
    package func slot(ofItem id: String) -> Int { items[id] ?? -1 }

    func slot(ofUser id: String?) -> Int { id.flatMap { users[$0] } ?? -1 }

    /// Learns of an event.
    package mutating func apply(_ event: RankingEvent) {
        switch event {
        case .item(let item, _): upsert(item.id, item.fields)
        case .removal(let item, _): remove(item)
        case .impression(let impression):
            for item in impression.items {
                count(.impression, of: item, by: impression.user, at: impression.shown)
            }
        case .response(let response):
            count(response.action, of: response.item, by: response.user, at: response.time)
        }
    }

    /// Takes an item's fields in, in place of those it had; what was counted of it stays.
    package mutating func upsert(_ id: String, _ fields: JSONValue) {
        setFields(fields, of: items.describe(id))
    }

    private mutating func setFields(_ fields: JSONValue, of slot: Int) {
        for i in fieldColumns.indices { fieldColumns[i].set(fields, of: slot) }
        for i in valueFields.indices { valueFields[i].set(fields, of: slot) }
    }

    /// Forgets an item's fields; what was counted of it stays, and of an unknown one nothing does.
    package mutating func remove(_ id: String) {
        guard let slot = items[id] else { return }
        setFields(.object([]), of: slot)
        items.stray(slot)
        forgetStrays()
    }

    /// Counts something that somebody did with an item.
    package mutating func count(
        _ action: Action, of item: String, by user: String?, at time: Double
    ) {
        let slot = items.name(item)
        let userSlot = user.map { usedSlot($0) } ?? -1
        for t in tables.indices where tables[t].counts(action) {
            count(action, at: time, table: t, item: slot, user: userSlot)
        }
        if let user {
            for i in companions.indices where actions[i] == action {
                companions[i].count(item, in: user, at: time) { items[$0] }
            }
        }
        forgetStrays()
        forgetUsers()
    }

    private mutating func count(
        _ action: Action, at time: Double, table: Int, item: Int, user: Int
    ) {
        switch keys[table] {
        case .all: tables[table].count(action, at: time, row: 0)
        case .item: countRow(action, time, table, item)
        case .user: if user >= 0 { countRow(action, time, table, user) }
        case .userItem:
            guard user >= 0 else { return }
            pairs[table].count(action, at: time, user: user, number: items.numbers[item])
        case .value(let field):
            let values = number(of: field)
            for place in valueFields[values].range(of: item) {
                countRow(action, time, table, valueFields[values][place])
            }
        case .userValue(let field):
            guard user >= 0 else { return }
            let values = number(of: field)
            for place in valueFields[values].range(of: item) {
                pairs[table].count(
                    action, at: time, user: user, number: UInt32(valueFields[values][place]))
            }
        }
    }

    private mutating func countRow(_ action: Action, _ time: Double, _ table: Int, _ row: Int) {
        tables[table].reach(row)
        tables[table].count(action, at: time, row: row)
    }

    private func number(of field: DeclaredFeature.Field) -> Int {
        guard let i = fields.firstIndex(of: field) else {
            preconditionFailure("a field that was not declared")
        }
        return i
    }

    // MARK: Forgetting

    /// The slot of a user, who is the last that was active.
    private mutating func usedSlot(_ id: String) -> Int {
        let (slot, isNew) = users.use(id)
        if isNew { clear(user: slot) }
        return slot
    }

    private mutating func clear(user slot: Int) {
        for t in keys.indices {
            pairs[t].forget(user: slot)
            if keys[t] == .user { tables[t].clear(slot) }
        }
    }

    private mutating func forgetUsers() {
        while users.count > 1, pairs.reduce(0, { $0 + $1.count }) > bounds.pairs {
            users.forgetOldest().map { clear(user: $0) }
        }
    }

    private mutating func forgetStrays() {
        while items.strayCount > bounds.strays {
            guard let slot = items.forgetStray() else { return }
            for t in keys.indices where keys[t] == .item { tables[t].clear(slot) }
            for i in companions.indices { companions[i].remove(slot) }
        }
    }
}

/// What a feature store remembers at most.
package struct FeatureBounds: Equatable, Sendable {
    /// Those who were active last; of others all is forgotten.
    package var users = 100_000
    /// Rows of users with an item or a value, of all users together: where there are more, those who were active
    /// longest ago are forgotten.
    package var pairs = 8_000_000
    /// Such rows of one user and of one kind: where there are more, the half with the fewest events is forgotten.
    package var pairsOfUser = 4096
    /// Items without fields, removed or never described, that are counted all the same: the last ones counted.
    package var strays = 10_000
    /// Different values of a field; further ones are left out.
    package var values = 1 << 20

    package init() {}
}

extension FeatureStore {
    func write(to writer: inout StateWriter) {
        items.write(to: &writer)
        users.write(to: &writer)
        for column in fieldColumns { column.write(to: &writer) }
        for field in valueFields { field.write(to: &writer) }
        for table in tables { table.write(to: &writer) }
        for table in pairs { table.write(to: &writer) }
        for pairs in companions { pairs.write(to: &writer) }
    }

    /// Reads what a store with the same features wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        try items.read(&reader)
        try users.read(&reader)
        for i in fieldColumns.indices { try fieldColumns[i].read(&reader) }
        for i in valueFields.indices { try valueFields[i].read(&reader) }
        for t in tables.indices { try tables[t].read(&reader) }
        for t in pairs.indices {
            var bound = UInt32.max
            if case .userValue(let field) = keys[t] {
                bound = UInt32(valueFields[number(of: field)].count)
            }
            try pairs[t].read(&reader, bound: bound)
        }
        for i in companions.indices { try companions[i].read(&reader) }
    }
}
