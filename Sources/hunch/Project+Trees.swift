// A recommender's score by trees that were trained elsewhere.

import JSON
import Learning
import Ranking
import Registry

extension Project {
    /// Takes in a file of LightGBM or XGBoost; nothing is changed where it does not fit the features.
    ///
    /// It takes the place of the file that model.json names in `score`, or is named there from now on.
    func take(trees bytes: [UInt8], from path: String) throws {
        guard kind == .ranker else {
            throw Failure("'\(name)' is of the kind \(kind.rawValue): trees score for rankers")
        }
        _ = try ensemble(of: bytes, path, RecommenderDefinition(definition))
        if let known = definition["score"]?["trees"]?.string {
            return try FileSystem.writeAtomically(bytes, to: file(known))
        }
        try FileSystem.writeAtomically(bytes, to: file(Self.treesFile))
        try FileSystem.writeAtomically(
            definition.scored(by: Self.treesFile).serialized(pretty: true), to: file("model.json"))
    }

    private static let treesFile = "trees.model"

    /// The trees that model.json names, for rows of the definition's features.
    func importedTrees(
        _ name: String, _ definition: RecommenderDefinition, _ options: TrainingOptions
    ) throws -> (ensemble: TreeEnsemble, file: TreeFile) {
        guard options.scorer == .auto else {
            throw Failure(
                "\"score\" of model.json names trees that were trained elsewhere: take \"trees\" "
                    + "out of it to train here")
        }
        return try ensemble(of: FileSystem.read(file(name)), file(name), definition)
    }

    private func ensemble(
        of bytes: [UInt8], _ path: String, _ definition: RecommenderDefinition
    ) throws -> (ensemble: TreeEnsemble, file: TreeFile) {
        do throws(TreeFileError) {
            let file = try TreeFile(bytes)
            return (try file.ensemble(of: definition.featureNames), file)
        } catch {
            let hint =
                error.concernsNames ? "; rows to train on: hunch export training -n \(name)" : ""
            throw Failure("\(path): \(error)\(hint)")
        }
    }
}

extension TreeFileError {
    /// Whether other columns are wanted.
    fileprivate var concernsNames: Bool {
        switch self {
        case .noNames, .unknownFeatures: true
        default: false
        }
    }
}

extension JSONValue {
    /// The definition with a file of trees in its score.
    fileprivate func scored(by file: String) -> JSONValue {
        .object(
            (object ?? []).map { key, value in
                guard key == "score" else { return (key, value) }
                return (key, .object([("trees", .string(file))] + (value.object ?? [])))
            })
    }
}
