// How a replay ends: whether all copies are equal.

internal import Documents
internal import Reactor
internal import Wire

extension ReplayRun {
    /// Ends the run once everybody has everything.
    func finish() {
        let documents = players.compactMap { $0.session.documents[settings.document] }
        guard documents.allSatisfy({ $0.isOpen && $0.replica.revision >= saved }) else { return }
        if let index = documents.firstIndex(where: { $0.replica.revision != saved }) {
            return fail(.revisions(index, made: documents[index].replica.revision, saved: saved))
        }
        let text = documents[0].replica.confirmed.string
        for (index, document) in documents.enumerated() {
            if let difference = TextDifference(document.replica.confirmed.string, text) {
                return fail(.different("client \(index)", "client 0", difference))
            }
        }
        if settings.order == .trace, let difference = TextDifference(text, plan.endContent) {
            return fail(.different("the clients' text", "endContent", difference))
        }
        end(
            .success(
                ReplayReport(
                    document: settings.document, order: settings.order, clients: players.count,
                    edits: saved, skipped: players.reduce(0) { $0 + $1.skipped },
                    seconds: Double(now.since(start)) / 1e9,
                    reconnects: players.reduce(0) { $0 + $1.session.reconnects },
                    resent: documents.reduce(0) { $0 + $1.resent },
                    foundSaved: documents.reduce(0) { $0 + $1.foundSaved }, text: text,
                    latency: latency)))
    }

    func fail(_ failure: ReplayFailure) { end(.failure(failure)) }

    func end(_ result: Result<ReplayReport, ReplayFailure>) {
        guard !isOver else { return }
        isOver = true
        connections.closeAll()
        outcome.fulfil(result)
    }

    /// Opens the document afresh and compares.
    nonisolated func lateReader(_ report: ReplayReport) throws(ReplayFailure) {
        let (revision, text): (Int, Text)
        do {
            var reader = try BlockingConnection.connect(
                to: settings.server, hello: .init(token: settings.token, client: "hunch replay"))
            (revision, text) = try reader.read(settings.document)
            reader.close()
        } catch {
            throw .lateReader(error)
        }
        guard revision == report.edits else {
            throw .revisions(nil, made: revision, saved: report.edits)
        }
        if let difference = TextDifference(text.string, report.text) {
            throw .different("the late reader's text", "the clients'", difference)
        }
    }
}
