// The models in use, and which documents they read.

internal import NLU
internal import Numerics
internal import Ranking
internal import Registry
internal import Wire

/// A model of some kind, ready to answer.
///
/// By reference: each document and each subscriber of it is looked at with the models that are its own.
final class LiveModel: Sendable {
    enum Kind: Sendable {
        case intents(IntentModel)
        case tags(TagModel)
        case recommender(RecommendationWorker, RecommenderDefinition)
        case duplicates(DuplicateWorker)
        case external(ExternalModel)
    }

    /// "name@version"; of an arm of an experiment also which.
    let reference: String
    let name: String
    let kind: Kind
    /// What counts its answers; nil for kinds whose answers are not counted.
    let drift: LiveDrift?
    let documents: [DocumentPattern]
    /// The branch for whose askers it is live; nil if for all others.
    let branch: String?
    /// The tags that may be shown, whatever the model says; none for other kinds.
    let approved: ApprovedTags

    init(
        reference: String, name: String, kind: Kind, drift: LiveDrift? = nil,
        documents: [DocumentPattern] = [], branch: String? = nil,
        approved: ApprovedTags = ApprovedTags([])
    ) {
        self.reference = reference
        self.name = name
        self.kind = kind
        self.drift = drift
        self.documents = documents
        self.branch = branch
        self.approved = approved
    }

    /// The same model in another place.
    func live(
        on documents: [DocumentPattern], branch: String? = nil, approved: ApprovedTags
    ) -> LiveModel {
        LiveModel(
            reference: reference, name: name, kind: kind, drift: drift, documents: documents,
            branch: branch, approved: approved)
    }

    /// "name", or "name@branch".
    var line: String { DeployedModel.line(name, branch) }

    func reads(_ document: String) -> Bool { documents.contains { $0.matches(document) } }

    /// What it says about blocks.
    var resultKind: ResultKind {
        switch kind {
        case .intents: .intent
        case .tags: .tags
        case .recommender: .recommendations
        case .duplicates: .duplicate
        case .external(let model): model.definition.answers == .intent ? .intent : .tags
        }
    }

    /// Whether it reads a document from the start, or only what is edited.
    var readsWholeDocuments: Bool {
        switch kind {
        case .intents, .tags, .duplicates, .external: true
        case .recommender: false
        }
    }

    /// Who has the texts of documents that it reads, if it is a worker of duplicates.
    var watcher: ObjectIdentifier? {
        if case .duplicates(let worker) = kind { ObjectIdentifier(worker) } else { nil }
    }

    /// The tags that it can say.
    var tags: [String] {
        switch kind {
        case .tags(let model): model.tags
        case .external(let model): model.definition.tags
        case .intents, .recommender, .duplicates: []
        }
    }

    /// Nil for other kinds than recommenders.
    var worker: RecommendationWorker? {
        if case .recommender(let worker, _) = kind { worker } else { nil }
    }

    /// As `status` and `deployed` say it.
    var wire: Wire.Deployment {
        Wire.Deployment(
            model: reference, kind: kindName, documents: documents.map(\.text), branch: branch)
    }

    var kindName: String {
        switch kind {
        case .intents(let model): model.hasRulesOnly ? "rules" : "intents"
        case .tags: "tags"
        case .recommender: "ranker"
        case .duplicates: "duplicates"
        case .external: "external"
        }
    }
}

/// All models in use: an immutable value that each shard swaps between two batches.
struct Deployments: Sendable {
    var models: [LiveModel] = []
    /// Those that are live on branches, beside them.
    var branches: [LiveModel] = []
    /// Versions that are tried beside those.
    var trials: [Trial] = []
    var experiments: [LiveExperiment] = []

    /// Those in use, and those that are tried or arms of experiments.
    var all: [LiveModel] {
        inUse + trials.map(\.model) + experiments.flatMap { $0.arms.compactMap(\.self) }
    }

    /// Of each model that reads a document the version that answers somebody who has it open.
    ///
    /// `now` is in seconds since 1970.
    func answering(_ units: Units, in document: String, at now: Double) -> [ChosenModel] {
        models(on: units.branch, in: document).map { chosen($0, for: units, at: now) }
    }

    /// The versions that read a document and are shown to nobody.
    func shadows(of document: String) -> [ChosenModel] {
        models.filter { $0.reads(document) }.flatMap { model in
            trials.filter { $0.isShadow && $0.model.name == model.name }
                .map { ChosenModel(model: $0.model, isShadow: true) }
        }
    }

    /// The model named "name" or "name@version".
    func model(_ name: String) -> LiveModel? {
        models.first { $0.name == name || $0.reference == name }
            ?? all.first { $0.reference == name }
    }

    /// The model that has another version of `reference`, or that very one.
    func model(sameAs reference: String) -> LiveModel? {
        let name = modelName(of: reference)
        return model(reference) ?? places.first { $0.name == name }
    }

    /// The tags that a version may be shown to have said, be it in use or one that was: those that are
    /// approved for the model now; none for other kinds.
    ///
    /// A version that is used in several places may say what is approved in all of them.
    func approved(for reference: String) -> ApprovedTags {
        let uses =
            (places + trials.map(\.model) + experiments.flatMap { $0.arms.compactMap(\.self) })
            .filter { $0.reference == reference }.map(\.approved)
        guard let first = uses.first else {
            return model(sameAs: reference)?.approved ?? ApprovedTags([])
        }
        return uses.dropFirst().reduce(first) { $0.intersection($1) }
    }

    /// The tag model named, or the first where no model of intents could answer instead.
    func tagger(_ name: String?, on branch: String?) -> LiveModel? {
        if name == nil, classifier(nil, on: branch) != nil { return nil }
        return first(name, on: branch) { if case .tags = $0 { true } else { false } }
    }

    /// The first intent model, or the one named.
    func classifier(_ name: String?, on branch: String?) -> LiveModel? {
        first(name, on: branch) { if case .intents = $0 { true } else { false } }
    }

    /// The program named, or the first where nothing else could answer instead.
    func external(_ name: String?, on branch: String?) -> LiveModel? {
        if name == nil, classifier(nil, on: branch) ?? tagger(nil, on: branch) != nil { return nil }
        return first(name, on: branch) { if case .external = $0 { true } else { false } }
    }

    /// The first model of a kind that answers whoever asks for a branch, or the one named: "name",
    /// "name@version" or "name@branch".
    private func first(
        _ name: String?, on branch: String?, where isOfKind: (LiveModel.Kind) -> Bool
    ) -> LiveModel? {
        models(on: branch).first { isOfKind($0.kind) && (name == nil || $0.name == name) }
            ?? (branches + all).first {
                isOfKind($0.kind) && ($0.reference == name || $0.line == name)
            }
    }

    /// The recommender for a place in the product, in a document if one is named.
    func recommender(
        serving source: Source, in document: String?, for units: Units, at now: Double
    ) -> ChosenModel? {
        let found = models(on: units.branch, in: document).first { model in
            guard case .recommender(_, let definition) = model.kind else { return false }
            return definition.sources.contains(source)
        }
        return found.map { chosen($0, for: units, at: now) }
    }

    /// Tells the versions of a recommender that serve beside one what that one has learned.
    func tell(_ events: [RankingEvent], of reference: String) {
        guard !events.isEmpty else { return }
        let name = modelName(of: reference)
        for model in all where model.name == name && model.reference != reference {
            guard case .recommender(let worker, _) = model.kind else { continue }
            worker.post(.perform { $0.learn(alike: events) })
        }
    }

    /// The recommender of that very version.
    func recommender(
        _ reference: String
    ) -> (worker: RecommendationWorker, definition: RecommenderDefinition)? {
        guard case .recommender(let worker, let definition) = model(reference)?.kind else {
            return nil
        }
        return (worker, definition)
    }

    /// The recommender of any version of that name.
    func recommender(
        sameAs reference: String
    ) -> (worker: RecommendationWorker, definition: RecommenderDefinition)? {
        guard case .recommender(let worker, let definition) = model(sameAs: reference)?.kind
        else { return nil }
        return (worker, definition)
    }

    func recommenders(
        of corpus: Corpus
    ) -> [(worker: RecommendationWorker, definition: RecommenderDefinition)] {
        all.compactMap { model in
            guard case .recommender(let worker, let definition) = model.kind else { return nil }
            return definition.corpus == corpus ? (worker, definition) : nil
        }
    }
}

/// A version that is tried beside the one in use.
struct Trial: Sendable {
    let model: LiveModel
    let isShadow: Bool
    /// In 0...1.
    let share: Double

    init(model: LiveModel, _ rollout: Rollout) {
        self.model = model
        isShadow = rollout.mode == .shadow
        share = rollout.share
    }

    /// What results and logs call a canary.
    static let arm = "canary"

    /// Whether a document or user is among those that it answers.
    func includes(_ unit: String) -> Bool { Self.place(of: unit, model.reference) < share }

    /// Where in 0..<1 somebody stands; those below its share are a version's.
    static func place(of unit: String, _ reference: String) -> Double {
        Double(hash(unit.utf8.span, seed: hash(reference.utf8.span)) >> 11) * 0x1p-53
    }
}

/// A version that reads something, and as what.
///
/// By reference: each push looks at that of each subscriber.
final class ChosenModel: Sendable {
    let model: LiveModel
    /// What its answers are counted and shown as; nil for the version in use.
    let arm: String?
    /// To be logged when its answer is used.
    let exposure: Exposure?
    /// Whether nobody sees what it says.
    let isShadow: Bool

    init(
        model: LiveModel, arm: String? = nil, exposure: Exposure? = nil, isShadow: Bool = false
    ) {
        self.model = model
        self.arm = arm
        self.exposure = exposure
        self.isShadow = isShadow
    }
}
