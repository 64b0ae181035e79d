// Declared features, kept up to date by events.

package import JSON

/// Computes declared features of candidates from the events that came before.
///
/// It is a value without clock and files: the same events in the same order give the same features to the last bit,
/// online and in a replay of the log. What an event changes the next request sees. An interaction
/// counts for the item and the user that it names, whether there is an item event for it or not.
///
/// Memory grows with the items, the users, and the pairs of a user with an item or a value that a feature
/// counts; nothing is forgotten but what a window leaves behind.
package struct FeatureStore: Sendable {
    package let features: [DeclaredFeature]
    let readers: [FeatureReader]
    /// Items and users by their numbers, in the order in which events named them first.
    private var items: [String: Int] = [:]
    private var users: [String: Int] = [:]
    /// What is read of items as it stands, with the values by slot.
    private(set) var fieldColumns: [FieldColumn] = []
    private(set) var valueFields: [ValueIndex] = []
    private let fields: [DeclaredFeature.Field]
    private(set) var tables: [TallyTable] = []
    private let keys: [DeclaredFeature.Key]
    /// Beside `tables`: the rows of a user's items or values, where the key is of two parts.
    private(set) var pairs: [PairRows] = []
    private(set) var companions: [SharedChoices] = []
    /// The tables whose rows have to be found for each request.
    let pairTables: [(table: Int, rows: KeyRows)]

    package init(_ features: [DeclaredFeature]) {
        self.features = features
        let plan = FeaturePlan(features)
        readers = plan.readers
        fieldColumns = plan.fieldColumns.map { FieldColumn(field: $0.field, reading: $0.reading) }
        fields = plan.fields
        valueFields = plan.fields.map { ValueIndex($0) }
        tables = plan.tables.map(\.table)
        keys = plan.tables.map(\.key)
        pairs = plan.tables.map { _ in PairRows() }
        companions = plan.actions.map { SharedChoices($0) }
        pairTables = plan.pairTables
        for t in keys.indices where keys[t] == .all { _ = tables[t].addRow() }
    }

    /// How many items events have named.
    var itemCount: Int { items.count }

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
        let slot = addedItemSlot(id)
        for i in fieldColumns.indices { fieldColumns[i].set(fields, of: slot) }
        for i in valueFields.indices { valueFields[i].set(fields, of: slot) }
    }

    /// Forgets an item's fields; what was counted of it stays, and of an unknown one nothing does.
    package mutating func remove(_ id: String) {
        guard items[id] != nil else { return }
        upsert(id, .object([]))
    }

    /// Counts something that somebody did with an item.
    package mutating func count(
        _ action: Action, of item: String, by user: String?, at time: Double
    ) {
        let slot = addedItemSlot(item)
        let userSlot = user.map { addedUserSlot($0) } ?? -1
        for t in tables.indices where tables[t].counts(action) {
            count(action, at: time, table: t, item: slot, user: userSlot)
        }
        guard userSlot >= 0 else { return }
        for i in companions.indices where companions[i].action == action {
            companions[i].count(item: slot, user: userSlot)
        }
    }

    private mutating func count(
        _ action: Action, at time: Double, table: Int, item: Int, user: Int
    ) {
        switch keys[table] {
        case .all: tables[table].count(action, at: time, row: 0)
        case .item: countRow(action, time, table, item)
        case .user: if user >= 0 { countRow(action, time, table, user) }
        case .userItem: if user >= 0 { countPair(action, time, table, user, UInt32(item)) }
        case .value(let field):
            let values = number(of: field)
            for place in valueFields[values].range(of: item) {
                countRow(action, time, table, valueFields[values][place])
            }
        case .userValue(let field):
            guard user >= 0 else { return }
            let values = number(of: field)
            for place in valueFields[values].range(of: item) {
                countPair(action, time, table, user, UInt32(valueFields[values][place]))
            }
        }
    }

    private mutating func countRow(_ action: Action, _ time: Double, _ table: Int, _ row: Int) {
        while tables[table].rowCount <= row { _ = tables[table].addRow() }
        tables[table].count(action, at: time, row: row)
    }

    private mutating func countPair(
        _ action: Action, _ time: Double, _ table: Int, _ user: Int, _ second: UInt32
    ) {
        let row = pairs[table].row(of: user, second) ?? tables[table].addRow()
        pairs[table].set(row, of: user, second)
        tables[table].count(action, at: time, row: row)
    }

    private func number(of field: DeclaredFeature.Field) -> Int {
        guard let i = fields.firstIndex(of: field) else {
            preconditionFailure("a field that was not declared")
        }
        return i
    }

    private mutating func addedItemSlot(_ id: String) -> Int {
        if let known = items[id] { return known }
        items[id] = items.count
        return items.count - 1
    }

    private mutating func addedUserSlot(_ id: String) -> Int {
        if let known = users[id] { return known }
        users[id] = users.count
        return users.count - 1
    }
}

/// A number that an item has by its fields alone, by slot.
struct FieldColumn: Sendable {
    let field: String
    let reading: DeclaredFeature.Reading
    private var values: [Double] = []

    init(field: String, reading: DeclaredFeature.Reading) {
        self.field = field
        self.reading = reading
    }

    @inline(__always)
    subscript(slot: Int) -> Double {
        slot >= 0 && slot < values.count ? values[slot] : reading.missing
    }

    mutating func set(_ fields: JSONValue, of slot: Int) {
        while values.count <= slot { values.append(reading.missing) }
        values[slot] = reading.value(of: fields[field] ?? .null)
    }
}

/// Which row belongs to a user and something else.
struct PairRows: Sendable {
    private var rows: [UInt64: UInt32] = [:]
    /// By user: the second parts that have a row, with their rows.
    private var lists: [[(second: UInt32, row: UInt32)]] = []

    func row(of user: Int, _ second: UInt32) -> Int? {
        rows[UInt64(user) << 32 | UInt64(second)].map(Int.init)
    }

    mutating func set(_ row: Int, of user: Int, _ second: UInt32) {
        let key = UInt64(user) << 32 | UInt64(second)
        guard rows.updateValue(UInt32(row), forKey: key) == nil else { return }
        while lists.count <= user { lists.append([]) }
        lists[user].append((second, UInt32(row)))
    }

    /// The second parts of a user with their rows.
    func list(of user: Int) -> [(second: UInt32, row: UInt32)] {
        user >= 0 && user < lists.count ? lists[user] : []
    }
}
