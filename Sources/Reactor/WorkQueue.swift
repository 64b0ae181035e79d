// A serial Dispatch queue for actors whose work is long.

package import Dispatch

/// Runs the actors that name it as their executor, one job at a time.
package final class WorkQueue: SerialExecutor {
    package let queue: DispatchQueue

    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Lets a handler on `queue` enter its actor by `assumeIsolated`, without a hop.
    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
