import Client
import Documents
import Numerics
import Wire

/// A server of one document without I/O: what is committed is saved by `save`, and lost by `crash` if it
/// was not; messages lie on their links until somebody moves them.
struct ModelServer {
    struct Link {
        var session: SessionID?
        var isSubscribed = false
        /// Subscribed before what is not saved yet.
        var toServer: [ClientMessage] = []
        var toClient: [ServerMessage] = []
    }

    static let name = "test/document"
    let epoch = "e1"
    private(set) var document: Document
    private(set) var saved: Document
    private var unsaved: [(edit: CommittedEdit, link: Int)] = []
    var links: [Link]
    var random: SplitMix64

    init(links: Int, history: Int, sessions: Int = 1024, seed: UInt64) {
        document = Document(
            epoch: 1, limits: DocumentLimits(historyCount: history, sessions: sessions))
        saved = document
        self.links = Array(repeating: Link(), count: links)
        random = SplitMix64(seed: seed)
    }

    /// Handles the first message of a link.
    mutating func handle(_ link: Int) {
        guard !links[link].toServer.isEmpty else { return }
        let message = links[link].toServer.removeFirst()
        switch message.body {
        case .hello(let hello):
            let session = hello.session ?? SessionID(using: &random)
            links[link].session = session
            say(
                .welcome(
                    .init(
                        server: "model", session: session, user: "",
                        limits: .init(
                            maximumMessageBytes: 1 << 20, maximumDocumentUnits: 1 << 20,
                            maximumOpenDocuments: 1, historyRevisions: document.limits.historyCount,
                            pingSeconds: 0))), to: link)
        case .open(let open):
            // Nobody sees what is not saved.
            save()
            links[link].isSubscribed = true
            say(.opened(opened(open, link)), to: link)
        case .edit(let edit): self.edit(edit, link)
        default: break
        }
    }

    private func opened(_ open: ClientMessage.Open, _ link: Int) -> ServerMessage.Opened {
        var opened = ServerMessage.Opened(
            document: Self.name, epoch: epoch, revision: document.revision, sequence: 0,
            content: .text(document.text.string, isResync: open.from != nil))
        if let session = links[link].session {
            opened.sequence = document.lastEdit(of: session)?.sequence ?? 0
        }
        if let from = open.from, open.epoch == epoch, let edits = document.edits(since: from) {
            opened.content = .edits(edits.map(RelayedEdit.init))
        }
        return opened
    }

    private mutating func edit(_ edit: ClientMessage.Edit, _ link: Int) {
        guard let session = links[link].session else { return }
        do throws(EditError) {
            let commit = try document.commit(
                Edit(
                    session: session, user: "", base: edit.base, sequence: edit.sequence,
                    operation: edit.operation))
            switch commit {
            case .made(let edit, _): unsaved.append((edit, link))
            case .repeated(let revision):
                save()
                say(
                    .ack(
                        .init(document: Self.name, sequence: edit.sequence, revision: revision)),
                    to: link)
            }
        } catch {
            var code = ErrorCode.wrongBase
            if case .sequenceGap = error { code = .sequenceGap }
            say(.error(WireError(code, "\(error)", document: Self.name)), to: link)
            if case .baseTooOld = error {
                save()
                say(.opened(opened(.init(document: Self.name, from: 0), link)), to: link)
            }
        }
    }

    /// Saves what is committed, acknowledges it and tells the others.
    mutating func save() {
        saved = document
        for (edit, author) in unsaved {
            for link in links.indices where links[link].isSubscribed {
                if link == author, links[link].session == edit.session {
                    say(
                        .ack(
                            .init(
                                document: Self.name, sequence: edit.sequence,
                                revision: edit.revision)), to: link)
                } else {
                    say(
                        .edit(.init(document: Self.name, edit: RelayedEdit(edit))), to: link)
                }
            }
        }
        unsaved = []
    }

    /// Ends a link and all that lies on it.
    mutating func drop(_ link: Int) { links[link] = Link() }

    /// Loses what is not saved, and all links.
    mutating func crash() {
        document = saved
        unsaved = []
        for link in links.indices { drop(link) }
    }

    private mutating func say(_ body: ServerMessage.Body, to link: Int) {
        // Through bytes, as between processes.
        var bytes: [UInt8] = []
        ServerMessage(body).encode(into: &bytes)
        guard let message = try? ServerMessage(decoding: bytes.span) else {
            preconditionFailure("the server cannot read what it writes")
        }
        links[link].toClient.append(message)
    }
}
