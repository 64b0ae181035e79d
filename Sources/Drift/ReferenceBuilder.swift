// From values to the distributions that later ones are held against.

/// Collects the values of answers until there are enough for a reference.
package struct ReferenceBuilder: Sendable {
    /// A feature that is counted.
    package enum Feature: Equatable, Sendable {
        case number(String)
        /// With the names that are known beforehand: those that do not occur are not new when they do.
        case name(String, known: [String] = [])

        package var name: String {
            switch self {
            case .number(let name), .name(let name, known: _): name
            }
        }
    }

    /// Bins of equal share; fewer where they would hold less than `leastInBin`.
    private static let binCount = 10
    private static let leastInBin = 50
    /// As many names have slots of their own, the most frequent ones.
    private static let nameLimit = 200
    /// As many that are rare are told from those that were never seen.
    private static let rareLimit = 5000

    package let features: [Feature]
    package private(set) var count = 0
    private var numbers: [[Double]]
    private var names: [[String: Int]]
    private var missing: [Int]

    package init(_ features: [Feature]) {
        self.features = features
        numbers = features.map { _ in [] }
        names = features.map { feature in
            guard case .name(_, let known) = feature else { return [:] }
            return Dictionary(known.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        }
        missing = features.map { _ in 0 }
    }

    /// Takes the values of one answer, one a feature.
    package mutating func add(_ values: Span<FeatureValue>) {
        precondition(values.count == features.count)
        count += 1
        for i in values.indices {
            switch (features[i], values[i]) {
            case (.number, .number(let number)) where !number.isNaN: numbers[i].append(number)
            case (.name, .name(let name)): names[i][name, default: 0] += 1
            default: missing[i] += 1
            }
        }
    }

    /// The reference of what was taken; nil of nothing.
    package func reference(_ source: DriftReference.Source) -> DriftReference? {
        guard count > 0 else { return nil }
        let references = features.indices.compactMap { i in
            switch features[i] {
            case .number(let name): Self.numbers(name, numbers[i].sorted(), missing[i])
            case .name(let name, known: _): Self.names(name, names[i], missing[i])
            }
        }
        return DriftReference(source, references)
    }

    private static func numbers(
        _ name: String, _ sorted: [Double], _ missing: Int
    ) -> FeatureReference? {
        let edges = edges(sorted)
        var counts = [Int](repeating: 0, count: edges.count + 2)
        var bin = 0
        for number in sorted {
            while bin < edges.count, number > edges[bin] { bin += 1 }
            counts[bin] += 1
        }
        counts[edges.count + 1] = missing
        return FeatureReference(name: name, bins: .numbers(edges: edges), counts: counts)
    }

    /// Quantiles, each once; of a single value those around it, so that every other one is seen.
    private static func edges(_ sorted: [Double]) -> [Double] {
        guard let least = sorted.first, let greatest = sorted.last else { return [] }
        guard least < greatest else { return [least.nextDown, least] }
        let bins = min(binCount, max(2, sorted.count / leastInBin))
        var edges: [Double] = []
        for i in 1..<bins {
            let place = Double(i) / Double(bins) * Double(sorted.count - 1)
            let low = Int(place)
            let next = sorted[min(low + 1, sorted.count - 1)]
            var edge = sorted[low] + (next - sorted[low]) * (place - Double(low))
            // Nothing lies above the greatest: the edge below tells it from the others.
            if edge >= greatest { edge = sorted.last { $0 < greatest } ?? least }
            if edges.last.map({ $0 < edge }) ?? true { edges.append(edge) }
        }
        return edges
    }

    private static func names(
        _ name: String, _ counts: [String: Int], _ missing: Int
    ) -> FeatureReference? {
        let sorted = counts.sorted { a, b in
            a.value != b.value
                ? a.value > b.value : a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
        }
        let (own, rare) = (sorted.prefix(nameLimit), sorted.dropFirst(nameLimit))
        return FeatureReference(
            name: name,
            bins: .names(own.map(\.key), rare: rare.prefix(rareLimit).map(\.key)),
            counts: own.map(\.value) + [rare.reduce(0) { $0 + $1.value }, 0, missing])
    }
}
