// Models that are live on branches, beside those that all others get.

extension Deployments {
    /// The branches that models are live on, sorted.
    var branchNames: [String] { Set(branches.compactMap(\.branch)).sorted() }

    /// All places of those in use: a version may be live on several branches, and without one.
    var places: [LiveModel] { models + branches }

    /// Those in use, each version once.
    var inUse: [LiveModel] {
        branches.reduce(into: models) { known, model in
            if !known.contains(where: { $0.reference == model.reference }) { known.append(model) }
        }
    }

    /// Whether only those who ask for a branch are answered by a version.
    func isOnBranchesAlone(_ reference: String) -> Bool {
        branches.contains { $0.reference == reference }
            && !all.contains { $0.reference == reference && $0.branch == nil }
    }

    /// The models that answer somebody: those live on the branch that is asked for, and for the rest what all
    /// others get; in a document, those that read it.
    func models(on branch: String?, in document: String? = nil) -> [LiveModel] {
        let reading = { (model: LiveModel) in document.map(model.reads) ?? true }
        let models = models.filter(reading)
        guard let branch else { return models }
        let own = branches.filter { $0.branch == branch && reading($0) }
        var chosen: [LiveModel] = []
        for model in models {
            let instead = own.filter { $0.name == model.name }
            if instead.isEmpty {
                chosen.append(model)
            } else if !chosen.contains(where: { $0.name == model.name }) {
                chosen += instead
            }
        }
        return chosen + own.filter { model in !chosen.contains { $0.name == model.name } }
    }
}
