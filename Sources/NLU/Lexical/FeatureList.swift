// What a lexical model sees of a text.

import Numerics

/// The n-grams of one sort that a model knows, as often as they occur.
struct FeatureList {
    private var hashes: [UInt64] = []
    /// Room for as many rows as there are hashes; the first `count` are the features.
    private var found: [UInt32] = []
    private var count = 0
    /// Room for as many; the first `count` are the factors.
    private var scales: [Float] = []

    /// The rows of the features.
    var rows: Span<UInt32> {
        @_lifetime(borrow self)
        get { found.span.extracting(0..<count) }
    }

    /// What the row of each feature is multiplied by: its weight times the unit of the row.
    var factors: Span<Float> {
        @_lifetime(borrow self)
        get { scales.span.extracting(0..<count) }
    }

    /// How many n-grams the model does not know.
    var unknownCount: Int { hashes.count - count }

    mutating func begin() { hashes.removeAll(keepingCapacity: true) }

    @inline(__always)
    mutating func append(_ hash: UInt64) { hashes.append(hash) }

    /// Looks the n-grams up.
    mutating func find(in slots: Span<UInt64>) {
        if found.count < hashes.count { found = Array(repeating: 0, count: 2 * hashes.count) }
        count = Self.find(hashes, in: slots, into: &found)
    }

    private static func find(
        _ hashes: [UInt64], in slots: Span<UInt64>, into rows: inout [UInt32]
    ) -> Int {
        var output = rows.mutableSpan
        return findRows(of: hashes.span, in: slots, into: &output)
    }

    /// Sets the factors and adds the squares of the weights.
    mutating func weigh(_ features: Span<Float>, _ squares: inout Float) {
        if scales.count < found.count { scales = Array(repeating: 0, count: found.count) }
        Self.weigh(found, count, features, &squares, into: &scales)
    }

    private static func weigh(
        _ found: [UInt32], _ count: Int, _ features: Span<Float>, _ squares: inout Float,
        into scales: inout [Float]
    ) {
        var output = scales.mutableSpan
        let rows = found.span
        for i in 0..<count {
            let feature = 2 * Int(rows[i])
            squares += features[feature] * features[feature]
            output[i] = features[feature] * features[feature + 1]
        }
    }
}
