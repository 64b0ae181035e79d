// How alike two items are, for measures of lists.

/// The Jaccard index of the terms of title and tags, as `DiversityReranker` compares items.
package struct ItemLikeness: Sendable {
    private let subjects: [String: [UInt64]]

    /// Knows the last form of each item.
    package init(_ items: some Sequence<Item>) {
        var catalog = Catalog(Catalog.Rules())
        for item in items { catalog.upsert(item) }
        var subjects: [String: [UInt64]] = [:]
        for slot in 0..<catalog.slotCount where catalog.item(at: slot) != nil {
            subjects[catalog.profiles[slot].id] = catalog.profiles[slot].subject
        }
        self.subjects = subjects
    }

    /// In 0...1; 0 where one is not known.
    package func of(_ a: String, _ b: String) -> Double {
        guard let first = subjects[a], let second = subjects[b] else { return 0 }
        return first.likeness(to: second)
    }
}

extension [UInt64] {
    /// The Jaccard index of ascending keys; 0 where there are none.
    func likeness(to other: [UInt64]) -> Double {
        let common = commonCount(with: other)
        let all = count + other.count - common
        return all > 0 ? Double(common) / Double(all) : 0
    }
}
