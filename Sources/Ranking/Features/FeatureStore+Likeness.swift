// How alike candidates are to what is asked and what the user has chosen.

extension FeatureStore {
    func fillProfile(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ place: CounterPlace, _ field: Int,
        _ now: Double, _ scratch: inout FeatureScratch
    ) {
        let own = pairs[place.table].rows(of: scratch.user)
        scratch.grow(to: valueFields[field].count)
        for (row, value) in own.numbers.enumerated() {
            let count = own.tallies.count(place.column, row: row, at: now)
            scratch.weights[Int(value)] = count * valueFields[field].weights[Int(value)]
        }
        fillCosines(feature, &values, field, own.numbers.lazy.map { Int($0) }, &scratch)
    }

    /// Writes how much each candidate goes with what the user chose: the mean of its likenesses to that.
    ///
    /// The likeness of a and b is both / √((a + strength) (b + strength)), in numbers of users: a cosine,
    /// smaller where few are known.
    ///
    /// Source: Sarwar et al., "Item-based collaborative filtering recommendation algorithms", WWW 2001; the
    /// strength is shrinkage as in Bell and Koren, 2007.
    func fillCompanions(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ user: String?,
        _ companions: Companions, _ strength: Double, _ scratch: inout FeatureScratch
    ) {
        let chosen = user.map(companions.recent) ?? []
        guard !chosen.isEmpty else { return write(feature, &values, scratch) { _ in .nan } }
        let rows = chosen.compactMap { items[$0] }.map {
            (slot: $0, others: companions.row(of: $0))
        }
        scratch.grow(to: items.slotCount)
        // Nothing decays, so that any time will do.
        let share = 1 / Double(max(rows.count, 1))
        for row in rows {
            let own = companions.total(row.slot, at: 0) + strength
            for other in row.others {
                let each = own * (companions.total(Int(other.slot), at: 0) + strength)
                scratch.weights[Int(other.slot)] +=
                    other.count.value(at: 0, halfLife: .infinity) / each.squareRoot() * share
            }
        }
        write(feature, &values, scratch) { i in
            scratch.slots[i] >= 0 ? scratch.weights[scratch.slots[i]] : 0
        }
        for row in rows { for other in row.others { scratch.weights[Int(other.slot)] = 0 } }
    }

    func fillText(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ text: String, _ field: Int,
        _ scratch: inout FeatureScratch
    ) {
        let numbers = valueFields[field].numbers(inText: text)
        scratch.grow(to: valueFields[field].count)
        for value in numbers {
            scratch.weights[Int(value)] = valueFields[field].weights[Int(value)]
        }
        fillCosines(feature, &values, field, numbers.lazy.map { Int($0) }, &scratch)
    }

    /// Writes the cosines with the vector that stands in `scratch.weights` at `entries`, and clears it.
    private func fillCosines(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ field: Int,
        _ entries: some Sequence<Int>, _ scratch: inout FeatureScratch
    ) {
        let index = valueFields[field]
        var square = 0.0
        for value in entries { square += scratch.weights[value] * scratch.weights[value] }
        let norm = square.squareRoot()
        write(feature, &values, scratch) { i in
            var (product, own) = (0.0, 0.0)
            for place in index.range(of: scratch.slots[i]) {
                let weight = index.weights[index[place]]
                product += scratch.weights[index[place]] * weight
                own += weight * weight
            }
            let scale = norm * own.squareRoot()
            return scale > 0 ? product / scale : .nan
        }
        for value in entries { scratch.weights[value] = 0 }
    }
}

extension FeatureScratch {
    fileprivate mutating func grow(to count: Int) {
        while weights.count < count { weights.append(0) }
    }
}
