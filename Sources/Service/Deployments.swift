// The models in use, and which documents they read.

internal import NLU
internal import Ranking
internal import Registry
internal import Wire

/// A model of some kind, ready to answer.
struct LiveModel: Sendable {
    enum Kind: Sendable {
        case intents(IntentModel)
        case tags(TagModel)
        case recommender(RecommendationWorker, RecommenderDefinition)
        case duplicates(DuplicateWorker)
    }

    /// "name@version".
    let reference: String
    let name: String
    let kind: Kind
    var documents: [DocumentPattern]
    /// The tags that may be shown, whatever the model says; none for other kinds.
    var approved = ApprovedTags([])

    func reads(_ document: String) -> Bool { documents.contains { $0.matches(document) } }

    /// What it says about blocks.
    var resultKind: ResultKind {
        switch kind {
        case .intents: .intent
        case .tags: .tags
        case .recommender: .recommendations
        case .duplicates: .duplicate
        }
    }

    /// Whether it reads a document from the start, or only what is edited.
    var readsWholeDocuments: Bool {
        switch kind {
        case .intents, .tags, .duplicates: true
        case .recommender: false
        }
    }

    /// As `status` and `deployed` say it.
    var wire: Wire.Deployment {
        Wire.Deployment(model: reference, kind: kindName, documents: documents.map(\.text))
    }

    var kindName: String {
        switch kind {
        case .intents(let model): model.classifier == nil ? "rules" : "intents"
        case .tags: "tags"
        case .recommender: "ranker"
        case .duplicates: "duplicates"
        }
    }
}

/// All models in use: an immutable value that each shard swaps between two batches.
struct Deployments: Sendable {
    var models: [LiveModel] = []

    func models(for document: String) -> [LiveModel] { models.filter { $0.reads(document) } }

    /// The model named "name" or "name@version".
    func model(_ name: String) -> LiveModel? {
        models.first { $0.name == name || $0.reference == name }
    }

    /// The model that has another version of `reference`, or that very one.
    func model(sameAs reference: String) -> LiveModel? {
        let name = reference.prefix { $0 != "@" }
        return model(reference) ?? models.first { $0.name == name }
    }

    /// The tags that a version may be shown to have said, be it in use or one that was: those that are
    /// approved for the model now; none for other kinds.
    func approved(for reference: String) -> ApprovedTags {
        model(sameAs: reference)?.approved ?? ApprovedTags([])
    }

    /// The tag model named, or the first where no model of intents could answer instead.
    func tagger(_ name: String?) -> LiveModel? {
        if name == nil, classifier(nil) != nil { return nil }
        return models.first { model in
            guard case .tags = model.kind else { return false }
            return name == nil || model.name == name || model.reference == name
        }
    }

    /// The first intent model, or the one named.
    func classifier(_ name: String?) -> LiveModel? {
        models.first { model in
            guard case .intents = model.kind else { return false }
            return name == nil || model.name == name || model.reference == name
        }
    }

    /// The recommender for a place in the product, in a document if one is named.
    func recommender(serving source: Source, in document: String?) -> LiveModel? {
        models.first { model in
            guard case .recommender(_, let definition) = model.kind else { return false }
            return definition.sources.contains(source) && (document.map(model.reads) ?? true)
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
        models.compactMap { model in
            guard case .recommender(let worker, let definition) = model.kind else { return nil }
            return definition.corpus == corpus ? (worker, definition) : nil
        }
    }
}
