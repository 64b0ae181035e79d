// Whether a version is worse than the one in use, and what says so.

import JSON
import Learning
import NLU
import Numerics
import Ranking
import Registry

/// A candidate beside the version in use, on what neither should have learned from.
struct VersionComparison {
    /// What was compared with what, and what came of it.
    let statement: String
    /// Whether it is worse by more than chance, at 5 %.
    let isWorse: Bool

    private init(_ statement: String, isWorse: Bool = false) {
        self.statement = statement
        self.isWorse = isWorse
    }

    /// Compares with `live`, which is nil where there is none, or it is the candidate itself.
    init(
        _ candidate: ModelReference, with live: ModelReference?, _ project: Project,
        _ options: TrainingOptions, _ home: Home
    ) throws {
        guard let live else {
            self.init("there is no other version in use to compare \(candidate) with")
            return
        }
        let registry = home.registry
        let manifests = (try registry.manifest(of: candidate), try registry.manifest(of: live))
        if manifests.0.kind != manifests.1.kind {
            self.init("\(live) is of the kind \(manifests.1.kind): nothing to compare")
        } else if project.kind == .intents {
            self = try Self.ofIntents(manifests.0, manifests.1, project, options, registry)
        } else if project.kind == .ranker {
            self = try Self.ofRankers(manifests.0, manifests.1, home)
        } else {
            self.init("\(project.kind.rawValue) are judged by their tests: nothing to compare")
        }
    }

    // MARK: Intents

    private static func ofIntents(
        _ candidate: Manifest, _ live: Manifest, _ project: Project, _ options: TrainingOptions,
        _ registry: Registry
    ) throws -> VersionComparison {
        let (examples, isFile) = try project.heldOut(options)
        let evaluation = Evaluation(try IntentModel(of: candidate, in: registry), on: examples)
        let (count, accuracy) = (evaluation.inScope.count, evaluation.measures.accuracy)
        guard count > 0 else { return VersionComparison("there are no held-out examples") }
        let heading = "\(count) held-out examples, accuracy \(rounded(accuracy))"
        guard isFile || live.details["leftOut"] == .string(LeftOut.rule) else {
            return unpaired(accuracy, count, live, heading)
        }
        let other = Evaluation(try IntentModel(of: live, in: registry), on: examples)
        let test = PairedTest(
            first: evaluation.inScope.map(\.isCorrect), second: other.inScope.map(\.isCorrect))
        return VersionComparison(
            "\(heading), \(live.reference) \(rounded(other.measures.accuracy)): right where the other "
                + "is wrong \(test.onlyFirst) and \(test.onlySecond) times, "
                + "McNemar's p \(rounded(test.pValue))",
            isWorse: test.onlySecond > test.onlyFirst && test.pValue < 0.05)
    }

    /// Against what the version in use has measured in its own training.
    private static func unpaired(
        _ accuracy: Double, _ count: Int, _ live: Manifest, _ heading: String
    ) -> VersionComparison {
        guard let own = live.details["heldOut"], let other = own["accuracy"]?.double,
            let otherCount = own["examples"]?.int, otherCount > 0
        else {
            return VersionComparison(
                "\(heading); \(live.reference) may have learned from them and tells no accuracy of "
                    + "its own: nothing to compare")
        }
        let (n, m) = (Double(count), Double(otherCount))
        let share = (accuracy * n + other * m) / (n + m)
        let error = (share * (1 - share) * (1 / n + 1 / m)).squareRoot()
        return VersionComparison(
            "\(heading); \(live.reference), which may have learned from them, had \(rounded(other)) on "
                + "\(otherCount) of its own (unpaired)",
            isWorse: other - accuracy > 1.96 * error)
    }

    // MARK: Rankers

    private static func ofRankers(
        _ candidate: Manifest, _ live: Manifest, _ home: Home
    ) throws -> VersionComparison {
        let report: RankerReport
        do {
            report = try RankerReport(
                candidate, in: home.registry, environment: home.environment, data: nil,
                against: [live.reference.description], slices: nil)
        } catch let failure as Failure {
            return VersionComparison("nothing to compare: \(failure)")
        }
        guard let other = report.others.first else {
            return VersionComparison("nothing to compare")
        }
        let difference = PairedDifference(report.model.report.ndcgs, minus: other.report.ndcgs)
        let known = report.lists.isKnown ? ", which both have learned from" : ""
        return VersionComparison(
            "\(report.model.report.ndcgs.count) lists\(known): against \(live.reference) "
                + told(difference),
            isWorse: difference.interval.upperBound < 0)
    }
}

extension Evaluation {
    /// The answers to examples in scope.
    fileprivate var inScope: [Answer] { answers.filter { $0.actual != nil } }
}

extension IntentModel {
    fileprivate init(of manifest: Manifest, in registry: Registry) throws {
        let file = try registry.artifact(of: manifest)
        try self.init(Memory(file.unsafeBytes, owner: file))
    }
}
