// What each message of a client leads to.

internal import Documents
internal import Reactor
internal import Telemetry
internal import WebSocket
internal import Wire

extension Shard {
    /// Handles a message on the shard of its connection; what concerns a document goes to its shard.
    func handle(_ message: ClientMessage, from token: SlabToken) {
        if connections[token].isRefused || isDraining && connections[token].session == nil {
            return turnAway(token)
        }
        // After `bye` nothing is begun any more: what is not acknowledged the client sends again.
        if isDraining { return }
        if case .hello(let hello) = message.body { return greet(hello, id: message.id, token) }
        guard let session = connections[token].session else {
            return report(WireError(.helloRequired), id: message.id, to: ref(token))
        }
        if message.body.isRequest { owe(token) }
        let caller = Caller(connection: ref(token), session: session)
        switch message.body {
        case .ping: say(ServerMessage(id: message.id, .pong), to: token)
        case .watch, .unwatch, .deploy, .apply, .status, .item, .review, .reviewed,
            .drift:
            guard session.isOperator else {
                return refuse(.notAnOperator(session), id: message.id, to: ref(token))
            }
            operate(message, from: token, caller)
        default:
            if let document = message.body.document, !session.rights.documents.allows(document) {
                let error = WireError(.forbidden, document: document)
                return refuse(message, with: error, to: ref(token))
            }
            if admit(message, from: token) { route(message, caller) }
        }
    }

    /// Hands a request to the shard of its document.
    private func route(_ message: ClientMessage, _ caller: Caller) {
        let home = message.body.home(in: context) ?? index
        if home == index {
            answer(message, from: caller)
        } else {
            context.inboxes[home].post(.request(message, from: caller))
        }
    }

    /// Keeps the account of the documents that a connection has open.
    private func admit(_ message: ClientMessage, from token: SlabToken) -> Bool {
        switch message.body {
        case .open(let open):
            let known = connections[token].openDocuments
            guard !known.contains(open.document), known.count < context.limits.openDocuments else {
                let code: ErrorCode =
                    known.contains(open.document) ? .documentAlreadyOpen : .tooManyDocuments
                refuse(WireError(code, document: open.document), id: message.id, to: ref(token))
                return false
            }
            connections[token].openDocuments.append(open.document)
        case .close(let document): connections[token].openDocuments.removeAll { $0 == document }
        default: break
        }
        return true
    }

    /// Answers on the shard of the document, or for any shard if there is none.
    func answer(_ message: ClientMessage, from caller: Caller) {
        if hasToWait(message, caller) { return }
        switch message.body {
        case .open(let open): self.open(open, id: message.id, from: caller)
        case .edit(let edit): self.edit(edit, id: message.id, from: caller)
        case .close(let document): close(document, id: message.id, from: caller)
        case .presence(let presence): show(presence, id: message.id, from: caller)
        case .classify(let classify): self.classify(classify, id: message.id, from: caller)
        case .recommend(let recommend): self.recommend(recommend, id: message.id, from: caller)
        case .interact(let interact): self.interact(interact, id: message.id, from: caller)
        case .feedback(let feedback): take(feedback, id: message.id, from: caller)
        case .item(let item): change(item, id: message.id, from: caller)
        case .explain(let explained): explain(explained, id: message.id, from: caller)
        case .hello, .ping, .watch, .unwatch, .deploy, .apply, .status, .review, .reviewed, .drift:
            break
        }
    }

    // MARK: Sessions

    private func greet(_ hello: ClientMessage.Hello, id: MessageID?, _ token: SlabToken) {
        guard hello.version == protocolVersion else {
            return end(token, with: WireError(.unsupportedProtocol), id: id)
        }
        guard connections[token].session == nil else {
            return report(WireError(.helloRepeated), id: id, to: ref(token))
        }
        let grant = context.access.grant(
            token: hello.token, user: hello.user, isLocal: connections[token].isLocal)
        guard let grant else { return end(token, with: WireError(.unauthorized), id: id) }
        if let branch = hello.branch, hasModels, !deployments.branchNames.contains(branch) {
            return report(
                .unknownBranch(branch, live: deployments.branchNames), id: id, to: ref(token))
        }
        var random = SystemRandomNumberGenerator()
        let session = Session(
            id: hello.session ?? SessionID(using: &random), user: grant.user,
            isOperator: grant.isOperator, rights: grant.rights, branch: hello.branch,
            key: grant.key)
        begin(session, token)
        note(
            .hello, session: session,
            ["connection": .integer(connections[token].number), "user": .string(session.user)])
        let welcome = ServerMessage.Welcome(
            server: context.name, session: session.id, user: session.user,
            limits: context.wireLimits)
        say(ServerMessage(id: id, .welcome(welcome)), to: token)
    }

    private func begin(_ session: Session, _ token: SlabToken) {
        connections[token].session = session
        connections[token].stage = .open
        connections[token].deadline = now.advanced(byMilliseconds: context.times.ping)
        let earlier = context.sessions.claim(session.id, for: ref(token))
        guard let earlier, earlier != ref(token) else { return }
        if earlier.shard == index {
            end(earlier.token, with: WireError(.takenOver))
        } else {
            context.inboxes[earlier.shard].post(.takenOver(earlier.token))
        }
    }

    private func turnAway(_ token: SlabToken) {
        let code = isDraining ? ErrorCode.draining : .overloaded
        end(token, with: WireError(code, retryAfterMilliseconds: Self.retryMilliseconds))
    }

    static var retryMilliseconds: Int { 1000 }
}

extension WireError {
    /// Says what one without an operator's rights can do about it.
    fileprivate static func notAnOperator(_ session: Session) -> WireError {
        WireError(
            .forbidden,
            session.key == nil
                ? "this environment is protected and has no keys: add one of role operator to its environment.json"
                : "its role is editor, and this takes an operator")
    }
}

extension ClientMessage.Body {
    /// Whether a reply is owed to it, at once or later; that to `hello` and `ping` comes at once.
    var isRequest: Bool {
        switch self {
        case .hello, .ping, .presence: false
        case .open, .edit, .close, .classify, .recommend, .interact, .feedback, .item, .explain,
            .watch, .unwatch, .deploy, .apply, .status, .review, .reviewed, .drift:
            true
        }
    }

    /// The shard of what a message concerns; `nil` where any will do.
    func home(in context: ServiceContext) -> Int? {
        if case .question(_, let shard) = answer?.subject {
            return context.inboxes.indices.contains(shard) ? shard : nil
        }
        return document.map(context.shard)
    }

    /// The answer of a model that a message is about.
    private var answer: AnswerName? {
        switch self {
        case .interact(let interact): AnswerName(interact.recommendation)
        case .feedback(let feedback): AnswerName(feedback.prediction)
        case .explain(.prediction(let name, _)), .explain(.recommendation(let name, _)):
            AnswerName(name)
        default: nil
        }
    }

    /// The document that a message concerns.
    var document: String? {
        switch self {
        case .open(let open): open.document
        case .edit(let edit): edit.document
        case .close(let document): document
        case .presence(let presence): presence.document
        case .recommend(let recommend): recommend.document
        case .interact, .feedback, .explain: answer?.document
        case .hello, .classify, .item, .watch, .unwatch, .ping, .deploy, .apply, .status, .review,
            .reviewed, .drift:
            nil
        }
    }
}
