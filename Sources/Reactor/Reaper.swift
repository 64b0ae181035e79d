// What takes children out of the kernel's table of processes.

internal import Dispatch
internal import Glibc

/// Reaps children that were killed, without holding anybody up for one that cannot end.
enum Reaper {
    /// Reaps a child that was killed: at once, as nearly all are gone within a millisecond, or later, on no
    /// thread of its own.
    ///
    /// One in uninterruptible sleep ends with what it waits for, one that we may not kill when it likes.
    static func reap(_ child: pid_t) {
        for _ in 0..<20 {
            if isReaped(child) { return }
            poll(nil, 0, 1)
        }
        reapLater(child, milliseconds: 20)
    }

    private static func isReaped(_ child: pid_t) -> Bool { waitpid(child, nil, WNOHANG) != 0 }

    private static func reapLater(_ child: pid_t, milliseconds: Int) {
        let queue = DispatchQueue.global(qos: .utility)
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
            if !isReaped(child) { reapLater(child, milliseconds: min(2 * milliseconds, 5000)) }
        }
    }
}
