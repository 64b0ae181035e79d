// How alike candidates are to what is asked and what the user has chosen.

extension FeatureStore {
    func fillProfile(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ place: CounterPlace, _ field: Int,
        _ now: Double, _ scratch: inout FeatureScratch
    ) {
        let entries = pairs[place.table].list(of: scratch.user)
        scratch.grow(to: valueFields[field].count)
        for (value, row) in entries {
            let count = tables[place.table].count(place.column, row: Int(row), at: now)
            scratch.weights[Int(value)] = count * valueFields[field].weights[Int(value)]
        }
        fillCosines(feature, &values, field, entries.lazy.map { Int($0.second) }, &scratch)
    }

    func fillCompanions(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ companions: SharedChoices,
        _ strength: Double, _ scratch: inout FeatureScratch
    ) {
        guard companions.knows(scratch.user) else {
            return write(feature, &values, scratch) { _ in .nan }
        }
        scratch.grow(to: itemCount)
        companions.addLikenesses(of: scratch.user, strength: strength, to: &scratch.weights)
        write(feature, &values, scratch) { i in
            scratch.slots[i] >= 0 ? scratch.weights[scratch.slots[i]] : 0
        }
        companions.clear(&scratch.weights, of: scratch.user)
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
