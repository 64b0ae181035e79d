// The signals by which a process is asked to end.

internal import Dispatch
internal import Glibc

/// Turns signals into calls, from its making until its end.
package final class Signals: Sendable {
    private let queue: DispatchQueue
    // DispatchSourceSignal is not Sendable; the sources are made here and cancelled in `deinit`.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// Calls `handler` with the signal's number for each arrival of one of `numbers`.
    ///
    /// None that arrives once this has returned is lost.
    package init(_ numbers: [Int32], handler: @escaping @Sendable (Int32) -> Void) {
        let queue = DispatchQueue(label: "hunch.signals")
        self.queue = queue
        let registered = DispatchSemaphore(value: 0)
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(number) }
            source.setRegistrationHandler { registered.signal() }
            source.resume()
            return source
        }
        for _ in numbers { registered.wait() }
    }

    deinit {
        for source in sources { source.cancel() }
    }

    /// A write to a closed connection is an error of that connection, not the end of the process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Undoes what a parent may have left us: with SIGCHLD ignored the kernel reaps children by itself, and their
    /// numbers could be others' before we know of their end.
    package static func letChildrenBeReaped() { signal(SIGCHLD, SIG_DFL) }

    /// Raises the limit of open descriptors to what the system allows; gives the limit.
    @discardableResult
    package static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(limit.rlim_cur)
    }
}
