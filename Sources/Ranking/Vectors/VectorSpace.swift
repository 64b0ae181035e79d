// The vectors of a catalog, of one kind.

internal import JSON
internal import Learning
internal import Numerics

/// Where the vectors of a space come from.
package struct VectorRule: Equatable, Sendable {
    package enum Origin: Equatable, Sendable {
        /// Title, tags and text of the item, by `TextEmbedding`.
        case text
        /// What is wanted together with the item; there is nothing before `learnVectors`.
        case interactions
        /// A list of numbers that items bring along in this field; an item may lack it.
        case field(String)
    }

    /// What fetchers and rerankers call the space.
    package let name: String
    package let origin: Origin
    package let dimensions: Int
    package let method: VectorIndex.Method

    package init(
        name: String, origin: Origin, dimensions: Int = 64, method: VectorIndex.Method = .graph
    ) {
        precondition(dimensions > 0)
        self.name = name
        self.origin = origin
        self.dimensions = dimensions
        self.method = method
    }

    /// Checks that an item's vector is one, and of the length of the space.
    func check(_ item: Item) throws(FieldError) {
        guard case .field(let name) = origin else { return }
        guard let place = JSONPlace(item.fields, path: "fields").member(name) else { return }
        let elements = try place.elements()
        guard elements.count == dimensions else {
            throw place.error(.wrongLength(elements.count, wanted: dimensions))
        }
        for element in elements { _ = try element.number(in: -1e18...1e18) }
    }
}

/// Vectors by slot, and how they come about.
package struct VectorSpace: Sendable {
    package let rule: VectorRule
    package private(set) var index: VectorIndex
    package private(set) var embedding: TextEmbedding

    init(_ rule: VectorRule, analyzer: TextAnalyzer) {
        self.rule = rule
        index = VectorIndex(dimensions: rule.dimensions, method: rule.method)
        embedding = TextEmbedding(dimensions: rule.dimensions, analyzer: analyzer)
    }

    /// What a text space reads of an item; the title counts twice.
    private static func text(of item: Item) -> String {
        ([item.title, item.title] + item.tags + [item.text]).joined(separator: "\n")
    }

    /// Takes in an item; without its vector, if that does not fit.
    mutating func insert(_ item: Item, at slot: Int) {
        switch rule.origin {
        case .text: index.insert(embedding.vector(of: Self.text(of: item)), at: slot)
        case .interactions: break
        case .field(let name):
            let numbers = item.fields[name]?.array?.compactMap(\.double) ?? []
            guard numbers.count == rule.dimensions else { return remove(slot) }
            index.insert(numbers.map { Float($0) }, at: slot)
        }
    }

    mutating func remove(_ slot: Int) {
        index.remove(slot)
    }

    /// The vector of a query's text, shape (dimensions,); `nil` where texts have none here.
    func vector(of query: String) -> [Float]? {
        rule.origin == .text && !query.isEmpty ? embedding.vector(of: query) : nil
    }

    // MARK: Learning

    /// Learns directions from the items, and gives each its new vector.
    mutating func learn(_ items: [Item?], _ companions: Companions) {
        switch rule.origin {
        case .text: learnTexts(items)
        case .interactions: learnCompanions(items, companions)
        case .field: break
        }
    }

    private mutating func learnTexts(_ items: [Item?]) {
        embedding.learn(from: items.compactMap { $0.map(Self.text) })
        index = VectorIndex(dimensions: rule.dimensions, method: rule.method)
        for (slot, item) in items.enumerated() {
            if let item { insert(item, at: slot) }
        }
    }

    /// Takes the singular vectors of the mutual information, each times the root of its value.
    ///
    /// Source: Levy, Goldberg, Dagan 2015, section 3.3.
    private mutating func learnCompanions(_ items: [Item?], _ companions: Companions) {
        index = VectorIndex(dimensions: rule.dimensions, method: rule.method)
        guard !items.isEmpty else { return }
        let svd = TruncatedSVD(
            companions.mutualInformation(slotCount: items.count), columnCount: items.count,
            dimensions: rule.dimensions)
        for slot in items.indices where items[slot] != nil {
            let start = slot * rule.dimensions
            index.insert(
                svd.values.indices.map {
                    svd.vectors[start + $0] * svd.values[$0].squareRoot()
                }, at: slot)
        }
    }
}

extension VectorSpace {
    func write(to writer: inout StateWriter) {
        index.write(to: &writer)
        embedding.write(to: &writer)
    }

    /// Reads what a space with the same rule wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        try index.read(&reader)
        try embedding.read(&reader)
    }
}
