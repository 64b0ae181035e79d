// The values of a field, and which items have them.

internal import JSON
internal import Numerics

/// Numbers the values of a list field as they come, and keeps the list of each item.
///
/// Bound: beyond `limit` values new ones are left out.
struct ValueIndex: Sendable {
    private let field: DeclaredFeature.Field
    private let limit: Int
    private let analyzer = TextAnalyzer()
    private var numbers: [UInt64: UInt32] = [:]
    /// By value: how many items have it.
    private var itemCounts: [UInt32] = []
    /// By value: 1 / √items, so that a value that is everywhere says little.
    private(set) var weights: [Double] = []
    /// The lists of all items, one after another, with what earlier forms of items have left.
    private var values: [UInt32] = []
    /// By slot: where in `values` its list lies.
    private var starts: [UInt32] = []
    private var lengths: [UInt32] = []
    private var waste = 0

    init(_ field: DeclaredFeature.Field, limit: Int) {
        self.field = field
        self.limit = limit
    }

    /// How many values there are.
    var count: Int { weights.count }

    /// Where in `valueNumbers` the list of an item lies; empty for unknown ones.
    @inline(__always)
    func range(of slot: Int) -> Range<Int> {
        guard slot >= 0, slot < starts.count else { return 0..<0 }
        return Int(starts[slot])..<Int(starts[slot] + lengths[slot])
    }

    @inline(__always)
    subscript(place: Int) -> Int { Int(values[place]) }

    /// Takes the values of an item in, in place of those it had; each counts once.
    mutating func set(_ fields: JSONValue, of slot: Int) {
        var list: [UInt32] = []
        for key in keys(of: fields[field.name]) {
            guard let number = number(of: key) else { continue }
            if !list.contains(number) { list.append(number) }
        }
        removeList(of: slot)
        for value in list { count(value, 1) }
        starts[slot] = UInt32(values.count)
        lengths[slot] = UInt32(list.count)
        values += list
        if waste > values.count / 2 + 64 { compact() }
    }

    /// The numbers of the values that occur in a text, each once; unknown ones are left out.
    func numbers(inText text: String) -> [UInt32] {
        var found: [UInt32] = []
        guard !text.isEmpty else { return found }
        for key in field.isWords ? analyzer.terms(of: text) : [Self.key(text)] {
            if let number = numbers[key], !found.contains(number) { found.append(number) }
        }
        return found
    }

    private func keys(of value: JSONValue?) -> [UInt64] {
        let texts = value?.array?.compactMap(\.string) ?? value?.string.map { [$0] } ?? []
        return field.isWords ? texts.flatMap(analyzer.terms) : texts.map(Self.key)
    }

    private static func key(_ text: String) -> UInt64 {
        hash(text.utf8.span)
    }

    private mutating func number(of key: UInt64) -> UInt32? {
        if let known = numbers[key] { return known }
        guard weights.count < limit else { return nil }
        let number = UInt32(weights.count)
        numbers[key] = number
        weights.append(0)
        itemCounts.append(0)
        return number
    }

    private mutating func removeList(of slot: Int) {
        while starts.count <= slot {
            starts.append(0)
            lengths.append(0)
        }
        for place in range(of: slot) { count(values[place], -1) }
        waste += Int(lengths[slot])
    }

    private mutating func count(_ value: UInt32, _ change: Int32) {
        let number = Int(value)
        itemCounts[number] = UInt32(Int32(itemCounts[number]) + change)
        weights[number] = Self.weight(itemCounts[number])
    }

    private static func weight(_ items: UInt32) -> Double {
        items > 0 ? 1 / Double(items).squareRoot() : 0
    }

    private mutating func compact() {
        var kept: [UInt32] = []
        for slot in starts.indices {
            let range = range(of: slot)
            starts[slot] = UInt32(kept.count)
            kept += values[range]
        }
        values = kept
        waste = 0
    }
}

extension ValueIndex {
    func write(to writer: inout StateWriter) {
        var keys = [UInt64](repeating: 0, count: numbers.count)
        for (key, number) in numbers { keys[Int(number)] = key }
        writer.add(wide: keys)
        writer.add(lengths)
        for slot in starts.indices {
            for place in range(of: slot) { writer.add(UInt64(values[place])) }
        }
    }

    /// Reads what `write` wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        let keys = try reader.wide()
        lengths = try reader.numbers()
        (numbers, values, starts, waste) = ([:], [], [], 0)
        numbers.reserveCapacity(keys.count)
        for (number, key) in keys.enumerated() { numbers[key] = UInt32(number) }
        try reader.check(numbers.count == keys.count && keys.count <= limit)
        itemCounts = Array(repeating: 0, count: keys.count)
        for length in lengths {
            starts.append(UInt32(values.count))
            for _ in 0..<length {
                let number = try reader.number()
                try reader.check(number < keys.count)
                values.append(UInt32(number))
                itemCounts[Int(number)] += 1
            }
        }
        weights = itemCounts.map(Self.weight)
    }
}
