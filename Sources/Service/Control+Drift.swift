// How the answers of the versions in use stand against those of their training.

internal import Dispatch
internal import Drift
internal import JSON
internal import Ranking
internal import Registry
internal import Synchronization
internal import Telemetry

extension Control {
    /// Seconds between two looks; the criteria count on so many a day.
    private static var lookInterval: Int { 60 }

    /// What counts the answers of a version; nil of kinds whose answers are not counted.
    ///
    /// One that is in use already counts on.
    func drift(of kind: LiveModel.Kind, _ manifest: Manifest) -> LiveDrift? {
        let name = manifest.reference.description
        let known = current.withLock { old in old.all.first { $0.reference == name }?.drift }
        let reference = manifest.details["reference"].flatMap(DriftReference.init)
        switch kind {
        case .intents(let model):
            return known
                ?? LiveDrift(
                    name, model.countedFeatures, reference: reference, metrics.drift)
        case .recommender(let worker, let definition):
            guard !definition.comparedPlaces.isEmpty else { return nil }
            let drift =
                known
                ?? LiveDrift(
                    name, definition.countedFeatures, reference: reference, metrics.drift)
            worker.post(.perform { $0.count(with: drift) })
            return drift
        case .tags, .duplicates, .external: return nil
        }
    }

    /// Looks at all versions in use, from now on.
    func watchDrift() {
        queue.asyncAfter(deadline: .now() + .seconds(Self.lookInterval)) { [weak self] in
            guard let self else { return }
            for model in current.withLock({ $0.all }) { _ = look(at: model) }
            watchDrift()
        }
    }

    /// How the versions stand that `name` means: a version, or all of a model that are in use.
    func drift(of name: String) -> [JSONValue] {
        let models = current.withLock { $0.all }
        return models.filter { $0.reference == name || $0.name == name }.map { model in
            let head: [(key: String, value: JSONValue)] = [
                ("model", .string(model.reference)), ("kind", .string(model.kindName)),
            ]
            return .object(head + (look(at: model)?.json.object ?? []))
        }
    }

    private func look(at model: LiveModel) -> DriftReport? {
        guard let look = model.drift?.look() else { return nil }
        for change in look.changes { note(change, of: model.reference) }
        return look.report
    }

    private func note(_ change: DriftMonitor.Change, of model: String) {
        let fields: [EventField] = [
            EventField("model", .string(model)), EventField("feature", .string(change.feature)),
            EventField("window", .string(change.window.rawValue)),
            EventField("change", .string(change.isDrift ? "begun" : "ended")),
            EventField("reason", .string(change.reason)),
        ]
        inboxes.withLock { $0.first }?.post(
            .run { $0.note(.drift, document: nil, fields: fields) })
    }
}
