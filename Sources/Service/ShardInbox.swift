// The one way into a shard from other threads.

internal import Reactor
internal import Synchronization

/// Takes messages for a shard from any thread; the first of a batch wakes its loop.
final class ShardInbox: Sendable {
    private let messages = Mutex<[ShardMessage]>([])
    private let loop: EventLoop

    init(loop: EventLoop) { self.loop = loop }

    func post(_ message: ShardMessage) {
        let isFirst = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        if isFirst { loop.wake() }
    }

    /// Exchanges what has come for the empty array given.
    func take(into taken: inout [ShardMessage]) {
        messages.withLock { swap(&$0, &taken) }
    }
}
