// What a feature was like in training: into which slots its values are counted, and how many fell into each.

import Numerics

/// A value of a feature.
package enum FeatureValue: Equatable, Sendable {
    /// One that is not a number is missing.
    case number(Double)
    case name(String)
    case missing
}

/// The distribution of one feature as a model's version knows it.
///
/// Its slots are those of its bins, and behind them such as tell what went wrong: of numbers that a value is
/// missing, of names that it is rare, that it was never seen, that it is missing.
package struct FeatureReference: Equatable, Sendable {
    package enum Bins: Equatable, Sendable {
        /// Ascending: a bin holds what is above one edge and not above the next.
        case numbers(edges: [Double])
        /// Those that have a slot of their own, and the rare ones that share one.
        case names([String], rare: [String])
    }

    package let name: String
    package let bins: Bins
    /// How many values of the reference are in each slot.
    package let counts: [Int]
    private let slots: [String: Int]

    /// Nil where the counts are not one a slot, or bins are not in order or named twice.
    package init?(name: String, bins: Bins, counts: [Int]) {
        self.name = name
        self.bins = bins
        self.counts = counts
        var slots: [String: Int] = [:]
        switch bins {
        case .numbers(let edges):
            guard zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        case .names(let names, let rare):
            for (slot, name) in names.enumerated() { slots[name] = slot }
            for name in rare { slots[name] = names.count }
            guard slots.count == names.count + rare.count else { return nil }
        }
        self.slots = slots
        guard counts.count == slotCount, counts.allSatisfy({ $0 >= 0 }), total > 0 else {
            return nil
        }
    }

    package var total: Int { counts.reduce(0, +) }

    package var slotCount: Int {
        switch bins {
        case .numbers(let edges): edges.count + 2
        case .names(let names, _): names.count + 3
        }
    }

    /// The last one.
    package var missingSlot: Int { slotCount - 1 }

    /// How many values of the reference have a name that no other has, at most.
    ///
    /// As large a share of other values can be expected to have names that were never seen. Source: Good, "The
    /// Population Frequencies of Species and the Estimation of Population Parameters", 1953.
    var namedOnce: Int {
        switch bins {
        case .numbers: 0
        case .names(let names, let rare):
            counts[..<names.count].count { $0 == 1 } + min(rare.count, counts[names.count])
        }
    }

    /// How many values are such as the reference never had: unknown names, or numbers beside a constant.
    func unseen(_ counts: [Int]) -> Int {
        switch bins {
        case .numbers:
            (0..<missingSlot).reduce(0) { $0 + (self.counts[$1] == 0 ? counts[$1] : 0) }
        case .names(let names, _): counts[names.count + 1]
        }
    }

    /// Counts by slot without those that have tests of their own: what is missing, and names never seen.
    func tested(_ counts: [Int]) -> [Int] {
        switch bins {
        case .numbers: Array(counts[..<missingSlot])
        case .names(let names, _): Array(counts[...names.count])
        }
    }

    /// How many slots are in the order of the values: none of names.
    var orderedCount: Int {
        switch bins {
        case .numbers(let edges): edges.count + 1
        case .names: 0
        }
    }

    /// Where a value is counted; one of the other type is missing.
    package func slot(of value: borrowing FeatureValue) -> Int {
        switch (bins, copy value) {
        case (.numbers(let edges), .number(let number)) where !number.isNaN:
            var (low, high) = (0, edges.count)
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] < number { low = middle + 1 } else { high = middle }
            }
            return low
        case (.names(let names, _), .name(let name)): return slots[name] ?? names.count + 1
        default: return missingSlot
        }
    }

    /// What people are told of a slot.
    package func label(of slot: Int) -> String {
        if slot == missingSlot { return "missing" }
        switch bins {
        case .numbers(let edges):
            guard let first = edges.first, let last = edges.last else { return "any" }
            if slot == 0 { return "≤ \(Self.rounded(first))" }
            if slot == edges.count { return "> \(Self.rounded(last))" }
            return "≤ \(Self.rounded(edges[slot]))"
        case .names(let names, _):
            return slot < names.count ? names[slot] : slot == names.count ? "the rest" : "unseen"
        }
    }

    /// Four significant digits, which tell neighbouring edges apart.
    private static func rounded(_ number: Double) -> String {
        guard number != 0 else { return "0" }
        let digits = 3 - Int((Double.log(abs(number)) / Double.log(10)).rounded(.down))
        let scale = Double.pow(10, Double(min(max(digits, 0), 12)))
        let value = (number * scale).rounded() / scale
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
