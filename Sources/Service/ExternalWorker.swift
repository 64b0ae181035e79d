// A model that is a program, isolated on an event loop of its own.

internal import Dispatch
internal import JSON
internal import Numerics
internal import Reactor
internal import Synchronization
internal import Telemetry
internal import Wire

/// Asks programs, and keeps them running.
///
/// All shards share one. What it can answer late, wrongly or not at all is only what it was asked:
/// nobody waits for a program but its own texts. One that breaks the protocol, ends or takes too long is
/// killed and started anew after a while. At most `queue` texts wait, beside those of batches that failed,
/// none longer than a start may take.
actor ExternalWorker {
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private nonisolated let loop = EventLoop(label: "hunch.external")
    private nonisolated let mailbox = WorkerMailbox<ExternalQuestion>()
    private nonisolated let isStopping = Atomic(false)
    private nonisolated let definition: ExternalDefinition
    private nonisolated let folder: String
    private nonisolated let model: String
    private nonisolated let eventLog: EventLog
    private nonisolated let metrics: ProgramMetrics

    private var programs = Slab<ExternalProgram>()
    private var places: [SlabToken] = []
    /// What each program is asked, by its place.
    private var batches: [ExternalQueue.Batch?] = []
    private var queue: ExternalQueue
    /// Programs whose complaints are not read for a while.
    private var quiet: [Int: Instant] = [:]
    private var isEnding = false
    /// How often in a row programs ended before they were ready.
    private var failedStarts = 0
    private var now = Instant.now()
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var events: [Event] = []
    private var taken: [ExternalQuestion] = []

    init(
        _ definition: ExternalDefinition, in folder: String, model: String, eventLog: EventLog,
        metrics: ProgramMetrics
    ) {
        self.definition = definition
        self.folder = folder
        self.model = model
        self.eventLog = eventLog
        self.metrics = metrics
        queue = ExternalQueue(capacity: definition.queue)
    }

    /// Starts the programs; the worker lives until they have ended.
    nonisolated func start(onEnd: @escaping @Sendable () -> Void) {
        loop.start { ready in
            self.assumeIsolated { $0.round(ready, onEnd) }
            return false
        }
    }

    /// Has the programs end, and refuses what they have not answered.
    nonisolated func stop() {
        isStopping.store(true, ordering: .releasing)
        loop.wake()
    }

    /// Asks from any thread.
    nonisolated func ask(_ question: ExternalQuestion) {
        if mailbox.add(question) { loop.wake() }
    }

    private func round(_ ready: [Readiness], _ onEnd: () -> Void) {
        now = .now()
        if places.isEmpty { makePrograms() }
        mailbox.drain(into: &taken) { questions in
            for question in questions { take(question) }
        }
        for event in ready { serve(event) }
        if isStopping.load(ordering: .acquiring) { end() }
        expire()
        handOut()
        publishEvents()
        loop.arm(nextDeadline)
        guard isEnding, places.allSatisfy({ programs[$0].isEnded }) else { return }
        mailbox.close { $0.reply(nil, 0) }
        loop.stop()
        onEnd()
    }

    private func makePrograms() {
        for place in 0..<definition.concurrency {
            let seed = hash(model.utf8.span) &+ UInt64(place)
            places.append(programs.insert(ExternalProgram(seed: seed, at: now)))
            batches.append(nil)
        }
    }

    private var nextDeadline: Instant? {
        (places.compactMap { programs[$0].deadline } + quiet.values
            + [queue.deadline].compactMap(\.self))
            .min()
    }

    // MARK: Questions

    private func take(_ question: ExternalQuestion) {
        guard !isEnding else { return question.reply(nil, 0) }
        let deadline = now.advanced(byMilliseconds: definition.startMillis)
        if queue.add(question, until: deadline) { return }
        // What came in the same round may still wait only because nobody was asked yet.
        handOut()
        if queue.add(question, until: deadline) { return }
        metrics.refused.add(UInt64(question.texts.count))
        question.reply(nil, 0)
    }

    /// Gives idle programs what waits.
    private func handOut() {
        for (place, token) in places.enumerated() where programs[token].isIdle {
            guard let (batch, texts) = queue.take(definition.batch, at: now) else { return }
            batches[place] = batch
            let deadline = now.advanced(byMilliseconds: definition.timeoutMillis)
            let failure = programs[token].ask(texts, definition, until: deadline)
            if let failure { take(failure, place) } else { watchInput(place) }
        }
    }

    /// Gives the texts of a batch their answers; where it has none, they are asked once more, each alone.
    private func settle(_ place: Int, _ answers: [ResultContent?]?) {
        guard let batch = batches[place] else { return }
        batches[place] = nil
        let deadline = now.advanced(byMilliseconds: definition.startMillis)
        if answers == nil, queue.takeBack(batch, at: now, until: deadline) { return }
        let count = answers?.count { $0 == nil } ?? batch.count
        metrics.unanswered.add(UInt64(count))
        // Whoever hears that there is no answer may look for the reason at once.
        publishEvents()
        queue.settle(batch, answers, at: now)
    }

    // MARK: Programs

    private func token(_ place: Int, _ stream: ExternalProgram.Stream) -> UInt64 {
        UInt64(place) << 2 | stream.rawValue
    }

    /// A report on a process before the present one finds nothing to read, which does no harm.
    private func serve(_ event: Readiness) {
        let place = Int(event.token >> 2)
        guard place < places.count, let stream = ExternalProgram.Stream(rawValue: event.token & 3)
        else { return }
        switch stream {
        case .output:
            for event in programs[places[place]].receive(into: &buffer) { take(event, place) }
        case .errors: readErrors(place)
        case .input:
            guard let input = programs[places[place]].input else { return }
            loop.remove(input)
            if let failure = programs[places[place]].sendOn() { take(failure, place) }
            watchInput(place)
        }
    }

    /// Watches the input of a program that has not taken all.
    private func watchInput(_ place: Int) {
        guard programs[places[place]].isStuck, let input = programs[places[place]].input
        else { return }
        loop.add(input, token: token(place, .input), interest: .write)
    }

    private func take(_ event: ExternalProgram.Event, _ place: Int) {
        switch event {
        case .ready:
            failedStarts = 0
            note(place, [EventField("ready", true)])
        case .answers(let answers):
            guard answers.count == batches[place]?.count else {
                note(place, [reason("it gave \(answers.count) answers, not one a text")])
                return settle(place, nil)
            }
            let contents = answers.map(definition.content)
            if let bad = contents.firstIndex(where: { $0 == nil }) {
                note(place, [reason(definition.complaint(answers[bad]))])
            }
            settle(place, contents)
        case .broken(let reason): fail(place, reason)
        }
    }

    private func fail(_ place: Int, _ why: String) {
        if case .ending = programs[places[place]].stage {
            programs[places[place]].kill()
        } else {
            // What it has said of that lies in its pipe.
            if quiet[place] == nil { readErrors(place) }
            note(place, [reason(why)])
            countFailure(of: programs[places[place]].stage)
            programs[places[place]].fail(at: now, restart: definition.restartMillis)
        }
        quiet[place] = nil
        settle(place, nil)
    }

    /// Gives up trials once each program has failed at its start, and one of them again.
    private func countFailure(of stage: ExternalProgram.Stage) {
        switch stage {
        case .waiting, .starting: failedStarts += 1
        case .idle, .busy, .ending, .ended: failedStarts = 0
        }
        guard failedStarts > definition.concurrency else { return }
        publishEvents()
        metrics.unanswered.add(UInt64(queue.giveUpTrials()))
    }

    private func begin(_ place: Int) {
        do throws(SocketError) {
            let process = try ChildProcess(definition.command, in: folder, hiding: ["HUNCH_"])
            loop.add(process.output, token: token(place, .output), interest: .read)
            loop.add(process.errors, token: token(place, .errors), interest: .read)
            let deadline = now.advanced(byMilliseconds: definition.startMillis)
            programs[places[place]].begin(process, until: deadline)
            metrics.starts.add()
        } catch {
            fail(place, "\(error)")
        }
    }

    /// Does what is due.
    private func expire() {
        for place in places.indices {
            guard let deadline = programs[places[place]].deadline, deadline <= now else { continue }
            switch programs[places[place]].stage {
            case .waiting: begin(place)
            case .starting: timeOut(place, "it was not ready in \(definition.startMillis) ms")
            case .busy: timeOut(place, "it did not answer in \(definition.timeoutMillis) ms")
            case .ending: programs[places[place]].kill()
            case .idle, .ended: break
            }
        }
        for (place, time) in quiet where time <= now {
            quiet[place] = nil
            guard let errors = programs[places[place]].errors else { continue }
            loop.add(errors, token: token(place, .errors), interest: .read)
        }
        metrics.unanswered.add(UInt64(queue.expire(at: now)))
    }

    private func timeOut(_ place: Int, _ reason: String) {
        metrics.timeouts.add()
        fail(place, reason)
    }

    /// Has all programs end, once.
    private func end() {
        guard !isEnding else { return }
        isEnding = true
        for place in places.indices {
            batches[place] = nil
            programs[places[place]].end(until: now.advanced(byMilliseconds: 1000))
        }
        queue.refuseAll()
    }

    // MARK: The event log

    private func publishEvents() {
        if !events.isEmpty { eventLog.append(contentsOf: events) }
        events.removeAll(keepingCapacity: true)
    }

    private func readErrors(_ place: Int) {
        guard let errors = programs[places[place]].errors else { return }
        guard let lines = programs[places[place]].receiveErrors(into: &buffer, at: now) else {
            return loop.remove(errors)
        }
        for line in lines { note(place, [EventField("line", .string(line))]) }
        guard let pause = programs[places[place]].pause else { return }
        loop.remove(errors)
        quiet[place] = pause
    }

    private func reason(_ text: String) -> EventField { EventField("reason", .string(text)) }

    private func note(_ place: Int, _ fields: [EventField]) {
        let process = Int(programs[places[place]].identifier ?? 0)
        let head = [
            EventField("model", .string(model)), EventField("process", .integer(process)),
        ]
        events.append(
            Event(time: Int(wallClockMicroseconds()), type: .program, fields: head + fields))
    }
}
