// What a set of declared features has to keep, and where each is read.

internal import JSON
internal import Numerics

/// A declared feature with the places of all that it reads.
enum FeatureReader: Sendable {
    case field(column: Int, isAge: Bool)
    case count(CounterPlace, DeclaredFeature.Pooling)
    case rate(RatePlace, DeclaredFeature.Pooling)
    case recency(CounterPlace, DeclaredFeature.Pooling)
    case interacted(CounterPlace)
    case share(CounterPlace, user: CounterPlace, DeclaredFeature.Pooling)
    case profile(CounterPlace, field: Int)
    case companions(Int, strength: Double)
    case sum([(feature: Int, weight: Double)])
    case textSimilarity(field: Int)
}

/// Where a counter stands.
struct CounterPlace: Sendable {
    let table: Int
    let column: TallyTable.Column
    let rows: KeyRows
}

/// How the rows of a candidate are found in a table.
enum KeyRows: Equatable, Sendable {
    case first
    case item
    case user
    case userItem
    /// A row for each value of the field with that number.
    case values(Int)
    case userValues(Int)
}

struct RatePlace: Sendable {
    let count: CounterPlace
    let per: CounterPlace
    /// The counters of the rate of all, where that is the prior.
    let all: (count: CounterPlace, per: CounterPlace)?
    let smoothing: DeclaredFeature.Smoothing
}

/// Collects what features need, each thing once.
struct FeaturePlan {
    private(set) var fieldColumns: [(field: String, reading: DeclaredFeature.Reading)] = []
    private(set) var fields: [DeclaredFeature.Field] = []
    private(set) var actions: [Action] = []
    private(set) var tables: [(key: DeclaredFeature.Key, table: TallyTable)] = []
    private(set) var readers: [FeatureReader] = []

    init(_ features: [DeclaredFeature]) {
        var counters: [DeclaredFeature.Key: [DeclaredFeature.Counter]] = [:]
        var keys: [DeclaredFeature.Key] = []
        for counter in features.flatMap(\.kind.counters) {
            if counters[counter.key] == nil { keys.append(counter.key) }
            if counters[counter.key]?.contains(counter) != true {
                counters[counter.key, default: []].append(counter)
            }
        }
        for field in features.compactMap(\.kind.field) where !fields.contains(field) {
            fields.append(field)
        }
        let timed = Set(features.compactMap(\.kind.timed))
        tables = keys.map { ($0, TallyTable(counters[$0] ?? [], timed: timed)) }
        for feature in features {
            if case .sum(let terms) = feature.kind {
                readers.append(.sum(terms.map { (Self.place(of: $0, in: features), $0.weight) }))
            } else {
                readers.append(reader(of: feature.kind))
            }
        }
        for (i, reader) in readers.enumerated() {
            guard case .sum(let terms) = reader else { continue }
            precondition(terms.allSatisfy { $0.feature < i }, "a sum of what stands after it")
        }
    }

    private static func place(
        of term: DeclaredFeature.Term, in features: [DeclaredFeature]
    ) -> Int {
        guard let place = features.firstIndex(where: { $0.name == term.feature }) else {
            preconditionFailure("a sum of a feature that was not declared")
        }
        return place
    }

    /// The tables of users with something else.
    var pairTables: [(table: Int, rows: KeyRows)] {
        tables.indices.compactMap { table in
            let rows = rows(of: tables[table].key)
            return switch rows {
            case .userItem, .userValues: (table, rows)
            case .first, .item, .user, .values: nil
            }
        }
    }

    private mutating func reader(of kind: DeclaredFeature.Kind) -> FeatureReader {
        switch kind {
        case .field(let field, let reading):
            return .field(column: column(field, reading), isAge: reading == .age)
        case .count(let counter, let pooling): return .count(place(counter), pooling)
        case .recency(let counter, let pooling): return .recency(place(counter), pooling)
        case .rate(let counter, let per, let smoothing, let pooling):
            let all = counter.of(.all)
            let rate = RatePlace(
                count: place(counter), per: place(counter.with(per)),
                all: smoothing.prior == nil ? (place(all), place(all.with(per))) : nil,
                smoothing: smoothing)
            return .rate(rate, pooling)
        case .interacted(let action): return .interacted(place(.init(action, of: .userItem)))
        case .share(let action, let field, let pooling):
            return .share(
                place(.init(action, of: .userValue(field))),
                user: place(.init(action, of: .user)), pooling)
        case .profile(let action, let field):
            return .profile(
                place(.init(action, of: .userValue(field))), field: number(of: field))
        case .sum: preconditionFailure("sums are read where all features are known")
        case .companions(let action, let strength):
            return .companions(number(of: action), strength: strength)
        case .textSimilarity(let field): return .textSimilarity(field: number(of: field))
        }
    }

    private mutating func column(_ field: String, _ reading: DeclaredFeature.Reading) -> Int {
        let known = fieldColumns.firstIndex { $0.field == field && $0.reading == reading }
        if let known { return known }
        fieldColumns.append((field, reading))
        return fieldColumns.count - 1
    }

    private mutating func number(of action: Action) -> Int {
        if let known = actions.firstIndex(of: action) { return known }
        actions.append(action)
        return actions.count - 1
    }

    private func number(of field: DeclaredFeature.Field) -> Int {
        fields.firstIndex(of: field) ?? 0
    }

    private func place(_ counter: DeclaredFeature.Counter) -> CounterPlace {
        let table = tables.firstIndex { $0.key == counter.key } ?? 0
        return CounterPlace(
            table: table, column: tables[table].table.column(of: counter),
            rows: rows(of: counter.key))
    }

    private func rows(of key: DeclaredFeature.Key) -> KeyRows {
        switch key {
        case .all: .first
        case .item: .item
        case .user: .user
        case .userItem: .userItem
        case .value(let field): .values(number(of: field))
        case .userValue(let field): .userValues(number(of: field))
        }
    }
}

extension DeclaredFeature.Reading {
    /// What items have that lack the field.
    var missing: Double {
        switch self {
        case .number, .logarithm, .age, .category: .nan
        case .presence, .length: 0
        }
    }

    func value(of json: JSONValue) -> Double {
        switch self {
        case .number, .age: json.double ?? .nan
        case .logarithm:
            json.double.map { $0 > -1 ? Double.log(1 + $0) : .nan } ?? .nan
        case .presence: json.isNull || json.array?.isEmpty == true ? 0 : 1
        case .length: json.array.map { Double($0.count) } ?? (json.string == nil ? 0 : 1)
        case .category(let buckets):
            json.string.map { Double(Numerics.hash($0.utf8.span) % UInt64(max(buckets, 1))) }
                ?? .nan
        }
    }
}
