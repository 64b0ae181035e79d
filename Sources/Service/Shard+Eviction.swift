// How documents leave memory; on disk they stay.

internal import Documents
internal import Reactor
internal import Telemetry

extension Shard {
    static var evictionTimer: UInt64 { 1 << 20 }

    func abandon(_ token: SlabToken) {
        documents[token].abandoned = now
        guard !documents[token].awaitsEviction else { return }
        documents[token].awaitsEviction = true
        abandoned.append(token)
        if abandoned.count == 1 { scheduleEviction(afterMilliseconds: context.times.eviction) }
    }

    /// One deadline is under way at a time, however many documents wait.
    private func scheduleEviction(afterMilliseconds time: Int) {
        timers.schedule(Self.evictionTimer, at: now.advanced(byMilliseconds: time))
    }

    /// Frees the documents whose last subscriber left some time ago and whose edits are on disk.
    func evict() {
        var kept: [SlabToken] = []
        for token in abandoned where documents.contains(token) {
            guard let since = documents[token].abandoned else {
                documents[token].awaitsEviction = false
                continue
            }
            let isDue = since.advanced(byMilliseconds: context.times.eviction) <= now
            if isDue, documents[token].isReady, documents[token].isSaved, !hasBusyReading(token) {
                snapshotBeforeLeaving(token)
                remove(token)
            } else {
                kept.append(token)
            }
        }
        abandoned = kept
        guard !abandoned.isEmpty else { return }
        scheduleEviction(afterMilliseconds: max(context.times.eviction / 10, 1))
    }

    private func hasBusyReading(_ token: SlabToken) -> Bool {
        documents[token].readings.contains { $0.batch != nil }
    }

    private func snapshotBeforeLeaving(_ token: SlabToken) {
        let behind = documents[token].durable - documents[token].snapshotRevision
        if behind >= Self.snapshotOnLeaving { snapshot(token) }
    }

    private static var snapshotOnLeaving: Int { 100 }

    /// Forgets a document here; on disk it stays.
    func remove(_ token: SlabToken) {
        guard let document = documents.remove(token) else { return }
        directory[document.name] = nil
        endDuplicates(of: document)
        context.metrics.documents.add(-1)
        for subscriber in document.subscribers {
            unlink(token, subscriber.caller.connection)
            context.metrics.subscriptions.add(-1)
        }
    }
}
