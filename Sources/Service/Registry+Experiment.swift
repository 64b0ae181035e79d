// Beginning and changing an experiment, on a running server or on the files.

package import Experiments
package import JSON
package import Registry

extension Registry {
    /// Writes an experiment down, or the new form of one that is there: an arm whose share grows keeps its
    /// units.
    ///
    /// `time` is in microseconds since 1970; `check` comes before anything is written. One that is stopped needs
    /// no model.
    ///
    /// - Returns: the experiment as it is then, and all of them.
    package func begin(
        experiment json: JSONValue, in environment: String, by user: String, time: Int,
        check: (Experiment) throws -> Void = { _ in }
    ) throws -> (set: ExperimentSet, experiment: Experiment) {
        let admitted = try Experiment(admit(experiment: json, to: environment))
        var begun = (set: try ExperimentSet([]), experiment: admitted)
        try changeExperiments(of: environment, by: user, time: time) { written in
            begun = try ExperimentSet(.array(written.experiments))
                .taking(admitted, at: Double(time) / 1e6)
            if admitted.state != .stopped {
                _ = try begun.experiment.model(among: written.models.map(\.line))
            }
            try check(begun.experiment)
            return begun.set.experiments.map(\.json)
        }
        return begun
    }
}
