// A shard's connections: how they come, and how they end.

internal import Documents
internal import Reactor
internal import Telemetry
internal import WebSocket
internal import Wire

/// A listener of the first shard.
struct ListenerSlot {
    let listener: Listener
    /// Through the file system, with an operator's rights.
    let isLocal: Bool
}

extension Shard {
    // MARK: Coming

    /// Adds a listener; its connections are handed out to all shards in turn.
    func listen(_ listener: Listener, isLocal: Bool) {
        listener.watch(on: loop, token: UInt64(listeners.count))
        listeners.append(ListenerSlot(listener: listener, isLocal: isLocal))
    }

    func accept(_ number: Int) {
        let slot = listeners[number]
        while true {
            switch slot.listener.accept() {
            case .connection(let socket): place(Channel(socket), isLocal: slot.isLocal)
            case .none: return
            case .exhausted(let error): return pause(number, error)
            }
        }
    }

    private func place(_ channel: consuming Channel, isLocal: Bool) {
        accepted += 1
        let open = context.metrics.connectionOpened()
        var connection = Connection(
            channel, endpoint: Endpoint(maximumMessageSize: context.limits.messageBytes),
            number: accepted, isLocal: isLocal, now: now,
            deadline: now.advanced(byMilliseconds: context.times.greeting))
        connection.isRefused = isDraining || (open > context.limits.connections && !isLocal)
        let target = accepted % context.inboxes.count
        let transfer = Transfer(connection)
        if target == index {
            adopt(transfer)
        } else {
            context.inboxes[target].post(.adopt(transfer))
        }
    }

    /// Leaves those who come in the kernel's queue for a moment: there are no descriptors left.
    private func pause(_ number: Int, _ error: SocketError) {
        listeners[number].listener.pause(on: loop, token: UInt64(number))
        timers.schedule(UInt64(number), at: now.advanced(byMilliseconds: 200))
        context.metrics.errors["accept"].add()
        note(.error, ["code": "accept", "message": .string(error.description)])
    }

    /// Takes a connection in, from the listener or from another shard.
    func adopt(_ transfer: Transfer) {
        guard let connection = transfer.take() else { return }
        let token = connections.insert(connection)
        connections[token].channel.watch(on: loop, token: token)
        // Once it has said hello, silence may end it sooner than the wait for hello would.
        let sign = now.advanced(byMilliseconds: context.times.ping)
        timers.schedule(token.rawValue, at: min(connections[token].deadline, sign))
        if let origin = transfer.origin {
            if let session = connections[token].session,
                !context.sessions.move(session.id, from: origin, to: ref(token))
            {
                // Taken over on its way, when neither shard knew of it.
                return end(token, with: WireError(.takenOver))
            }
            markDirty(token)
            checkKey(of: token)
            guard connections.contains(token), connections[token].stage != .closing else { return }
        } else {
            note(.connect, ["connection": .integer(connections[token].number)])
        }
        if isDraining { markDirty(token) }
        if let message = transfer.message { handle(message, from: token) }
        reprocess(transfer.unread, of: token)
        if connections.contains(token), connections[token].channel.isAtEnd { finishReading(token) }
    }

    /// Ends the sessions that would not be let in again as they were.
    func endRevoked() {
        for token in connections.tokens { checkKey(of: token) }
    }

    private func checkKey(of token: SlabToken) {
        guard let session = connections[token].session, !connections[token].isLocal,
            !context.access.stands(session)
        else { return }
        end(token, with: WireError(.unauthorized, "the keys of the environment were changed"))
    }

    /// Gives a connection to another shard, with what it has sent and we have not handled.
    func move(_ token: SlabToken, to shard: Int, with message: ClientMessage, unread: [UInt8]) {
        guard var connection = connections.remove(token) else { return }
        connection.channel.unwatch(on: loop)
        connection.isDirty = false
        connection.isPaused = false
        connection.updateReading()
        context.inboxes[shard].post(
            .adopt(Transfer(connection, unread: unread, message: message, origin: ref(token))))
    }

    func ref(_ token: SlabToken) -> ConnectionRef { ConnectionRef(shard: index, token: token) }

    // MARK: Sending

    func markDirty(_ token: SlabToken) {
        guard !connections[token].isDirty else { return }
        connections[token].isDirty = true
        dirty.append(token)
    }

    /// Sends what each connection was given in this round, in one call each.
    ///
    /// Where one ends here, or has caught up, others or itself get something to send: they have their
    /// turn behind the rest.
    func flush() {
        var next = 0
        while next < dirty.count {
            let token = dirty[next]
            next += 1
            guard connections.contains(token) else { continue }
            connections[token].isDirty = false
            if let error = connections[token].channel.flush() {
                drop(token, because: error.description)
            } else {
                afterFlush(token)
            }
        }
        dirty.removeAll(keepingCapacity: true)
    }

    private func afterFlush(_ token: SlabToken) {
        let backlog = connections[token].channel.backlog
        switch connections[token].stage {
        case .closing: finish(token)
        case .halfClosed where connections[token].owed == 0: close(token, .normalClosure)
        case .greeting where isDraining, .open where isDraining && connections[token].owed == 0:
            close(token, .goingAway, reason: ErrorCode.draining.rawValue)
        case .open where backlog > context.limits.sendHighBytes:
            end(token, with: WireError(.slowReader))
        default: updateCongestion(token, backlog)
        }
        if connections.contains(token) { updateInterest(token) }
    }

    /// Ends our half of the stream once nothing waits and no Close of the peer is awaited.
    private func finish(_ token: SlabToken) {
        guard connections[token].channel.backlog == 0, !connections[token].endpoint.awaitsClose()
        else { return }
        if connections[token].channel.isAtEnd { return drop(token, because: "closed") }
        guard !connections[token].hasFinished else { return }
        connections[token].hasFinished = true
        connections[token].channel.finishWriting()
    }

    func updateInterest(_ token: SlabToken) {
        connections[token].channel.updateInterest(on: loop, token: token)
    }

    // MARK: Ending

    /// Answers with an error that ends the connection.
    func end(_ token: SlabToken, with error: WireError, id: MessageID? = nil) {
        guard connections.contains(token), connections[token].stage != .closing else { return }
        report(error, id: id, to: ref(token))
        close(token, .policyViolation, reason: error.code.rawValue)
    }

    /// Begins the closing handshake: what is queued is sent, the peer has some seconds to read it.
    func close(_ token: SlabToken, _ code: CloseCode?, reason: String = "") {
        guard connections.contains(token) else { return }
        if connections[token].stage != .closing {
            connections[token].close(code, reason: reason)
            connections[token].deadline = now.advanced(byMilliseconds: context.times.closing)
            timers.schedule(token.rawValue, at: connections[token].deadline)
            forget(token)
        }
        connections[token].updateReading()
        markDirty(token)
    }

    /// Ends a connection at once.
    func drop(_ token: SlabToken, because reason: String) {
        guard connections.contains(token) else { return }
        forget(token)
        guard let connection = connections.remove(token) else { return }
        context.metrics.connectionClosed()
        note(
            .disconnect, session: connection.session,
            ["connection": .integer(connection.number), "reason": .string(reason)])
        leaveIfEmpty()
    }

    /// Has nobody send anything to a connection any more.
    private func forget(_ token: SlabToken) {
        watchers.remove(token)
        if let session = connections[token].session {
            context.sessions.release(session.id, by: ref(token))
        }
        let homes = Set(connections[token].openDocuments.map(context.shard))
        connections[token].openDocuments = []
        for home in homes {
            if home == index {
                unsubscribe(ref(token))
            } else {
                context.inboxes[home].post(.disconnected(ref(token)))
            }
        }
    }

    // MARK: Time

    func expireTimers() {
        while let raw = timers.popExpired(at: now) {
            let token = SlabToken(raw)
            if raw < UInt64(listeners.count) {
                guard !isDraining else { continue }
                listeners[Int(raw)].listener.resume(on: loop, token: raw)
            } else if raw == Self.evictionTimer {
                evict()
            } else if raw == Self.outcomeTimer {
                keepOutcomes()
            } else if connections.contains(token) {
                expire(token)
            }
        }
    }

    private func expire(_ token: SlabToken) {
        if connections[token].deadline <= now { pass(token) }
        if connections.contains(token) {
            timers.schedule(token.rawValue, at: connections[token].deadline)
        }
    }

    /// Does what is due when a connection's time is over.
    private func pass(_ token: SlabToken) {
        switch connections[token].stage {
        case .greeting: giveUpGreeting(token)
        case .open: checkLife(token)
        case .halfClosed, .closing:
            connections[token].channel.reset()
            drop(token, because: "closing took too long")
        }
    }

    private func giveUpGreeting(_ token: SlabToken) {
        switch connections[token].endpoint.transport {
        case .undecided: drop(token, because: "nothing came")
        case .http:
            respond(.refusal(.requestTimeout, ["Connection": "close"]), to: token)
        case .webSocket, .lines: end(token, with: WireError(.helloRequired, "in time"))
        case .echo: connections[token].stage = .open
        }
    }

    /// Asks a silent peer for a sign, and gives up one that gave none.
    private func checkLife(_ token: SlabToken) {
        let due = connections[token].heard.advanced(byMilliseconds: context.times.ping)
        // Watchers on plain TCP have nothing to say, and one that waits for our disk is not silent.
        if due > now || watchers.contains(token) || connections[token].isPaused
            || connections[token].isBusy
        {
            connections[token].deadline = max(
                due, now.advanced(byMilliseconds: context.times.ping / 2))
        } else if !connections[token].isPinged {
            connections[token].isPinged = true
            let nothing: [UInt8] = []
            connections[token].send(.ping, nothing.span)
            connections[token].deadline = now.advanced(byMilliseconds: context.times.ping)
            markDirty(token)
        } else {
            say(goodbye(.idle), to: token)
            close(token, .goingAway, reason: "idle")
        }
    }
}
