// What a retraining learns from, and what it leaves out to compare versions on.

import JSON
import NLU
import Ranking
import Registry

extension Retraining {
    /// Adds what reviews have labelled to the project, and tells what there is to learn from.
    func gather(report: (String) -> Void) throws -> JSONValue {
        switch project.kind {
        case .intents where project.fastTextFile != nil: return [:]
        case .intents:
            try addReviewed(areTagged: false, report)
            let data = try project.trainingData(options)
            return [
                "examples": .number(Double(data.examples.examples.count)),
                "leftOut": .number(Double(data.leftOut.examples.count)),
                "sha256": .string(Digest(of: data.bytes).hexadecimal),
                "reviewed": data.reviewedDigest.map { .string($0.hexadecimal) } ?? .null,
            ]
        case .tags:
            try addReviewed(areTagged: true, report)
            return [:]
        case .ranker:
            let log = try RankerLog(
                project, in: home.registry, environment: home.environment, leavesOut: true)
            return [
                "events": .number(Double(log.events.count)),
                "lists": .number(Double(log.events.count { $0.impression != nil })),
                "until": log.mark.map { .number(Double($0.record)) } ?? .null,
            ]
        default: return [:]
        }
    }

    private func addReviewed(areTagged: Bool, _ report: (String) -> Void) throws {
        let desk = try ReviewDesk(home, model: run.model)
        let labelled = try desk.items(labelled: true).items
        try desk.close()
        guard !labelled.isEmpty else { return }
        let (path, count, new) = try ReviewedExamples.add(
            labelled, to: run.model, areTagged: areTagged, in: home.registry)
        report("\(path): \(new) new of \(count) reviewed examples")
    }
}

/// The fifth of the examples that no version learns from which is to be compared with others.
enum LeftOut {
    /// As manifests name it: versions with the same rule know none of the same texts.
    static let rule = "a fifth by SHA-256 of the text"

    /// Whether a text is one of them, whatever its case.
    static func contains(_ text: String) -> Bool {
        (Digest(of: Array(text.lowercased().utf8)).bytes.first ?? 0) < 51
    }
}
