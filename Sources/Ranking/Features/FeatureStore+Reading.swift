// The rows of features of a request's candidates.

/// What features are asked for.
package struct FeatureQuery: Equatable, Sendable {
    package let user: String?
    package let text: String
    /// Seconds since 1970.
    package let now: Double

    package init(user: String?, text: String = "", now: Double) {
        self.user = user
        self.text = text
        self.now = now
    }
}

/// Memory for one caller at a time; after a request it is as before, so that it serves any store.
package struct FeatureScratch: Sendable {
    var slots: [Int] = []
    var user = -1
    /// By table of pairs: the row of each candidate, −1 where there is none.
    fileprivate var itemRows: [[Int32]] = []
    /// By table of pairs: the row of each value, −1 where there is none.
    fileprivate var valueRows: [[Int32]] = []
    /// By value, or by item: what is compared with the candidates; zeros between features.
    var weights: [Double] = []

    package init() {}
}

extension FeatureStore {
    /// Writes a row of features for each candidate.
    ///
    /// - Parameters:
    ///   - values: shape (candidates, features), row-major; NaN where a feature is missing.
    ///   - query: whose features at what time: that of the request, not before that of any event.
    ///   - candidates: items by id; what no event has named has no fields and no counts.
    ///   - scratch: kept by the caller.
    /// - Complexity: O(candidates × (features + values of fields compared) + values in the user's profile).
    package func fill(
        _ values: inout MutableSpan<Double>, for query: FeatureQuery, candidates: [String],
        scratch: inout FeatureScratch
    ) {
        precondition(values.count == candidates.count * features.count)
        begin(query, candidates, &scratch)
        for feature in features.indices {
            fill(feature, &values, query, &scratch)
            if features[feature].isRelative {
                takeMeanOff(feature, &values, count: candidates.count)
            }
        }
        end(&scratch)
    }

    /// The rows of features of candidates; allocates.
    package func rows(for query: FeatureQuery, candidates: [String]) -> [Double] {
        var values = [Double](repeating: 0, count: candidates.count * features.count)
        var span = values.mutableSpan
        var scratch = FeatureScratch()
        fill(&span, for: query, candidates: candidates, scratch: &scratch)
        return values
    }

    private func begin(
        _ query: FeatureQuery, _ candidates: [String], _ scratch: inout FeatureScratch
    ) {
        scratch.slots.removeAll(keepingCapacity: true)
        for candidate in candidates { scratch.slots.append(slot(ofItem: candidate)) }
        scratch.user = slot(ofUser: query.user)
        while scratch.itemRows.count < tables.count {
            scratch.itemRows.append([])
            scratch.valueRows.append([])
        }
        for (table, rows) in pairTables {
            switch rows {
            case .userItem:
                scratch.itemRows[table].removeAll(keepingCapacity: true)
                let own = pairs[table].rows(of: scratch.user)
                for slot in scratch.slots {
                    let row = slot >= 0 ? own.row(of: items.numbers[slot]) : -1
                    scratch.itemRows[table].append(Int32(row))
                }
            case .userValues(let field):
                while scratch.valueRows[table].count < valueFields[field].count {
                    scratch.valueRows[table].append(-1)
                }
                for (row, value) in pairs[table].rows(of: scratch.user).numbers.enumerated() {
                    scratch.valueRows[table][Int(value)] = Int32(row)
                }
            case .first, .item, .user, .values: break
            }
        }
    }

    private func end(_ scratch: inout FeatureScratch) {
        for (table, rows) in pairTables {
            guard case .userValues = rows else { continue }
            for value in pairs[table].rows(of: scratch.user).numbers {
                scratch.valueRows[table][Int(value)] = -1
            }
        }
    }

    private func takeMeanOff(_ feature: Int, _ values: inout MutableSpan<Double>, count: Int) {
        var (sum, known) = (0.0, 0)
        for i in 0..<count {
            let value = values[i * features.count + feature]
            guard !value.isNaN else { continue }
            sum += value
            known += 1
        }
        let mean = known > 0 ? sum / Double(known) : 0
        for i in 0..<count { values[i * features.count + feature] -= mean }
    }

    // MARK: One feature of all candidates

    private func fill(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ query: FeatureQuery,
        _ scratch: inout FeatureScratch
    ) {
        let now = query.now
        switch readers[feature] {
        case .field(let column, let isAge):
            let (column, slots) = (fieldColumns[column], scratch.slots)
            write(feature, &values, scratch) { i in
                isAge ? now - column[slots[i]] : column[slots[i]]
            }
        case .count(let place, let pooling):
            write(feature, &values, place, pooling, scratch) { table, row in
                table.count(place.column, row: row, at: now)
            }
        case .rate(let place, let pooling):
            let strength = place.smoothing.strength
            let expected = prior(place, at: now) * strength
            let (count, per) = (place.count.column, place.per.column)
            write(feature, &values, place.count, pooling, scratch) { table, row in
                (table.count(count, row: row, at: now) + expected)
                    / (table.count(per, row: row, at: now) + strength)
            }
        case .recency(let place, let pooling):
            write(feature, &values, place, pooling, scratch) { table, row in
                let last = table.last(place.column, row: row)
                return last.isFinite ? now - last : .nan
            }
        case .interacted(let place):
            write(feature, &values, place, .mean, scratch) { table, row in
                table.count(place.column, row: row, at: now) > 0 ? 1 : 0
            }
        case .share(let place, let user, let pooling):
            let total = tables[user.table].count(
                user.column, row: tables[user.table].known(scratch.user), at: now)
            write(feature, &values, place, pooling, scratch) { table, row in
                total > 0 ? table.count(place.column, row: row, at: now) / total : .nan
            }
        case .profile(let place, let field):
            fillProfile(feature, &values, place, field, now, &scratch)
        case .companions(let number, let strength):
            fillCompanions(feature, &values, query.user, companions[number], strength, &scratch)
        case .sum(let terms):
            for i in scratch.slots.indices {
                let row = i * features.count
                values[row + feature] = terms.reduce(0) {
                    let value = values[row + $1.feature]
                    return value.isNaN ? $0 : $0 + $1.weight * value
                }
            }
        case .textSimilarity(let field): fillText(feature, &values, query.text, field, &scratch)
        }
    }

    @inline(__always)
    func write(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ scratch: FeatureScratch,
        _ value: (Int) -> Double
    ) {
        for i in scratch.slots.indices { values[i * features.count + feature] = value(i) }
    }

    /// The rate that a smoothed one begins with; 0 before anything is counted.
    private func prior(_ place: RatePlace, at now: Double) -> Double {
        guard let (count, per) = place.all else { return place.smoothing.prior ?? 0 }
        let table = tables[count.table]
        let total = table.count(per.column, row: 0, at: now)
        return total > 0 ? table.count(count.column, row: 0, at: now) / total : 0
    }

    /// Writes a value of the rows that belong to each candidate, brought together.
    @inline(__always)
    private func write(
        _ feature: Int, _ values: inout MutableSpan<Double>, _ place: CounterPlace,
        _ pooling: DeclaredFeature.Pooling, _ scratch: FeatureScratch,
        _ value: (TallyTable, Int) -> Double
    ) {
        // Copies once a feature: read through the store, each value would cost a retain.
        let (table, slots) = (tables[place.table], scratch.slots)
        switch place.rows {
        case .first: write(feature, &values, scratch) { _ in value(table, 0) }
        case .item: write(feature, &values, scratch) { value(table, table.known(slots[$0])) }
        case .user:
            let own = value(table, table.known(scratch.user))
            write(feature, &values, scratch) { _ in own }
        case .userItem:
            let (own, rows) = (
                pairs[place.table].rows(of: scratch.user).tallies, scratch.itemRows[place.table]
            )
            write(feature, &values, scratch) { value(own, Int(rows[$0])) }
        case .values(let field):
            let index = valueFields[field]
            write(feature, &values, scratch) { i in
                pooling.pool(index.range(of: slots[i])) { value(table, table.known(index[$0])) }
            }
        case .userValues(let field):
            let own = pairs[place.table].rows(of: scratch.user).tallies
            let (index, rows) = (valueFields[field], scratch.valueRows[place.table])
            write(feature, &values, scratch) { i in
                pooling.pool(index.range(of: slots[i])) { value(own, Int(rows[index[$0]])) }
            }
        }
    }
}

extension DeclaredFeature.Pooling {
    /// NaN where there is nothing, or no value that is known.
    @inline(__always)
    fileprivate func pool(_ places: Range<Int>, _ value: (Int) -> Double) -> Double {
        var (sum, most, count) = (0.0, -Double.infinity, 0)
        for place in places {
            let value = value(place)
            guard !value.isNaN else { continue }
            sum += value
            most = Swift.max(most, value)
            count += 1
        }
        guard count > 0 else { return .nan }
        return switch self {
        case .mean: sum / Double(count)
        case .max: most
        case .sum: sum
        }
    }
}
