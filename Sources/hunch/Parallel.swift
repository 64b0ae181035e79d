// Independent pieces of work on all cores.

import Dispatch
import Synchronization

/// Calls `piece` with 0..<count, on as many threads as there are cores; gives the results in order.
func inParallel<Result: Sendable>(
    _ count: Int, _ piece: @escaping @Sendable (Int) -> Result
) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { i in
        let result = piece(i)
        results.withLock { $0[i] = result }
    }
    return results.withLock { $0.compactMap(\.self) }
}
