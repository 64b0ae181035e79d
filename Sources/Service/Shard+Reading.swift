// From bytes to messages.

internal import Reactor
internal import Telemetry
internal import WebSocket
internal import Wire

extension Shard {
    /// Reads a connection once: level-triggered readiness brings us back if more is there.
    func read(_ token: SlabToken) {
        switch connections[token].channel.receive(into: &buffer) {
        case .bytes(let count):
            connections[token].heard = now
            connections[token].isPinged = false
            process(token, count)
        case .wouldBlock: break
        case .endOfStream: finishReading(token)
        case .failed(let error): drop(token, because: error.description)
        }
    }

    /// Handles bytes that were read of a connection before it moved here.
    func reprocess(_ bytes: [UInt8], of token: SlabToken) {
        guard !bytes.isEmpty, connections.contains(token) else { return }
        buffer.replaceSubrange(0..<bytes.count, with: bytes)
        process(token, bytes.count)
    }

    /// Handles the first `count` bytes of the buffer.
    private func process(_ token: SlabToken, _ count: Int) {
        var unread = 0..<count
        while connections.contains(token) {
            let event: Endpoint.Event?
            do throws(EndpointError) {
                event = try nextEvent(token, &unread)
            } catch {
                return violate(token, error)
            }
            guard let event else { return pauseIfFull(token) }
            if connections[token].stage == .closing {
                if case .close = event { close(token, nil) }
            } else {
                take(event, from: token, unread: unread)
            }
            guard connections.contains(token) else { return }
            guard keepsUp(token) else { return }
        }
    }

    /// Ends a connection to which too much is sent: one read can hold thousands of requests for long texts.
    ///
    /// It is judged by what the kernel has not taken, as a single answer can be as long as the mark.
    private func keepsUp(_ token: SlabToken) -> Bool {
        guard connections[token].channel.backlog > context.limits.sendHighBytes else { return true }
        if let error = connections[token].channel.flush() {
            drop(token, because: error.description)
        } else if connections[token].channel.backlog > context.limits.sendHighBytes {
            end(token, with: WireError(.slowReader))
        } else {
            return true
        }
        return false
    }

    private func nextEvent(
        _ token: SlabToken, _ unread: inout Range<Int>
    ) throws(EndpointError) -> Endpoint.Event? {
        var bytes = buffer.mutableSpan
        return try connections[token].endpoint.next(&bytes, in: &unread)
    }

    private func take(_ event: Endpoint.Event, from token: SlabToken, unread: Range<Int>) {
        switch event {
        case .message(let payload): receive(payload, from: token, unread: unread)
        case .tooLong: report(WireError(.messageTooLong), to: ref(token))
        case .request(let request): answer(request, from: token)
        case .echo(let opcode, let payload): reply(opcode, payload, to: token)
        case .ping(let payload): reply(.pong, payload, to: token)
        case .sign: break
        case .close(let code): close(token, code)
        }
    }

    /// Sends a payload back, out of the buffer in which it came.
    private func reply(_ opcode: Opcode, _ payload: Payload, to token: SlabToken) {
        payload.withSpan(of: buffer.span) { connections[token].send(opcode, $0) }
        markDirty(token)
    }

    private func receive(_ payload: Payload, from token: SlabToken, unread: Range<Int>) {
        let message: ClientMessage
        do throws(RefusedMessage) {
            message = try payload.withSpan(of: buffer.span, ClientMessage.init(decoding:))
        } catch {
            return report(error.error, id: error.id, to: ref(token))
        }
        context.metrics.received(message.body.type)
        if let home = newHome(for: message, of: token) {
            move(token, to: home, with: message, unread: Array(buffer[unread]))
        } else {
            handle(message, from: token)
        }
    }

    /// The shard that a connection moves to with its first document.
    private func newHome(for message: ClientMessage, of token: SlabToken) -> Int? {
        guard context.inboxes.count > 1, case .open(let open) = message.body,
            connections[token].session != nil, connections[token].openDocuments.isEmpty,
            connections[token].owed == 0, connections[token].watches.isEmpty
        else { return nil }
        let home = context.shard(of: open.document)
        return home == index ? nil : home
    }

    /// Answers a breach of the framing, after which nothing more can be read.
    ///
    /// It is answered once: what comes behind it is read only so that the answer is not lost.
    private func violate(_ token: SlabToken, _ error: EndpointError) {
        guard connections[token].stage != .closing else { return }
        context.metrics.errors["framing"].add()
        note(
            .error, session: connections[token].session,
            ["code": "framing", "message": .string("\(error)")])
        switch error {
        case .http(let error): respond(error.response, to: token)
        case .webSocket(let error): close(token, error.closeCode, reason: "\(error)")
        case .binaryMessage: close(token, .unsupportedData, reason: "messages are text")
        case .encrypted, .unknownProtocol: drop(token, because: "\(error)")
        }
    }

    /// Deals with a peer that writes no more.
    func finishReading(_ token: SlabToken) {
        if let payload = connections[token].endpoint.lastMessage() {
            receive(payload, from: token, unread: 0..<0)
        }
        guard connections.contains(token) else { return }
        switch (connections[token].endpoint.transport, connections[token].stage) {
        case (.lines, .greeting), (.lines, .open):
            connections[token].stage = .halfClosed
            connections[token].deadline = now.advanced(byMilliseconds: context.times.closing)
            timers.schedule(token.rawValue, at: connections[token].deadline)
            markDirty(token)
        case (.lines, .halfClosed): break
        case (_, .closing) where connections[token].channel.backlog > 0: updateInterest(token)
        default: drop(token, because: "the peer closed")
        }
    }
}
