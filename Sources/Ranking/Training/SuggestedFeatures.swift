// Features to begin with, from what the items of a log look like.

internal import JSON

extension DeclaredFeature {
    /// Features for a log: how items are received, and what each field of theirs says.
    ///
    /// Numbers are taken as they are, or as logarithms where they reach over 1,000; of lists and of texts that
    /// items share, rates and the user's taste are taken; of other texts the words. Each number comes also relative
    /// to the other candidates. The order is that of names, so that equal logs give equal lists.
    package static func suggested(for events: [RankingEvent]) -> [DeclaredFeature] {
        var fields: [String: FieldStatistics] = [:]
        for case .item(let item, _) in events {
            for (name, value) in item.fields.object ?? [] {
                fields[name, default: FieldStatistics()].count(value)
            }
        }
        return received + fields.sorted { $0.key < $1.key }.flatMap { $1.features(of: $0) }
    }

    /// What responses alone say.
    private static var received: [DeclaredFeature] {
        let rate = Kind.rate(.init(.click, of: .item), per: .impression, .init(strength: 10))
        return [
            .init("clickRate", rate), .init("clickRate.relative", rate, isRelative: true),
            .init("shown", .count(.init(.impression, of: .item))),
            .init("clicks", .count(.init(.click, of: .item))),
            .init("sinceClick", .recency(.init(.click, of: .item))),
            .init("clickedBefore", .interacted(.click)),
            .init("shownBefore", .count(.init(.impression, of: .userItem))),
            .init(
                "userRate", .rate(.init(.click, of: .user), per: .impression, .init(strength: 20))),
        ]
    }
}

/// What the values of a field are, over all items.
private struct FieldStatistics {
    private var numbers = 0
    private var greatest = 0.0
    private var lists = 0
    private var texts = 0
    private var distinct: Set<String> = []

    mutating func count(_ value: JSONValue) {
        switch value {
        case .number(let number):
            numbers += 1
            greatest = max(greatest, number)
        case .array(let elements): if elements.contains(where: { $0.string != nil }) { lists += 1 }
        case .string(let text):
            texts += 1
            // More are not needed to tell categories from texts.
            if distinct.count < 10_000 { distinct.insert(text) }
        case .null, .boolean, .object: break
        }
    }

    func features(of name: String) -> [DeclaredFeature] {
        if numbers > max(lists, texts) {
            // Seconds since 1970 stay as they are: their logarithms hardly differ.
            let isWide = greatest > 1000 && greatest < 1e8
            let kind = DeclaredFeature.Kind.field(name, isWide ? .logarithm : .number)
            return [.init(name, kind), .init(name + ".relative", kind, isRelative: true)]
        }
        if lists > texts { return listed(name, .init(name), isList: true) }
        guard texts > 0 else { return [] }
        let isShared = distinct.count * 3 < texts * 2
        guard !isShared else { return listed(name, .init(name), isList: false) }
        let words = DeclaredFeature.Field(name, isWords: true)
        return [
            .init(name + ".taste", .profile(.click, words)),
            .init(name + ".similarity", .textSimilarity(words)),
        ]
    }

    private func listed(
        _ name: String, _ field: DeclaredFeature.Field, isList: Bool
    ) -> [DeclaredFeature] {
        var features: [DeclaredFeature] = []
        let poolings: [DeclaredFeature.Pooling] = isList ? [.mean, .max] : [.mean]
        for pooling in poolings {
            let suffix = pooling == .mean ? "" : ".max"
            features += [
                .init(
                    name + ".rate" + suffix,
                    .rate(
                        .init(.click, of: .value(field)), per: .impression, .init(strength: 20),
                        pooling)),
                .init(
                    name + ".userRate" + suffix,
                    .rate(
                        .init(.click, of: .userValue(field)), per: .impression, .init(strength: 5),
                        pooling)),
            ]
        }
        guard isList else { return features }
        return features + [
            .init(name + ".share", .share(.click, field)),
            .init(name + ".taste", .profile(.click, field)),
            .init(name + ".seen", .profile(.impression, field)),
        ]
    }
}
