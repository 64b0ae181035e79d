// How good a recommender is on a later log.

import Client
import JSON
import Learning
import Ranking
import Registry

/// Replays a log after the one that the model has learned from, and measures its lists.
///
/// Lists that the model has learned from are left out by their request.
struct RankerReport {
    private let model: String
    private let scorer: String
    private let data: RankingData
    private let known: Int
    private let report: RankingReport
    private let weighted: RankingReport
    private var other: (model: String, difference: PairedDifference)?

    /// Measures a version, and another one beside it where `against` names one.
    init(_ manifest: Manifest, in registry: Registry, data path: String, against: String?) throws {
        let events = try readEvents(path)
        let own = try RankedLog(manifest, in: registry, events)
        guard !own.data.groups.isEmpty else {
            throw Failure("\(path) holds no answered list that the model has not learned from")
        }
        model = manifest.reference.description
        scorer = own.learned?.name ?? "formula"
        (data, known) = (own.data, own.known)
        report = own.report
        weighted = RankingReport(scores: own.weightedScores, on: own.data)
        guard let against else { return }
        let manifest = try registry.resolve(against)
        let second = try RankedLog(manifest, in: registry, events)
        let requests = own.data.groups.map(\.impression.request)
        guard second.data.groups.map(\.impression.request) == requests else {
            throw Failure(
                "\(manifest.reference) has learned from other lists of \(path): the two cannot be compared"
            )
        }
        other = (
            manifest.reference.description,
            PairedDifference(report.ndcgs, minus: second.report.ndcgs)
        )
    }

    /// For people, or as one JSON object.
    func text(isJSON: Bool) -> String {
        guard !isJSON else { return json.description }
        var lines = [
            "\(model), scored by \(scorer), on \(data.groups.count) answered lists"
                + (known > 0 ? " (\(known) more it has learned from)" : "")
        ]
        lines += report.measures.map { "  \($0.name)  \(rounded($0.value))" }
        lines.append("against the formula of model.json: " + told(difference))
        if let other { lines.append("against \(other.model): " + told(other.difference)) }
        return lines.joined(separator: "\n")
    }

    private var difference: PairedDifference {
        PairedDifference(report.ndcgs, minus: weighted.ndcgs)
    }

    private var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("model", .string(model)), ("scorer", .string(scorer)),
            ("examples", .number(Double(data.groups.count))), ("known", .number(Double(known))),
        ]
        members += report.measures.map { ($0.name, .number($0.value)) }
        members.append(("againstFormula", difference.json))
        if let other {
            members.append(("against", .string(other.model)))
            members.append(("difference", other.difference.json))
        }
        return .object(members)
    }
}

/// A version's scores of a log that it has not seen.
private struct RankedLog {
    let data: RankingData
    let learned: LearnedScorer?
    /// Lists of the log that it has learned from.
    let known: Int
    let weightedScores: [Double]

    init(_ manifest: Manifest, in registry: Registry, _ events: [RankingEvent]) throws {
        guard manifest.kind == "ranker" else {
            throw Failure("\(manifest.reference) is of the kind \(manifest.kind), no ranker")
        }
        let file = try registry.artifact(of: manifest)
        let artifact = try RecommenderArtifact(Array(file.unsafeBytes))
        let definition = try RecommenderDefinition(artifact.definition)
        let past = Set(artifact.events.map(\.identity))
        var replay = FeatureReplay(definition.declared)
        for item in artifact.items { _ = replay.take(.item(item, time: 0)) }
        for event in artifact.events { _ = replay.take(event) }
        let unseen = events.filter { !past.contains($0.identity) }
        let replayed = unseen.map { event in
            replay.take(event).map(RankingEvent.impression) ?? event
        }
        known = events.count { $0.isImpression } - unseen.count { $0.isImpression }
        data = RankingData(
            TrainingJoin().joined(replayed).groups, featureCount: definition.declared.count
        ).padded(by: definition.features.count)
        learned = artifact.learned
        weightedScores = data.scores(of: definition.scorer)
    }

    var report: RankingReport {
        RankingReport(scores: learned.map { data.scores(of: $0) } ?? weightedScores, on: data)
    }
}

extension RankingEvent {
    /// What tells whether two events of logs are the same.
    fileprivate var identity: [UInt8] {
        switch self {
        case .impression(let impression): Array("list \(impression.request)".utf8)
        case .item, .removal, .response: json.serialized()
        }
    }

    fileprivate var isImpression: Bool {
        if case .impression = self { true } else { false }
    }
}

extension PairedDifference {
    var json: JSONValue {
        [
            "mean": .number(mean), "standardError": .number(standardError),
            "low": .number(interval.lowerBound), "high": .number(interval.upperBound),
        ]
    }
}

/// Reads a log of Hunch's own form, packed or not.
func readEvents(_ path: String) throws -> [RankingEvent] {
    let bytes = try readUnpacked(path)
    do throws(ItemFileError) {
        return try RankingEvent.parse(lines: bytes)
    } catch {
        throw Failure("\(path), \(error)")
    }
}

/// Reads a file; one that ends in .gz is unpacked.
func readUnpacked(_ path: String) throws -> [UInt8] {
    let bytes = try FileSystem.read(path)
    guard path.hasSuffix(".gz") else { return bytes }
    do throws(GunzipError) {
        return try gunzip(bytes)
    } catch {
        throw Failure("\(path) is no gzip file, or damaged")
    }
}
