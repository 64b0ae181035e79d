// How well a recommender does with those who see its lists.

import JSON

/// A name, and a formula over the counts of an `OnlineTally`.
///
/// In a formula stand the names of actions, each for how often that was done, and
///
/// - `list`: lists that were seen;
/// - `impression`: items that were seen;
/// - `hit`: lists of which an item was clicked or accepted;
/// - `dcg`: the sum of 1 / log2(position + 1) over items that were clicked or accepted, the first of a list
///   being at position 1.
///
/// An action with an item counts once for each list, however often it comes; what was undone does not count.
package struct OnlineMetric: Equatable, Sendable {
    package let name: String
    package let formula: MetricFormula

    package init(name: String, formula: MetricFormula) {
        self.name = name
        self.formula = formula
    }

    /// Those that every recommender has unless it declares others by their names.
    ///
    /// `ctr` is the share of the lists seen that had a click or an accept, `acceptance` the share of the
    /// items seen that were accepted, `dcg` the discounted cumulative gain of clicks and accepts of the mean
    /// list.
    package static let standard = [
        OnlineMetric(name: "ctr", formula: .operation(.name("hit"), .over, .name("list"))),
        OnlineMetric(
            name: "acceptance", formula: .operation(.name("accept"), .over, .name("impression"))),
        OnlineMetric(name: "dcg", formula: .operation(.name("dcg"), .over, .name("list"))),
    ]

    /// Names in a formula that are no actions.
    static let reserved: Set<String> = ["list", "hit", "dcg"]

    /// No recommender declares more, for each is a series of its own in what is shown of it.
    static let maximumCount = 20

    /// The actions that its formula counts.
    var actions: Set<Action> {
        Set(formula.names.subtracting(Self.reserved).map(Action.init(rawValue:)))
    }
}

extension RecommenderDefinition {
    /// The actions that somebody can do with an item; others are not counted by anything.
    package var actions: Set<Action> {
        var actions: Set<Action> = [.impression, .click, .accept, .dismiss, .undo]
        for metric in metrics { actions.formUnion(metric.actions) }
        for feature in declared { actions.formUnion(feature.kind.actions) }
        return actions
    }
}

extension DeclaredFeature.Kind {
    /// The actions of which it is computed.
    fileprivate var actions: [Action] {
        if case .companions(let action, _) = self { return [action] }
        return counters.map(\.action)
    }
}

extension JSONPlace {
    /// Reads `{ "copies": "copy / impression" }`: the standard metrics, and those that are declared.
    func onlineMetrics() throws(FieldError) -> [OnlineMetric] {
        var metrics = OnlineMetric.standard
        let declared = try members()
        guard declared.count <= OnlineMetric.maximumCount else {
            throw error(.tooMany(declared.count, most: OnlineMetric.maximumCount))
        }
        var names: Set<String> = []
        for (name, place) in declared {
            guard names.insert(name).inserted else { throw place.error(.repeatedName(name)) }
            let metric = OnlineMetric(name: name, formula: try place.formula())
            if let known = metrics.firstIndex(where: { $0.name == name }) {
                metrics[known] = metric
            } else {
                metrics.append(metric)
            }
        }
        return metrics
    }

    private func formula() throws(FieldError) -> MetricFormula {
        let text = try string()
        do throws(MetricFormulaError) {
            return try MetricFormula(text)
        } catch {
            throw self.error(.unsuitable("the formula \(error)"))
        }
    }
}
