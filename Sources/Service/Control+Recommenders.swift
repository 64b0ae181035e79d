// Recommenders of a running server: what they know when they begin, and what their logs hold.

internal import Dispatch
internal import JSON
internal import Journal
internal import Ranking
internal import Registry
internal import Synchronization

extension Control {
    /// Builds a recommender from its artifact and all that was learned since.
    func recommender(
        _ file: MappedFile, _ reference: ModelReference, as arm: String?
    ) throws -> LiveModel.Kind {
        let artifact = try RecommenderArtifact(Array(file.unsafeBytes), isForServing: true)
        return try recommender(artifact, reference.name, called: reference.description, as: arm)
    }

    /// The live version of a recommender with a patch over its definition.
    func recommender(
        of live: LiveModel, _ patch: JSONValue, called name: String, as arm: String
    ) throws -> LiveModel {
        let reference = try ModelReference(parsing: live.reference)
        let file = try registry.artifact(of: registry.manifest(of: reference))
        let whole = try RecommenderArtifact(Array(file.unsafeBytes))
        // Built anew: what it has learned is kept in a form that depends on the definition.
        let patched = RecommenderArtifact(
            definition: whole.definition.merging(patch), items: whole.items, events: whole.events,
            learned: whole.learned, mark: whole.mark)
        return LiveModel(
            reference: name, name: live.name,
            kind: try recommender(patched, live.name, called: name, as: arm),
            documents: live.documents, branch: live.branch, approved: live.approved)
    }

    private func recommender(
        _ artifact: RecommenderArtifact, _ name: String, called reference: String, as arm: String?
    ) throws -> LiveModel.Kind {
        var recommender = try Recommender(artifact)
        let definition = recommender.definition
        // Before the log is read: what changes from here on is told to it.
        let access = definition.access.map { itemAccess.add($0, of: definition.corpus) }
        var log = JournalLog(of: name, definition.corpus, in: journal, metrics)
        let start = artifact.lastRecord(ofEpoch: try journal.epoch())
        for event in try log.next(after: start) { try recommender.apply(event) }
        access?.finishLoading(recommender.catalog.allItems)
        let live = LiveRecommender(
            recommender, model: reference, arm: arm, log: log, metrics: metrics)
        return .recommender(RecommendationWorker(live, access: access), definition)
    }

    /// Has a recommender that shards use from now on learn what came while it was loaded.
    ///
    /// All that those before have taken is in the journal once the shards have heard of it; what the new one
    /// has taken already it leaves out.
    func catchUp(_ worker: RecommendationWorker, after old: [RecommendationWorker]) {
        guard !old.isEmpty else { return worker.post(.perform { $0.endCatchingUp() }) }
        awaitShards()
        let areIdle = DispatchGroup()
        for worker in old {
            areIdle.enter()
            worker.post(.perform { _ in areIdle.leave() })
        }
        _ = areIdle.wait(timeout: .now() + .seconds(Self.patience))
        awaitShards()
        worker.post(.perform { $0.catchUp() })
    }

    /// Waits until every shard has done what it has been told so far, or is not there any more.
    private func awaitShards() {
        let group = DispatchGroup()
        for inbox in inboxes.withLock({ $0 }) {
            group.enter()
            inbox.post(.run { _ in group.leave() })
        }
        _ = group.wait(timeout: .now() + .seconds(Self.patience))
    }

    /// Seconds; a server that stops does not answer any more.
    private static let patience = 5

    // MARK: The log

    /// The list of that name in the log; nil where there is none, or it cannot be read.
    ///
    /// It blocks, and looks through all lists: call it on `queue`, for what is rarely asked.
    func loggedList(_ name: String) -> Impression? {
        let kind = RankingLog.Kind.impression.rawValue
        let member = JSONValue.string(name).serialized()
        guard let stored = try? journal.lastRecordNow(of: kind, containing: member),
            case .impression(let list)? = try? RankingEvent.parse(lines: stored.record.payload)
                .first, list.request == name
        else { return nil }
        return list
    }

    /// What a version that is not in use says of an item of a list that it made; nil where the registry
    /// does not have it.
    ///
    /// It blocks: call it on `queue`.
    func pastExplanation(of item: String, in list: Impression) -> Ranking.Explanation? {
        guard let reference = try? ModelReference(parsing: list.model ?? ""),
            let file = try? registry.artifact(of: registry.manifest(of: reference)),
            let recommender = try? Recommender(artifact: Array(file.unsafeBytes))
        else { return nil }
        return recommender.explanation(of: item, in: list)
    }
}
