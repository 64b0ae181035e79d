// What somebody did last with an item, so that it can be taken back.

internal import Numerics

/// Remembers the last click, acceptance or dismissal by person and item.
///
/// Bounds: 10,000 people, of whom the one who did nothing for longest is forgotten, with the last 50 items each.
struct LastActions: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        let item: String
        let action: Interaction.Action
        let time: Double
    }

    static let maximumItems = 50
    private var entries = ScopeMemory<[Entry]>(capacity: 10_000)

    mutating func note(_ interaction: Interaction, by person: String) {
        entries.update(person, initial: []) { entries in
            entries.removeAll { $0.item == interaction.item }
            entries.append(
                Entry(item: interaction.item, action: interaction.action, time: interaction.time))
            if entries.count > Self.maximumItems { entries.removeFirst() }
        }
    }

    /// Forgets what somebody did with an item, and gives it; nil where nothing is known.
    mutating func take(_ item: String, by person: String) -> Entry? {
        guard let entry = entries[person]?.first(where: { $0.item == item }) else { return nil }
        entries.update(person, initial: []) { $0.removeAll { $0.item == item } }
        return entry
    }
}

extension LastActions {
    func write(to writer: inout StateWriter) {
        entries.write(to: &writer) { entries, writer in
            writer.add(entries.map(\.item))
            writer.add(entries.map(\.action.rawValue))
            writer.add(entries.map(\.time))
        }
    }

    /// Reads what `write` wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        try entries.read(&reader) { reader throws(ArchiveError) in
            let (items, names) = (try reader.strings(), try reader.strings())
            let times = try reader.doubles()
            let actions = names.compactMap(Interaction.Action.init)
            try reader.check(actions.count == items.count && times.count == items.count)
            return items.indices.map {
                Entry(item: items[$0], action: actions[$0], time: times[$0])
            }
        }
    }
}
