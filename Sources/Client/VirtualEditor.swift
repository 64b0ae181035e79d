// Somebody who types at a document in a load test, and checks all that comes back.

internal import Documents
internal import Numerics
package import Reactor
package import Wire

/// One editor of a load test, without I/O.
///
/// It types when told to, whatever the server does. As the protocol asks, it has one edit in flight;
/// what it types meanwhile is composed into the next one, and its latency counts from when it was due.
package struct VirtualEditor: Sendable {
    /// An edit on the wire and when the strokes in it were due.
    private struct Flight {
        let sequence: Int
        var revision = Int.max
        let due: [Instant]
    }

    /// Results that came before the `ack` of the edit in flight, which they may cover.
    private struct Early {
        let model: Int
        let covered: Int
        let time: Instant
    }

    private struct Request {
        let id: Int
        let action: LoadAction
        let due: Instant
    }

    package let document: String
    package private(set) var session: ClientSession
    private var typist: Typist
    private var utterances: Utterances
    private let source: String
    private var caret = 0
    /// When the strokes were due that wait to be sent.
    private var waiting: [Instant] = []
    private var flight: Flight?
    /// Saved edits whose results have not all come; the oldest first.
    private var unanswered: [Flight] = []
    private var early: [Early] = []
    private var requests: [Request] = []
    private var lastID = 0
    /// When the first stroke was due of the last edits, by the low bits of their numbers.
    private var recent = [Instant?](repeating: nil, count: 8)

    /// An editor of a document that has the load test's settings.
    package init(
        document: String, settings: LoadSettings, user: String? = nil, seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        self.document = document
        source = settings.source
        session = ClientSession(client: "hunch load", user: user, token: settings.token)
        typist = Typist(seed: random.next(), bound: settings.documentLength)
        utterances = Utterances(seed: random.next())
        session.open(document)
    }

    /// Says hello on a new connection.
    package mutating func connected() { session.connected() }

    package mutating func takeOutgoing() -> [ClientMessage] { session.takeOutgoing() }

    /// The number of the document's edits that are here, and whether nothing of this editor's is unsaved
    /// or unanswered.
    package var revision: Int { session.documents[document]?.replica.revision ?? 0 }
    package var isSaved: Bool { session.documents[document]?.replica.isSaved ?? false }
    package var openRequests: Int { requests.count }

    /// When the edit of that number was due first, if it is one of the last.
    package func due(ofEdit sequence: Int) -> Instant? {
        recent[sequence % recent.count]
    }

    // MARK: Acting

    /// Does what was due at `due`.
    package mutating func act(_ action: LoadAction, due: Instant, _ measures: inout LoadMeasures) {
        switch action {
        case .edit: type(due: due, &measures)
        case .classify: ask(.classify(.init(text: utterances.next())), action, due, &measures)
        case .recommend:
            let body = ClientMessage.Body.recommend(.init(source: source, query: utterances.next()))
            ask(body, action, due, &measures)
        }
    }

    private mutating func ask(
        _ body: ClientMessage.Body, _ action: LoadAction, _ due: Instant,
        _ measures: inout LoadMeasures
    ) {
        lastID += 1
        requests.append(Request(id: lastID, action: action, due: due))
        session.send(ClientMessage(id: .integer(lastID), body))
        measures.requests += 1
    }

    private mutating func type(due: Instant, _ measures: inout LoadMeasures) {
        guard let length = session.documents[document]?.replica.length else { return }
        let stroke = typist.next(caret: caret, length: length) {
            session.documents[document]?.replica.text ?? Text()
        }
        waiting.append(due)
        measures.editsDue += 1
        session.edit(document, stroke.operation)
        caret = stroke.caret
        takeOff(&measures)
    }

    /// Notes the edit that has just gone out, if one has.
    private mutating func takeOff(_ measures: inout LoadMeasures) {
        guard flight == nil, !waiting.isEmpty else { return }
        if let sequence = session.documents[document]?.replica.inFlight?.sequence {
            flight = Flight(sequence: sequence, due: waiting)
            recent[sequence % recent.count] = waiting[0]
            measures.editsSent += 1
        } else {
            // A key and its backspace met while they waited.
            measures.editsCancelled += waiting.count
        }
        waiting = []
    }

    // MARK: Hearing

    /// Takes results of which only the head was read.
    package mutating func receive(
        _ head: ResultsHead, now: Instant, _ measures: inout LoadMeasures
    ) {
        measures.results += 1
        let event = session.note(
            head.model, kind: head.kind, document: document, revision: head.revision,
            pending: head.pending)
        guard case .results(_, _, _, let entry) = event,
            let model = session.documents[document]?.results.models.firstIndex(where: {
                $0.name == ResultsAccount.name(of: head.model)
            })
        else { return }
        switch entry {
        case .partial: break
        // What was typed has come to rest: that is said once more.
        case .repeated where head.hasEntries: break
        case .repeated(let revision):
            measures.fault("results repeated", "\(head.model) covers revision \(revision) twice")
        case .backwards(let revision, let newest):
            measures.fault("results out of order", "\(head.model): \(revision) after \(newest)")
        case .covers(let revisions):
            if flight != nil {
                early.append(Early(model: model, covered: revisions.upperBound, time: now))
            }
            for flight in unanswered where revisions.contains(flight.revision) {
                record(flight, "edit→results \(head.kind)", now, &measures)
            }
            forgetAnswered()
        }
    }

    private func record(
        _ flight: Flight, _ kind: String, _ now: Instant, _ measures: inout LoadMeasures
    ) {
        for due in flight.due { measures.record(kind, now.since(due)) }
    }

    /// Forgets edits that all known models have answered; a model may yet turn up for the last few.
    private mutating func forgetAnswered() {
        guard unanswered.count > 16, let results = session.documents[document]?.results else {
            return
        }
        unanswered.removeAll { results.covers($0.revision) }
    }

    /// Takes any other message.
    ///
    /// - Returns: whether the document has been opened by it.
    package mutating func receive(
        _ message: ServerMessage, now: Instant, _ measures: inout LoadMeasures
    ) throws(ClientError) -> Bool {
        switch try session.receive(message) {
        case .opened:
            caret = session.documents[document]?.replica.length ?? 0
            return true
        case .changed(_, let effect):
            measures.relays += 1
            caret = effect.moved(caret)
        case .acknowledged(_, let sequence, let revision, let effect):
            caret = effect.moved(caret)
            acknowledged(sequence, revision, now, &measures)
        case .reply(let message): replied(message, now, &measures)
        case .error(let error, _): measures.fault("error \(error.code.rawValue)", error.message)
        case .bye(let bye): measures.fault("bye", bye.reason.rawValue)
        case .welcomed, .results, nil: break
        }
        return false
    }

    private mutating func acknowledged(
        _ sequence: Int, _ revision: Int, _ now: Instant, _ measures: inout LoadMeasures
    ) {
        guard var flight, flight.sequence == sequence else {
            return measures.fault("ack out of order", "of edit \(sequence)")
        }
        flight.revision = revision
        self.flight = nil
        measures.editsSaved += 1
        record(flight, "edit→ack", now, &measures)
        for (index, model) in (session.documents[document]?.results.models ?? []).enumerated() {
            guard let answer = early.first(where: { $0.model == index && $0.covered >= revision })
            else { continue }
            record(flight, "edit→results \(model.kind)", answer.time, &measures)
        }
        early = []
        unanswered.append(flight)
        takeOff(&measures)
    }

    private mutating func replied(
        _ message: ServerMessage, _ now: Instant, _ measures: inout LoadMeasures
    ) {
        guard case .integer(let id) = message.id,
            let index = requests.firstIndex(where: { $0.id == id })
        else { return measures.fault("reply to nothing", message.body.type.description) }
        let request = requests.remove(at: index)
        measures.replies += 1
        measures.record(request.action.rawValue, now.since(request.due))
        guard case .results(let results) = message.body, results.answers(request.action)
        else {
            return measures.fault("wrong reply", "\(message.body.type) to \(request.action)")
        }
        for (part, micros) in [
            ("queued", results.queuedMicroseconds), ("computed", results.computeMicroseconds),
        ] {
            measures.record("\(request.action.rawValue), \(part)", UInt64(micros) * 1000)
        }
    }

    // MARK: The end

    /// What is missing when everything should have come, in words.
    package func shortfalls(lastRevision: Int, models: Set<String>) -> [String] {
        guard let document = session.documents[document] else { return ["the document"] }
        var missing: [String] = []
        if flight != nil || !waiting.isEmpty { missing.append("ack") }
        if document.replica.revision < lastRevision { missing.append("relay") }
        if !requests.isEmpty { missing.append("reply") }
        guard lastRevision > 0 else { return missing }
        for model in models.sorted() {
            let name = ResultsAccount.name(of: model)
            let covered = document.results.models.first { $0.name == name }?.covered ?? 0
            if covered < lastRevision { missing.append("results of \(model)") }
        }
        return missing
    }
}

extension ServerMessage.Results {
    /// Whether it is the single answer to a request.
    fileprivate func answers(_ action: LoadAction) -> Bool {
        switch (kind, action) {
        case (.intent, .classify), (.tags, .classify), (.recommendations, .recommend):
            entries.count == 1
        default: false
        }
    }
}
