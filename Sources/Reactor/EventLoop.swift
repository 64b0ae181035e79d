// One event loop: a readiness queue of its own, drained on a serial Dispatch queue.

internal import Dispatch
internal import Synchronization

/// Runs one actor's work on the sockets that it watches; that actor names it as its executor.
///
/// Dispatch watches a single descriptor, the loop's own readiness queue. The handler drains it, and
/// lingers on it while there is traffic, before it hands the thread back: a Dispatch source for each
/// connection costs more than twice the processor time a message. An idle loop holds no thread.
///
/// A round is: executor jobs, then the actor's `round` with what is ready. While the loop
/// lingers its queue is occupied, so nothing may wait for `queue.async`: others `enqueue` or `wake`.
///
/// No wake-up is lost. The loop sleeps only after `goesToSleep` has found nothing asked for and, under
/// the same lock, has cleared `awake`: whoever comes later finds it cleared and writes to the poller, which
/// stays readable until a `poll` reports it, be that one in `drain` or Dispatch's. Whoever comes
/// earlier is served by the round that follows, as `runJobs` clears `requested` before it, not after.
package final class EventLoop: SerialExecutor {
    /// Takes one round's readiness; returns whether work is left that should not wait for readiness.
    package typealias Round = @Sendable ([Readiness]) -> Bool

    private struct Inbox {
        var jobs: [UnownedJob] = []
        /// A wake-up was asked for since the last round began.
        var requested = false
        /// The loop runs, or its wake-up is written: no further write is needed.
        var awake = false
        var isStarted = false
        /// The poller may be closed, and its descriptors be somebody else's.
        var isStopped = false
    }

    package let label: String
    private let queue: DispatchQueue
    private let poller = Poller()
    private let inbox = Mutex(Inbox())
    private let lingerNanoseconds: Int
    // DispatchSourceRead is not Sendable; it is made here and only resumed and cancelled.
    private nonisolated(unsafe) let source: any DispatchSourceRead
    // Touched on `queue` alone, by `drain`.
    private nonisolated(unsafe) var ready: [Readiness] = []
    private nonisolated(unsafe) var jobs: [UnownedJob] = []

    /// Prepares a loop; nothing runs before `start`.
    ///
    /// An idle loop keeps its thread for `lingerMilliseconds`: 5 is enough for any loop with more
    /// than 200 events a second to stay off Dispatch's path.
    package init(label: String, lingerMilliseconds: Int = 5) {
        self.label = label
        queue = DispatchQueue(label: label)
        lingerNanoseconds = lingerMilliseconds * 1_000_000
        source = DispatchSource.makeReadSource(fileDescriptor: poller.descriptor, queue: queue)
    }

    /// A source that was never resumed must not be let go of: Dispatch ends the process then.
    deinit {
        guard !inbox.withLock({ $0.isStarted }) else { return }
        let poller = poller
        source.setCancelHandler { poller.close() }
        source.cancel()
        source.resume()
    }

    /// Starts calling `round` on the loop.
    ///
    /// From here until `stop` the loop keeps itself and what `round` holds alive: a round that has begun
    /// never finds its actor gone.
    package func start(_ round: @escaping Round) {
        inbox.withLock { $0.isStarted = true }
        let poller = poller
        source.setEventHandler { self.drain(round) }
        source.setCancelHandler { poller.close() }
        source.resume()
        wake()
    }

    /// Ends the loop after the present round and lets go of it; later wake-ups and jobs are not run.
    package func stop() {
        inbox.withLock { $0.isStopped = true }
        source.cancel()
    }

    private func drain(_ round: Round) {
        var workIsLeft = false
        var patience = 0
        while !source.isCancelled {
            let mayWait = !workIsLeft && goesToSleep()
            let reported = poller.poll(into: &ready, waiting: mayWait ? patience : 0)
            if mayWait && !reported { return }
            patience = lingerNanoseconds
            runJobs()
            workIsLeft = round(ready)
        }
    }

    /// Has wake-ups written again from here on, unless one was asked for while the loop ran.
    private func goesToSleep() -> Bool {
        inbox.withLock { inbox in
            inbox.awake = inbox.requested || !inbox.jobs.isEmpty
            return !inbox.awake
        }
    }

    private func runJobs() {
        inbox.withLock { inbox in
            inbox.awake = true
            inbox.requested = false
            swap(&inbox.jobs, &jobs)
        }
        guard !jobs.isEmpty else { return }
        let executor = asUnownedSerialExecutor()
        for job in jobs { job.runSynchronously(on: executor) }
        jobs.removeAll(keepingCapacity: true)
    }

    /// Causes a round soon.
    ///
    /// From any thread; one system call, or none where the loop runs anyway.
    package func wake() {
        inbox.withLock { inbox in
            inbox.requested = true
            rouse(&inbox)
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        inbox.withLock { inbox in
            inbox.jobs.append(job)
            rouse(&inbox)
        }
    }

    /// Writes a wake-up where one is needed.
    ///
    /// It is written under the lock, so that none goes to a descriptor that `stop` has had closed
    /// and that names another file by now.
    private func rouse(_ inbox: inout Inbox) {
        guard !inbox.awake, !inbox.isStopped else { return }
        inbox.awake = true
        poller.wake()
    }

    /// Lets `round` enter the loop's actor by `assumeIsolated`, without a hop.
    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }

    // MARK: Descriptors

    /// Watches a socket; `token` comes back in each `Readiness`.
    package func add(_ socket: Int32, token: UInt64, interest: Interest) {
        poller.add(socket, token: token, interest: interest)
    }

    package func change(_ socket: Int32, token: UInt64, interest: Interest) {
        poller.change(socket, token: token, interest: interest)
    }

    /// Stops watching a socket that stays open.
    package func remove(_ socket: Int32) { poller.remove(socket) }

    /// Causes a round at `deadline`, in place of the deadline before; `nil` disarms.
    package func arm(_ deadline: Instant?) { poller.arm(deadline) }
}
