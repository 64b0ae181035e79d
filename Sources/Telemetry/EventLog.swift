// The most recent events, for whoever wants to watch.

import Synchronization

/// A ring of the last events, written by shards in batches and read by watchers at their own pace.
///
/// There is no queue a watcher: it holds a cursor, the sequence of the event that it wants next, and
/// pulls. One that is too slow loses the oldest events, and is told how many. A reader holds the
/// lock for `chunk` events at most, so it never keeps a shard waiting for long.
package final class EventLog: Sendable {
    private struct Ring {
        var events: [Event] = []
        /// The sequence of the next event.
        var next: UInt64 = 1
        /// Called once, then forgotten.
        var sleepers: [@Sendable () -> Void] = []

        var oldest: UInt64 { next - UInt64(events.count) }
    }

    private static let chunk = 512

    private let capacity: Int
    private let ring = Mutex(Ring())

    package init(capacity: Int = 16_384) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    /// The sequence that the next event will get: a cursor at the end of the log.
    package var end: UInt64 { ring.withLock { $0.next } }

    /// Adds events in their order; they get sequences without a gap between them.
    package func append(contentsOf events: [Event]) {
        let sleepers = ring.withLock { ring in
            for event in events { append(event, to: &ring) }
            guard !events.isEmpty, !ring.sleepers.isEmpty else {
                return [] as [@Sendable () -> Void]
            }
            defer { ring.sleepers = [] }
            return ring.sleepers
        }
        for wake in sleepers { wake() }
    }

    /// Gives the events from `cursor` on that match, up to `limit` of them.
    ///
    /// A cursor beyond the end, from before a restart, is taken for the end.
    package func read(
        from cursor: UInt64, matching filter: EventFilter = EventFilter(), limit: Int = 1_000
    ) -> EventPage {
        var page = EventPage(events: [], next: max(cursor, 1), lost: 0)
        while page.events.count < limit, extend(&page, matching: filter, limit: limit) {}
        return page
    }

    /// The cursor of the first event that is not older than `time`; the end if there is none.
    package func cursor(since time: Int) -> UInt64 {
        var cursor: UInt64 = 0
        while true {
            let (next, isFound) = ring.withLock { ring -> (UInt64, Bool) in
                let start = max(cursor, ring.oldest)
                let stop = min(start + UInt64(Self.chunk), ring.next)
                let found = (start..<stop).first { ring.events[slot($0)].time >= time }
                return (found ?? stop, found != nil || stop == ring.next)
            }
            if isFound { return next }
            cursor = next
        }
    }

    /// Calls `body` once, as soon as there is an event at `cursor` or after it: at once, or on the
    /// thread that appends it.
    ///
    /// A watcher asks again when it has read to the end. So an append wakes nobody who has not yet
    /// dealt with the last one, and costs nothing while nobody watches.
    package func wake(at cursor: UInt64, _ body: @escaping @Sendable () -> Void) {
        let isThere = ring.withLock { ring in
            guard cursor >= ring.next else { return true }
            ring.sleepers.append(body)
            return false
        }
        if isThere { body() }
    }

    /// Where an event lies: before the ring is full, sequence 1 lies at 0, and so it does after.
    private func slot(_ sequence: UInt64) -> Int { Int((sequence - 1) % UInt64(capacity)) }

    private func append(_ event: Event, to ring: inout Ring) {
        if ring.events.count < capacity {
            ring.events.append(event)
        } else {
            ring.events[slot(ring.next)] = event
        }
        ring.events[slot(ring.next)].sequence = ring.next
        ring.next += 1
    }

    /// Looks at the next few events; gives whether there may be more.
    private func extend(_ page: inout EventPage, matching filter: EventFilter, limit: Int) -> Bool {
        ring.withLock { ring in
            let start = min(max(page.next, ring.oldest), ring.next)
            page.lost += Int(max(start, page.next) - page.next)
            page.next = start
            let stop = min(start + UInt64(Self.chunk), ring.next)
            while page.next < stop, page.events.count < limit {
                let index = slot(page.next)
                page.next += 1
                if filter.matches(ring.events[index]) { page.events.append(ring.events[index]) }
            }
            return page.next < ring.next
        }
    }
}

/// Part of the log, as a watcher asked for it.
package struct EventPage: Equatable, Sendable {
    package fileprivate(set) var events: [Event]
    /// The cursor to go on from.
    package fileprivate(set) var next: UInt64
    /// Events, of any kind, that were overwritten before they could be read.
    package fileprivate(set) var lost: Int
}

/// What a watcher wants to see: every event for which all that is given holds.
package struct EventFilter: Equatable, Sendable {
    package let types: Set<EventType>?
    package let document: String?
    package let session: String?

    package init(types: Set<EventType>? = nil, document: String? = nil, session: String? = nil) {
        self.types = types
        self.document = document
        self.session = session
    }

    package func matches(_ event: Event) -> Bool {
        if let types, !types.contains(event.type) { return false }
        if let document, document != event.document { return false }
        if let session, session != event.session { return false }
        return true
    }
}
