// How good one version's order of the measured lists is.

import JSON
import Learning
import Ranking
import Registry

/// A version's figures.
struct RankerMeasures {
    /// Fewer lists before those that are measured say too little of chances.
    private static let fewestForCalibration = 20

    let version: RankedVersion
    let data: RankingData
    let scores: [Double]
    let report: RankingReport
    let calibration: CalibrationReport
    /// Whether chances are fitted to earlier lists; otherwise each fifth by the others.
    let isCalibratedBefore: Bool
    /// Nil where no place was explored.
    let counterfactual: CounterfactualEstimates?

    init(_ version: RankedVersion, _ lists: MeasuredLists, pool: (String?) -> Int?) {
        self.version = version
        let count = version.definition.featureNames.count
        let groups = { (requests: Set<String>) in
            version.groups.filter { requests.contains($0.impression.request) }
        }
        let data = RankingData(groups(lists.requests), featureCount: count)
        let order = LearnedOrder(version.scorer)
        let scores = order.scores(data.values)
        let earlier = RankingData(groups(lists.earlier), featureCount: count)
        isCalibratedBefore = earlier.groups.count >= Self.fewestForCalibration
        let chances =
            isCalibratedBefore
            ? scores.map(
                ClickCalibration(scores: order.scores(earlier.values), labels: earlier.labels)
                    .chance)
            : ClickCalibration.crossFitted(scores, on: data)
        calibration = CalibrationReport(chances: chances, labels: data.labels)
        report = RankingReport(
            scores: scores, on: data, likeness: ItemLikeness(version.items))
        counterfactual = Self.counterfactual(
            groups(lists.requests.union(lists.unanswered)),
            earlier: isCalibratedBefore ? groups(lists.earlier) : nil, order, count, pool)
        (self.data, self.scores) = (data, scores)
    }

    /// Expects chances as earlier lists say, or else of lists of even numbers as the odd ones do, and the
    /// other way round.
    private static func counterfactual(
        _ groups: [JoinedImpression], earlier: [JoinedImpression]?, _ order: LearnedOrder,
        _ count: Int, _ pool: (String?) -> Int?
    ) -> CounterfactualEstimates? {
        let places = ExploredPlaces(groups, featureCount: count, pool: pool)
        guard places.count > 0 else { return nil }
        func calibration(_ groups: [JoinedImpression]) -> ClickCalibration? {
            guard !groups.isEmpty else { return nil }
            return ClickCalibration(
                scores: order.scores(groups.flatMap(\.impression.features)),
                labels: groups.flatMap(\.labels))
        }
        let fits = [0, 1].map { half in
            calibration(earlier ?? groups.indices.filter { $0 % 2 != half }.map { groups[$0] })
        }
        return CounterfactualEstimates(
            places.decisions(score: order.scores) { score, list in
                fits[list % 2]?.chance(score) ?? 0
            })
    }

    /// All figures by name.
    var measures: [(name: String, value: Double)] {
        report.measures + [("logLoss", calibration.logLoss), ("ece", calibration.expectedError)]
    }

    func difference(_ other: RankerMeasures) -> PairedDifference {
        PairedDifference(report.ndcgs, minus: other.report.ndcgs)
    }

    /// What the scorer rests on, by the lists that are measured.
    var featureUse: [FeatureUse] {
        FeatureUse.all(of: version.scorer, names: version.definition.featureNames, on: data)
    }
}

extension Registry {
    /// From how many candidates a version draws for the places it explores; nil where it is not known.
    func explorationPool(of model: String?) -> Int? {
        // A version that is gone says nothing.
        guard let model, let reference = try? ModelReference(parsing: model),
            let manifest = try? manifest(of: reference), let file = try? artifact(of: manifest),
            let artifact = try? RecommenderArtifact(Array(file.unsafeBytes), isForServing: true),
            let definition = try? RecommenderDefinition(artifact.definition)
        else { return nil }
        return definition.exploration.map { max($0.pool, $0.slots) }
    }
}
