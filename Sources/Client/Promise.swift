// A value that one thread waits for and another gives.

internal import Dispatch
internal import Synchronization

/// The result of work on an event loop, for the thread that has started it.
final class Promise<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isGiven = DispatchSemaphore(value: 0)

    /// Gives the value; only the first counts.
    func fulfil(_ value: Value) {
        self.value.withLock { $0 = $0 ?? value }
        isGiven.signal()
    }

    /// Blocks until the value is there.
    func wait() -> Value {
        while true {
            isGiven.wait()
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}
