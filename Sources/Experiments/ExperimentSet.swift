// The experiments of an environment, side by side.

package import JSON

/// Experiments that do not disturb each other.
///
/// Names differ. Of those that run, salts differ too; and in one layer they have the same unit and holdout,
/// and slots that no other has.
package struct ExperimentSet: Equatable, Sendable {
    package let experiments: [Experiment]

    /// Checks them; an error names the place as in `[1].layer.slots`.
    package init(_ experiments: [Experiment]) throws(FieldError) {
        for (i, experiment) in experiments.enumerated() {
            for other in experiments[..<i] { try Self.check(experiment, against: other, i) }
        }
        self.experiments = experiments
    }

    /// These with an experiment in place of the one of its name, whose units its arms keep; checks them.
    ///
    /// `time` is when, in seconds since 1970. One that goes on running keeps its place, as those before it come
    /// first; all others go to the end.
    package func taking(
        _ experiment: Experiment, at time: Double
    ) throws(FieldError) -> (set: ExperimentSet, experiment: Experiment) {
        let earlier = experiments.first { $0.name == experiment.name }
        let next =
            earlier.map { experiment.keepingUnits(of: $0, at: time) }
            ?? experiment.created(at: time)
        let others = experiments.filter { $0.name != next.name }
        // Checked as the last one: a mistake is its own.
        let set = try ExperimentSet(others + [next])
        guard earlier?.state == .running, next.state == .running else { return (set, next) }
        return (try ExperimentSet(experiments.map { $0.name == next.name ? next : $0 }), next)
    }

    /// Reads a list of definitions.
    package init(_ json: JSONValue) throws(FieldError) {
        var experiments: [Experiment] = []
        for place in try JSONPlace(json).elements() { experiments.append(try place.experiment()) }
        try self.init(experiments)
    }

    /// These in place of those before, whose units the arms of the same experiments keep.
    ///
    /// `time` is when, in seconds since 1970. What was declared once is the same when it is declared again.
    package func replacing(
        _ before: ExperimentSet, at time: Double
    ) throws(FieldError) -> ExperimentSet {
        try ExperimentSet(
            experiments.map { next in
                before.experiments.first { $0.name == next.name }
                    .map { next.keepingUnits(of: $0, at: time) } ?? next.created(at: time)
            })
    }

    package var json: JSONValue { .array(experiments.map(\.json)) }

    /// Those before one of these that run on a model of its, parted from it by no layer.
    ///
    /// Whoever is in an arm of theirs is in none of it.
    package func overlapping(_ experiment: Experiment) -> [Experiment] {
        guard experiment.state == .running else { return [] }
        return experiments.prefix { $0.name != experiment.name }.filter { other in
            let isParted = experiment.layer != nil && experiment.layer?.name == other.layer?.name
            return other.state == .running && !isParted
                && other.models.contains(where: experiment.models.contains)
        }
    }

    private static func check(
        _ experiment: Experiment, against other: Experiment, _ i: Int
    ) throws(FieldError) {
        func refuse(_ place: String, _ clause: String) throws(FieldError) {
            throw FieldError(path: "[\(i)].\(place)", reason: .unsuitable(clause))
        }
        guard experiment.name != other.name else {
            throw FieldError(path: "[\(i)].name", reason: .repeatedName(other.name))
        }
        guard experiment.state == .running, other.state == .running else { return }
        if experiment.salt == other.salt {
            try refuse("salt", "is that of '\(other.name)', whose arms would go with these")
        }
        guard let layer = experiment.layer, let taken = other.layer, layer.name == taken.name else {
            return
        }
        if experiment.unit != other.unit {
            try refuse("unit", "must be '\(other.unit.rawValue)', as in '\(other.name)'")
        }
        if experiment.holdout != other.holdout {
            try refuse("holdout", "must be that of '\(other.name)', of the same layer")
        }
        if layer.slots.overlaps(taken.slots) {
            try refuse("layer.slots", "overlap with those of '\(other.name)'")
        }
    }
}
