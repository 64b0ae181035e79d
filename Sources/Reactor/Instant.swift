// Time that only goes forward, for deadlines and durations.

internal import Glibc

/// A point of the monotonic clock, in nanoseconds since boot.
package struct Instant: Comparable, Hashable, Sendable {
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock (about 20 ns); a loop reads it once a round and hands it down.
    package static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    package func advanced(byMilliseconds milliseconds: Int) -> Instant {
        Instant(nanoseconds: nanoseconds &+ UInt64(milliseconds) &* 1_000_000)
    }

    package func advanced(byMicroseconds microseconds: Int) -> Instant {
        Instant(nanoseconds: nanoseconds &+ UInt64(microseconds) &* 1000)
    }

    /// Nanoseconds from `earlier` to here; 0 where `earlier` is the later one.
    package func since(_ earlier: Instant) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }
}

/// Microseconds since 1970, for events, records and everything that leaves the process.
package func wallClockMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
