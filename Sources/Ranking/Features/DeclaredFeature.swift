// What a feature store is asked to compute, in declarations.

/// A number that says something of a candidate, computed from events alone.
///
/// The position at which an item is shown is none of them: it is not known before the list is ordered.
package struct DeclaredFeature: Equatable, Sendable {
    /// Whose events are counted.
    package enum Key: Hashable, Sendable {
        /// All of them.
        case all
        /// Those of the candidate.
        case item
        /// Those of the user.
        case user
        /// Those of the user with the candidate.
        case userItem
        /// Those of items that share a value of the field with the candidate, value by value.
        case value(Field)
        /// The user's with items that share a value of the field with the candidate, value by value.
        case userValue(Field)
    }

    /// A field of items that is read as a list of values; a string is a list of one.
    package struct Field: Hashable, Sendable {
        package let name: String
        /// Whether the values are the words of the field's texts, or the texts themselves.
        package let isWords: Bool

        package init(_ name: String, isWords: Bool = false) {
            self.name = name
            self.isWords = isWords
        }
    }

    /// What of an item's field is the value.
    package enum Reading: Hashable, Sendable {
        /// The number; NaN where there is none.
        case number
        /// log(1 + the number), for a number above −1; else NaN.
        case logarithm
        /// Seconds from the field's time, in seconds since 1970, to the request; NaN where there is none.
        case age
        /// 1 where there is something (for a list: an element), else 0.
        case presence
        /// The number of elements of a list; 1 for a text, 0 where there is none.
        case length
        /// A number in 0..<buckets that stands for a text; NaN where there is none.
        case category(buckets: Int)
    }

    /// What becomes of the values of several keys; NaN where there are no keys.
    package enum Pooling: String, CaseIterable, Sendable {
        case mean, max, sum
    }

    /// Interactions of a kind, of a key; within a time if `window` (in seconds) says so.
    package struct Counter: Hashable, Sendable {
        package var key: Key
        package var action: Action
        package var window: Double?

        package init(_ action: Action, of key: Key, window: Double? = nil) {
            self.key = key
            self.action = action
            self.window = window
        }
    }

    /// How rates of few impressions are drawn to what is likely: as if `strength` more had been seen.
    package struct Smoothing: Equatable, Sendable {
        /// The rate that is likely; nil for that of all items and users so far.
        package var prior: Double?
        package var strength: Double

        package init(prior: Double? = nil, strength: Double) {
            self.prior = prior
            self.strength = strength
        }
    }

    /// What a feature adds to a sum.
    package struct Term: Equatable, Sendable {
        package let feature: String
        package let weight: Double

        package init(_ feature: String, _ weight: Double) {
            self.feature = feature
            self.weight = weight
        }
    }

    package enum Kind: Equatable, Sendable {
        case field(String, Reading)
        case count(Counter, Pooling = .mean)
        /// (count + prior · strength) / (count of `per` + strength).
        case rate(Counter, per: Action, Smoothing, Pooling = .mean)
        /// Seconds since the last one; NaN where there was none.
        case recency(Counter, Pooling = .mean)
        /// 1 where the user has done that with the candidate, else 0.
        case interacted(Action)
        /// The share of the user's actions that were with the candidate's values; NaN where there were none.
        case share(Action, Field, Pooling = .mean)
        /// The cosine between the values of the user's actions and the candidate's; NaN without either.
        case profile(Action, Field)
        /// How much the candidate is chosen by those who choose what the user has chosen, 0 or more; the
        /// strength draws what few did to 0. NaN for a user without such actions.
        case companions(Action, strength: Double)
        /// A weighted sum of features that stand before it, such as a formula set by hand; missing ones add 0.
        case sum([Term])
        /// The cosine between the words of the query and the candidate's; NaN without either.
        case textSimilarity(Field)
    }

    package let name: String
    package let kind: Kind
    /// Whether the mean over the request's candidates is taken off.
    package let isRelative: Bool

    package init(_ name: String, _ kind: Kind, isRelative: Bool = false) {
        self.name = name
        self.kind = kind
        self.isRelative = isRelative
    }
}

extension DeclaredFeature.Counter {
    /// The counter of another action that goes with it.
    func with(_ action: Action) -> Self {
        Self(action, of: key, window: window)
    }

    func of(_ key: DeclaredFeature.Key) -> Self {
        Self(action, of: key, window: window)
    }
}

extension DeclaredFeature.Kind {
    /// What has to be counted for it.
    var counters: [DeclaredFeature.Counter] {
        switch self {
        case .field, .textSimilarity, .companions, .sum: []
        case .count(let counter, _), .recency(let counter, _): [counter]
        case .rate(let counter, let per, let smoothing, _):
            [counter, counter.with(per)]
                + (smoothing.prior == nil ? [counter.of(.all), counter.with(per).of(.all)] : [])
        case .interacted(let action): [.init(action, of: .userItem)]
        case .share(let action, let field, _):
            [.init(action, of: .userValue(field)), .init(action, of: .user)]
        case .profile(let action, let field): [.init(action, of: .userValue(field))]
        }
    }

    /// The counter whose last time is read, where one is.
    var timed: DeclaredFeature.Counter? {
        if case .recency(let counter, _) = self { counter } else { nil }
    }

    /// The field whose values it compares, where it does.
    var field: DeclaredFeature.Field? {
        switch self {
        case .field, .interacted, .companions, .sum: nil
        case .count(let counter, _), .recency(let counter, _), .rate(let counter, _, _, _):
            counter.key.field
        case .share(_, let field, _), .profile(_, let field), .textSimilarity(let field): field
        }
    }
}

extension DeclaredFeature.Key {
    var field: DeclaredFeature.Field? {
        switch self {
        case .all, .item, .user, .userItem: nil
        case .value(let field), .userValue(let field): field
        }
    }
}
