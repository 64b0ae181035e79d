// By what an experiment is judged.

/// A measure of an arm, over the metric events of its units after their first exposure.
package struct ExperimentMetric: Equatable, Sendable {
    package let name: String
    package let kind: Kind
    package let better: Direction

    package init(_ name: String, _ kind: Kind, better: Direction = .higher) {
        self.name = name
        self.kind = kind
        self.better = better
    }

    /// How it is computed from events of these names.
    package enum Kind: Equatable, Sendable {
        /// The share of the units with at least one such event.
        case conversion(of: String)
        /// The sum of the values of such events by unit, in the mean.
        case mean(of: String)
        /// The sum of the values of the one over that of the other, as clicks per impression.
        case ratio(of: String, per: String)

        /// The numerator's first.
        package var events: [String] {
            switch self {
            case .conversion(let event), .mean(let event): [event]
            case .ratio(let event, let per): [event, per]
            }
        }
    }

    package enum Direction: String, CaseIterable, Sendable {
        case higher, lower
    }
}

/// A metric that must not get worse by more than a margin.
package struct Guardrail: Equatable, Sendable {
    package let metric: ExperimentMetric
    /// As a share of the control's value, 0 or above: 0.02 bears a loss of 2 %.
    package let margin: Double

    package init(_ metric: ExperimentMetric, margin: Double) {
        precondition(margin >= 0)
        self.metric = metric
        self.margin = margin
    }
}

/// The metrics of an experiment; their names differ.
package struct ExperimentMetrics: Equatable, Sendable {
    /// The one that decides.
    package let primary: ExperimentMetric
    package let secondary: [ExperimentMetric]
    package let guardrails: [Guardrail]

    package init(
        primary: ExperimentMetric, secondary: [ExperimentMetric] = [], guardrails: [Guardrail] = []
    ) {
        self.primary = primary
        self.secondary = secondary
        self.guardrails = guardrails
    }

    package var all: [ExperimentMetric] { [primary] + secondary + guardrails.map(\.metric) }

    /// The names of the events that some metric counts, each once, in the order of `all`.
    package var events: [String] {
        var events: [String] = []
        for event in all.flatMap(\.kind.events) where !events.contains(event) {
            events.append(event)
        }
        return events
    }
}
