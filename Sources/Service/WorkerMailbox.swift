// What waits for a worker.

internal import Synchronization

/// Takes jobs for a worker from any thread; the first of a batch has to wake it.
final class WorkerMailbox<Job: Sendable>: Sendable {
    private struct Waiting {
        var jobs: [Job] = []
        var isAwake = false
    }

    private let waiting = Mutex(Waiting())

    /// Adds a job; gives whether the worker has to be woken.
    func add(_ job: Job) -> Bool {
        waiting.withLock { waiting in
            waiting.jobs.append(job)
            defer { waiting.isAwake = true }
            return !waiting.isAwake
        }
    }

    /// Puts all that waits into `jobs`, which is empty; once there is nothing, the worker sleeps.
    func take(into jobs: inout [Job]) {
        waiting.withLock { waiting in
            swap(&waiting.jobs, &jobs)
            if jobs.isEmpty { waiting.isAwake = false }
        }
    }
}
