// Duplicates: their answers change with other documents, too.

internal import Documents
internal import Reactor
internal import Wire

extension Shard {
    /// Tells a worker of a document that it is going to read.
    func begin(_ token: SlabToken, with worker: DuplicateWorker) {
        let blocks = documents[token].document.blocks.blocks().map(\.id)
        worker.post(
            .begin(
                document: documents[token].name, blocks: blocks,
                home: .init(document: token, inbox: inbox)))
    }

    /// Tells the workers of duplicates that a document leaves memory.
    func endDuplicates(of document: borrowing LiveDocument) {
        for reading in document.readings { endDuplicates(of: document.name, by: reading) }
    }

    /// Tells the worker of a reading, if it is one of duplicates, that the document is read no more.
    func endDuplicates(of document: String, by reading: Reading) {
        guard reading.kind == .duplicate,
            case .duplicates(let worker) = deployments.model(reading.model)?.kind
        else { return }
        worker.post(.end(document: document))
    }

    /// Pushes what has become of blocks since texts elsewhere changed.
    func take(_ update: DuplicateUpdate) {
        let token = update.document
        guard documents.contains(token), documents[token].isReady,
            let reading = documents[token].readings.firstIndex(where: { $0.model == update.model })
        else { return }
        var changes = ResultChanges()
        for (block, list) in update.lists {
            guard let location = documents[token].location(of: block) else { continue }
            let known = documents[token].readings[reading].answers[block]
            let revision = known?.revision ?? documents[token].document.revision
            let content = ResultContent.duplicate(list)
            guard documents[token].readings[reading].keep(content, for: block, revision: revision)
            else { continue }
            let entry = entry(content, at: location, token, reading, revision)
            changes.append(entry, before: known?.content)
        }
        guard !changes.entries.isEmpty else { return }
        documents[token].readings[reading].told = documents[token].document.revision
        note(changes.entries, of: .duplicate, token, reading, 0)
        let results = ServerMessage.Results(
            source: .init(
                document: documents[token].name, revision: documents[token].document.revision),
            model: update.model, kind: .duplicate, entries: [],
            pending: documents[token].readings[reading].open)
        push(changes, in: results, isReport: false, token)
    }
}

extension BlockID {
    /// The document as a whole, in place of a block: no block has this name.
    static let whole = BlockID(rawValue: 0)
}
