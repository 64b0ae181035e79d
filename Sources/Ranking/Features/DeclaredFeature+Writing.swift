// Declared features as definitions write them.

package import JSON

extension DeclaredFeature {
    /// The feature as `list` reads it.
    package var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [("name", .string(name))]
        members += kind.members
        if isRelative { members.append(("relative", true)) }
        return .object(members)
    }
}

extension DeclaredFeature.Kind {
    fileprivate var members: [(key: String, value: JSONValue)] {
        switch self {
        case .field(let field, let reading):
            [("kind", "field"), ("field", .string(field))] + reading.members
        case .count(let counter, let pooling):
            [("kind", "count")] + counter.members + pooling.members(of: counter.key)
        case .rate(let counter, let per, let smoothing, let pooling):
            [("kind", "rate")] + counter.members + [("per", .string(per.rawValue))]
                + smoothing.members + pooling.members(of: counter.key)
        case .recency(let counter, let pooling):
            [("kind", "recency")] + counter.members + pooling.members(of: counter.key)
        case .interacted(let action):
            [("kind", "interacted"), ("action", .string(action.rawValue))]
        case .share(let action, let field, let pooling):
            [("kind", "share"), ("action", .string(action.rawValue))] + field.members
                + pooling.members(of: .value(field))
        case .profile(let action, let field):
            [("kind", "profile"), ("action", .string(action.rawValue))] + field.members
        case .companions(let action, let strength):
            [
                ("kind", "companions"), ("action", .string(action.rawValue)),
                ("strength", .number(strength)),
            ]
        case .sum(let terms):
            [
                ("kind", "sum"),
                ("weights", .object(terms.map { ($0.feature, .number($0.weight)) })),
            ]
        case .textSimilarity(let field): [("kind", "text")] + field.members
        }
    }
}

extension DeclaredFeature.Reading {
    fileprivate var members: [(key: String, value: JSONValue)] {
        switch self {
        case .number: []
        case .logarithm: [("as", "logarithm")]
        case .age: [("as", "age")]
        case .presence: [("as", "presence")]
        case .length: [("as", "length")]
        case .category(let buckets): [("as", "category"), ("buckets", .number(Double(buckets)))]
        }
    }
}

extension DeclaredFeature.Field {
    fileprivate var members: [(key: String, value: JSONValue)] {
        [("field", .string(name))] + (isWords ? [("words", true)] : [])
    }
}

extension DeclaredFeature.Counter {
    fileprivate var members: [(key: String, value: JSONValue)] {
        let of: JSONValue =
            switch key {
            case .all: "all"
            case .item: "item"
            case .user: "user"
            case .userItem: "userItem"
            case .value: "field"
            case .userValue: "userField"
            }
        return [("of", of), ("action", .string(action.rawValue))] + (key.field?.members ?? [])
            + (window.map { [("windowDays", .number($0 / 86_400))] } ?? [])
    }
}

extension DeclaredFeature.Smoothing {
    fileprivate var members: [(key: String, value: JSONValue)] {
        (prior.map { [("prior", .number($0))] } ?? []) + [("strength", .number(strength))]
    }
}

extension DeclaredFeature.Pooling {
    /// Only keys of several rows are pooled, and the mean goes without saying.
    fileprivate func members(
        of key: DeclaredFeature.Key
    ) -> [(key: String, value: JSONValue)] {
        key.field == nil || self == .mean ? [] : [("pool", .string(rawValue))]
    }
}
