// What waits for a worker.

internal import Synchronization

/// Takes jobs for a worker from any thread; the first of a batch has to wake it.
final class WorkerMailbox<Job: Sendable>: Sendable {
    private struct Waiting {
        var jobs: [Job] = []
        var isAwake = false
        /// Gets what comes once the worker is gone.
        var successor: (@Sendable (Job) -> Void)?
    }

    private let waiting = Mutex(Waiting())

    /// Adds a job; gives whether the worker has to be woken.
    func add(_ job: Job) -> Bool {
        let (wakes, successor) = waiting.withLock { waiting in
            if let successor = waiting.successor { return (false, Optional(successor)) }
            waiting.jobs.append(job)
            defer { waiting.isAwake = true }
            return (!waiting.isAwake, nil)
        }
        successor?(job)
        return wakes
    }

    /// Hands all that waits to `perform`, and from now on whatever comes, on the thread that it comes from.
    func close(_ perform: @escaping @Sendable (Job) -> Void) {
        let jobs = waiting.withLock { waiting in
            defer { waiting.jobs = [] }
            waiting.successor = perform
            return waiting.jobs
        }
        jobs.forEach(perform)
    }

    /// Hands all that waits to the worker, batch by batch, until nothing does; then it sleeps.
    ///
    /// `jobs` is empty before and after: memory that the worker keeps.
    func drain(into jobs: inout [Job], _ perform: ([Job]) -> Void) {
        while true {
            take(into: &jobs)
            if jobs.isEmpty { return }
            perform(jobs)
            jobs.removeAll(keepingCapacity: true)
        }
    }

    /// Puts all that waits into `jobs`, which is empty; once there is nothing, the worker sleeps.
    private func take(into jobs: inout [Job]) {
        waiting.withLock { waiting in
            swap(&waiting.jobs, &jobs)
            if jobs.isEmpty { waiting.isAwake = false }
        }
    }
}
