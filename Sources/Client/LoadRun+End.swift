// How a load test ends: what is missing, and whether all copies are equal.

internal import Documents
internal import Glibc
internal import Reactor
internal import Wire

extension LoadRun {
    /// The last revision of each document, by the editors that have most of it.
    private var lastRevisions: [String: Int] {
        var revisions: [String: Int] = [:]
        for editor in editors {
            revisions[editor.document] = max(revisions[editor.document] ?? 0, editor.revision)
        }
        return revisions
    }

    private var answering: [ResultsAccount.Model] {
        editors.flatMap { $0.session.documents[$0.document]?.results.models ?? [] }
    }

    /// The names of the models that answered, without their versions.
    private var models: Set<String> { Set(answering.map(\.name)) }

    var isComplete: Bool {
        let (revisions, models) = (lastRevisions, models)
        return editors.allSatisfy {
            $0.shortfalls(lastRevision: revisions[$0.document] ?? 0, models: models).isEmpty
        }
    }

    func finish() {
        let (revisions, models) = (lastRevisions, models)
        for editor in editors {
            let last = revisions[editor.document] ?? 0
            for missing in editor.shortfalls(lastRevision: last, models: models) {
                recent.fault("lost: \(missing)", "in \(editor.document) at revision \(last)")
            }
        }
        total.merge(recent)
        let texts = compareCopies()
        let report = LoadReport(
            connections: editors.count, documents: revisions.count, rate: settings.rate,
            transport: settings.server.transport,
            seconds: Double(now.since(start)) / 1e9, measures: total,
            bytesReceived: connections.bytesReceived - bytes.received,
            bytesSent: connections.bytesSent - bytes.sent,
            processorSeconds: Self.processorSeconds() - processorTime,
            models: Set(answering.flatMap(\.versions)).sorted())
        end(.success(Outcome(report: report, texts: texts)))
    }

    /// Compares the copies of each document; gives one of each.
    private func compareCopies() -> [(document: String, revision: Int, text: Text)] {
        var copies: [String: (revision: Int, text: Text)] = [:]
        for editor in editors {
            guard let replica = editor.session.documents[editor.document]?.replica else { continue }
            guard let copy = copies[editor.document] else {
                copies[editor.document] = (replica.revision, replica.confirmed)
                continue
            }
            // Those that lag are counted as lost relays.
            if copy.revision == replica.revision, copy.text != replica.confirmed {
                let difference = TextDifference(copy.text.string, replica.confirmed.string)
                total.fault("copies differ", difference.map { "\($0)" } ?? editor.document)
            }
        }
        return copies.map { ($0.key, $0.value.revision, $0.value.text) }
    }

    func fail(_ failure: LoadFailure) { end(.failure(failure)) }

    func end(_ result: Result<Outcome, LoadFailure>) {
        if case .over = phase { return }
        phase = .over
        connections.closeAll()
        outcome.fulfil(result)
    }

    /// Reads every document afresh and compares it with the editors' copies.
    nonisolated func compare(_ outcome: inout Outcome) {
        do throws(RequestFailure) {
            var reader = try BlockingConnection.connect(
                to: settings.server, hello: .init(token: settings.token, client: "hunch load"))
            for copy in outcome.texts.sorted(by: { $0.document < $1.document }) {
                let (revision, text) = try reader.read(copy.document)
                outcome.report.documentsCompared += 1
                if revision != copy.revision || text != copy.text {
                    let difference = TextDifference(text.string, copy.text.string)
                    outcome.report.measures.fault(
                        "late reader differs",
                        "\(copy.document) at revision \(revision), the copies at \(copy.revision)"
                            + (difference.map { ": \($0)" } ?? ""))
                }
            }
            reader.close()
        } catch {
            outcome.report.measures.fault("late reader", "\(error)")
        }
    }

    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
