// Which model an experiment is about.

extension Experiment {
    /// The one model that its arms are forms of.
    ///
    /// - Throws: where there is none or are several, or where it is not among those that are deployed.
    package func model(among deployed: [String]) throws(ExperimentError) -> String {
        let names = models
        guard names.count == 1, deployed.contains(names[0]) else {
            throw .models(names.sorted(), of: name)
        }
        return names[0]
    }
}

/// Why an experiment cannot be run.
package enum ExperimentError: Error, Equatable, CustomStringConvertible {
    /// The models that the arms of the experiment name.
    case models([String], of: String)

    package var description: String {
        switch self {
        case .models([], let experiment):
            "no arm of '\(experiment)' names a version or settings: there is nothing to compare"
        case .models(let names, let experiment) where names.count == 1:
            "'\(names[0])' is not deployed here: deploy it first, or stop the experiment '\(experiment)'"
        case .models(let names, let experiment):
            "the arms of '\(experiment)' are of several models, \(names.joined(separator: ", ")): "
                + "one experiment compares one"
        }
    }
}
