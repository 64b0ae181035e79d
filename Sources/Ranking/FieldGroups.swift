// Items by the values of their fields.

internal import JSON

/// Finds the items that have the same text in a field, such as author or document.
struct FieldGroups: Equatable, Sendable {
    /// By field, then value.
    private var slots: [String: [String: Set<Int>]]

    init(fields: [String]) {
        slots = Dictionary(fields.map { ($0, [:]) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func insert(_ item: Item, at slot: Int) {
        for field in slots.keys {
            for value in Self.texts(of: item.fields[field]) {
                slots[field]?[value, default: []].insert(slot)
            }
        }
    }

    mutating func remove(_ item: Item, at slot: Int) {
        for field in slots.keys {
            for value in Self.texts(of: item.fields[field]) {
                slots[field]?[value]?.remove(slot)
                if slots[field]?[value]?.isEmpty == true { slots[field]?[value] = nil }
            }
        }
    }

    /// The items with that value, in no order.
    func slots(_ field: String, _ value: String) -> Set<Int> {
        slots[field]?[value] ?? []
    }

    /// The texts in a field: one, or a list of them.
    static func texts(of value: JSONValue?) -> [String] {
        value?.string.map { [$0] } ?? value?.array?.compactMap(\.string) ?? []
    }
}
