// What is Linux's alone: epoll, eventfd, timerfd. A kqueue twin would offer the same functions.

internal import CEpoll
internal import Glibc

/// One descriptor that the kernel reports on, and what for.
package struct Readiness: Sendable {
    /// What the descriptor was added with.
    package let token: UInt64
    package let readable: Bool
    package let writable: Bool
    /// The peer is gone both ways, or the socket failed: the next read says which.
    package let broken: Bool
}

/// What the kernel is asked to report of a descriptor, besides failure.
///
/// Failure is reported always.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let read = Interest(rawValue: 1)
    package static let write = Interest(rawValue: 2)
}

/// The kernel's readiness queue of one event loop, its wake-up and its timer.
///
/// Level-triggered. `add`, `change` and `wake` may be called from any thread: the kernel serialises them.
struct Poller: Sendable {
    /// At most so many descriptors are reported a round, so that a round stays short.
    static let capacity = 512
    private static let wakeToken = UInt64.max
    private static let timerToken = UInt64.max - 1

    /// Readable when a descriptor is ready: what Dispatch watches.
    let descriptor: Int32
    private let wakeDescriptor: Int32
    private let timerDescriptor: Int32

    init() {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        timerDescriptor = timerfd_create(
            CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        precondition(
            descriptor >= 0 && wakeDescriptor >= 0 && timerDescriptor >= 0,
            "no descriptors left for an event loop; raise `ulimit -n`")
        add(wakeDescriptor, token: Self.wakeToken, interest: .read)
        add(timerDescriptor, token: Self.timerToken, interest: .read)
    }

    func add(_ socket: Int32, token: UInt64, interest: Interest) {
        control(EPOLL_CTL_ADD, socket, token, interest)
    }

    func change(_ socket: Int32, token: UInt64, interest: Interest) {
        control(EPOLL_CTL_MOD, socket, token, interest)
    }

    /// Forgets a descriptor that stays open; a closed one is forgotten by the kernel.
    func remove(_ socket: Int32) {
        _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil)
    }

    private func control(_ call: Int32, _ socket: Int32, _ token: UInt64, _ interest: Interest) {
        var event = epoll_event()
        if interest.contains(.read) { event.events |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if interest.contains(.write) { event.events |= EPOLLOUT.rawValue }
        event.data.u64 = token
        let result = epoll_ctl(descriptor, call, socket, &event)
        precondition(result == 0, "epoll_ctl \(call) of \(socket): errno \(errno)")
    }

    /// Replaces `ready` by what is ready, waiting at most `nanoseconds` for it.
    ///
    /// - Returns: whether anything was reported, a wake-up or the timer included.
    func poll(into ready: inout [Readiness], waiting nanoseconds: Int) -> Bool {
        ready.removeAll(keepingCapacity: true)
        return withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.capacity) {
            events in
            let count = wait(events.baseAddress, nanoseconds)
            for i in 0..<Int(max(count, 0)) { take(events[i], into: &ready) }
            return count > 0
        }
    }

    private func wait(_ events: UnsafeMutablePointer<epoll_event>?, _ nanoseconds: Int) -> Int32 {
        let capacity = Int32(Self.capacity)
        if nanoseconds == 0 { return epoll_wait(descriptor, events, capacity, 0) }
        var time = timespec(
            tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
        return epoll_pwait2(descriptor, events, capacity, &time, nil)
    }

    private func take(_ event: epoll_event, into ready: inout [Readiness]) {
        switch event.data.u64 {
        case Self.wakeToken: drain(wakeDescriptor)
        case Self.timerToken: drain(timerDescriptor)
        case let token:
            let flags = event.events
            ready.append(
                Readiness(
                    token: token,
                    readable: flags & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0,
                    writable: flags & EPOLLOUT.rawValue != 0,
                    broken: flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0))
        }
    }

    private func drain(_ counter: Int32) {
        var value: UInt64 = 0
        _ = read(counter, &value, 8)
    }

    /// Makes the next or present `poll` return.
    func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, 8)
    }

    /// Makes `poll` return at `deadline`; `nil` disarms.
    func arm(_ deadline: Instant?) {
        var time = itimerspec()
        if let deadline {
            // Zero would disarm; a deadline of long ago is one nanosecond after boot.
            let at = max(deadline.nanoseconds, 1)
            time.it_value = timespec(
                tv_sec: Int(at / 1_000_000_000), tv_nsec: Int(at % 1_000_000_000))
        }
        _ = timerfd_settime(timerDescriptor, Int32(TFD_TIMER_ABSTIME), &time, nil)
    }

    func close() {
        for file in [timerDescriptor, wakeDescriptor, descriptor] { _ = Glibc.close(file) }
    }
}
