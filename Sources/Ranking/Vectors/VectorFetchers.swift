// Candidates that lie near in a space of vectors, or that are wanted together.

/// The items whose vectors have the greatest cosine to where the request stands in a space.
///
/// That is, of these, the first that has a vector there: the query (its text, or the vector that the caller
/// brings along), the item that others are wanted for, the middle of what the same person wanted last.
package struct VectorFetcher: Fetcher {
    package let space: String
    package let limit: Int
    /// Items with a lower cosine are not candidates.
    package let least: Double
    package var name: String { "vector/\(space)" }

    package init(space: String, limit: Int = 40, least: Double = 0) {
        self.space = space
        self.limit = limit
        self.least = least
    }

    package func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) throws(StageFailure) {
        guard let space = catalog.spaces.first(where: { $0.rule.name == space }) else {
            throw .failed("there is no space of vectors called \(self.space): define it")
        }
        guard let vector = try vector(of: request, in: space, catalog) else { return }
        let found = space.index.nearest(to: vector, limit: limit, scratch: &work.search)
        for match in found where Double(match.similarity) >= least {
            work.add(match.slot, score: Double(match.similarity))
        }
    }

    private func vector(
        of request: Request, in space: VectorSpace, _ catalog: Catalog
    ) throws(StageFailure) -> [Float]? {
        if case .field = space.rule.origin, let vector = request.vector {
            guard vector.count == space.rule.dimensions else {
                let wanted = space.rule.dimensions
                throw .failed("the request's vector has \(vector.count) elements, not \(wanted)")
            }
            return vector
        }
        if let vector = space.vector(of: request.query) { return vector }
        let slots = catalog.slots(wantedFor: request).prefix(Self.maximumSeeds)
        let vectors = slots.compactMap(space.index.vector)
        guard var sum = vectors.first else { return nil }
        for vector in vectors.dropFirst() { for i in sum.indices { sum[i] += vector[i] } }
        return sum
    }

    /// The middle is that of so many items.
    private static let maximumSeeds = 5
}

/// The items that others want together with what this person wanted last, or with the item that others are
/// wanted for; the greatest sums of similarities first (`Companions`).
package struct CompanionFetcher: Fetcher {
    package let limit: Int
    package var name: String { "together" }

    package init(limit: Int = 40) {
        self.limit = limit
    }

    package func fetch(
        _ request: Request, from catalog: Catalog, into work: inout Workspace, by deadline: Deadline
    ) throws(StageFailure) {
        let seeds = catalog.slots(wantedFor: request)
        var sums: [Int: Double] = [:]
        for seed in seeds {
            try deadline.check()
            for entry in catalog.companions.companions(of: seed, at: request.now) {
                sums[entry.slot, default: 0] += entry.similarity
            }
        }
        for seed in seeds { sums[seed] = nil }
        let order = sums.keys.sorted { a, b in
            let (x, y) = (sums[a] ?? 0, sums[b] ?? 0)
            return x == y ? catalog.profiles[a].id < catalog.profiles[b].id : x > y
        }
        for slot in order.prefix(limit) { work.add(slot, score: sums[slot] ?? 0) }
    }
}

extension Catalog {
    /// The item that others are wanted for, or else what the same person wanted last, the last first.
    func slots(wantedFor request: Request) -> [Int] {
        if let item = request.item {
            // What is like a hidden item would tell what is in it.
            guard let slot = slot(of: item), mayRead(slot, request.viewer) else { return [] }
            return [slot]
        }
        guard let person = request.person else { return [] }
        return companions.recent(in: person).compactMap(slot)
    }
}
