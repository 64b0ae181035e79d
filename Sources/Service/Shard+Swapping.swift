// From the models in use to those that take their place.

internal import Documents
internal import Reactor

extension Shard {
    /// Swaps the models, between two batches.
    ///
    /// Whoever edits from here on is answered by the new ones. All documents are to be read anew, by what is new
    /// to them; that has time, and costs nothing here but a place in a queue.
    func use(_ deployments: Deployments) {
        let old = self.deployments
        let areAllRead = outdated.isEmpty
        self.deployments = deployments
        hasModels = true
        makeWorkers()
        for token in directory.values where documents[token].isReady {
            documents[token].isOutdated = true
            queueForReading(token)
        }
        // Not again for those that wait already: swap by swap they would wait for ever.
        if areAllRead { readsAnewAt = now.advanced(byMilliseconds: Self.graceMilliseconds) }
        tellOfBranches(instead: old)
    }

    /// Gives each model of intents or tags a worker on this loop.
    func makeWorkers() {
        var workers: [String: IntentWorker] = [:]
        var taggers: [String: TagWorker] = [:]
        for model in deployments.all {
            let name = model.reference
            switch model.kind {
            case .intents(let intents):
                workers[name] =
                    intentWorkers[name]
                    ?? IntentWorker(intents, drift: model.drift, executor: loop)
            case .tags(let tags):
                taggers[name] = tagWorkers[name] ?? TagWorker(tags, executor: loop)
            case .recommender, .duplicates, .external: break
            }
        }
        intentWorkers = workers
        tagWorkers = taggers
    }

    /// Has the models in use read a document and answer those who have it open, if it is those of before yet.
    func update(_ token: SlabToken) {
        guard documents[token].isOutdated, documents[token].isReady else { return }
        documents[token].isOutdated = false
        chooseVersions(token)
    }

    // MARK: Reading anew

    /// Puts a document in the queue of those that models read when there is time.
    func queueForReading(_ token: SlabToken) {
        guard !documents[token].awaitsReading, documents[token].isReady,
            documents[token].isOutdated
                || documents[token].readings.contains(where: { $0.isDue(anew: true) })
        else { return }
        documents[token].awaitsReading = true
        outdated.append(token)
    }

    /// Reads on in what is to be read anew, a quarter of a millisecond; then three quarters are for others.
    ///
    /// So a swap takes no more than a quarter of a loop from those who edit, and keeps none of them waiting for
    /// longer than one slice: with many blocks in memory it is the last of them that wait.
    func readAnew() {
        guard !outdated.isEmpty, unread.isEmpty, now >= readsAnewAt else { return }
        let start = Instant.now()
        let deadline = start.advanced(byMicroseconds: Self.sliceMicroseconds)
        var turn: [SlabToken] = []
        swap(&turn, &outdated)
        for (i, token) in turn.enumerated() {
            if i > 0, Instant.now() > deadline {
                outdated.insert(contentsOf: turn[i...], at: 0)
                break
            }
            guard documents.contains(token) else { continue }
            documents[token].awaitsReading = false
            update(token)
            for reading in documents[token].readings.indices {
                readOn(token, reading, anew: true, until: deadline)
            }
            // What is said anew can have recommenders read, too.
            queueUnread(token)
            queueForReading(token)
        }
        let spent = Instant.now().since(start) / 1000
        readsAnewAt = start.advanced(byMicroseconds: 4 * Int(spent))
    }

    private static var sliceMicroseconds: Int { 250 }
    /// How long documents that nobody edits wait: to those that are edited, one message tells all.
    private static var graceMilliseconds: Int { 50 }
}
