// Time for tests.

import Synchronization

/// A clock that goes on by a step with each look.
final class SteppingClock: Sendable {
    private let time = Mutex(0)
    private let step: Int

    init(step: Int) { self.step = step }

    func now() -> Int {
        time.withLock {
            $0 += step
            return $0
        }
    }
}
