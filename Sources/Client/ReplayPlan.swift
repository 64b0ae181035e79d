// Who plays which edit of a trace, when, and knowing what.

package import Documents

/// A trace dealt out to clients.
package struct ReplayPlan: Equatable, Sendable {
    /// How the clients keep to the trace.
    package enum Order: String, CaseIterable, Sendable {
        /// Each edit becomes the revision that it is in the trace, so that the text ends like the trace's.
        case trace
        /// Each client plays its own edits at its own pace, fitted to the text that it has.
        case free
    }

    /// What one client does at once.
    package struct Step: Equatable, Sendable {
        package let client: Int
        /// The last revision that the author knew of.
        package let base: Int
        package let operation: Operation
        /// Milliseconds since the beginning.
        package let time: Int
    }

    /// In the order of the trace: step i makes revision i + 1.
    package private(set) var steps: [Step] = []
    /// The steps of each client, by number.
    package private(set) var turns: [[Int]]
    /// The text that the trace ends with.
    package let endContent: String

    /// The longest pause that is kept of a recording, in milliseconds: people go for lunch, a replay does not.
    private static let longestPause = 2000
    /// The pause between two steps of a trace without times.
    private static let typingPause = 150

    /// Deals out a trace: one of a single agent in turn, one of several by agent.
    ///
    /// - Throws: `.tooFewClients` if there are fewer than agents, or what is wrong with the trace.
    package init(_ trace: Trace, clients: Int) throws(ReplayPlanError) {
        precondition(clients > 0)
        guard trace.agents <= clients else { throw .tooFewClients(least: trace.agents) }
        turns = Array(repeating: [], count: clients)
        endContent = trace.endContent
        let edits: [TraceEdit]
        do { edits = try trace.edits() } catch { throw .trace(error) }
        let times = Self.times(trace.transactions.map(\.time))
        steps.reserveCapacity(edits.count)
        // An edit that concurrent ones have left nothing to do makes no revision.
        var revisions = [0]
        for (number, edit) in edits.enumerated() {
            if !edit.operation.isEmpty {
                let client = trace.agents > 1 ? edit.agent : steps.count % clients
                turns[client].append(steps.count)
                steps.append(
                    Step(
                        client: client, base: revisions[edit.base], operation: edit.operation,
                        time: times[number]))
            }
            revisions.append(steps.count)
        }
    }

    /// By how many revisions the slowest author lags; the server must keep as many.
    package var longestLag: Int {
        steps.enumerated().reduce(0) { max($0, $1.offset - $1.element.base) }
    }

    private static func times(_ recorded: [Int]) -> [Int] {
        let areReal = recorded.first != recorded.last
        var time = 0
        return recorded.indices.map { i in
            guard i > 0 else { return 0 }
            let pause = areReal ? recorded[i] - recorded[i - 1] : typingPause
            time += min(max(pause, 0), longestPause)
            return time
        }
    }
}

/// Why a trace cannot be dealt out.
package enum ReplayPlanError: Error, Equatable, CustomStringConvertible {
    case tooFewClients(least: Int)
    case trace(TraceError)

    package var description: String {
        switch self {
        case .tooFewClients(let least):
            "the trace was made by \(least) people: give at least \(least) clients"
        case .trace(.unreadable(let path, let code)): "cannot read \(path) (errno \(code))"
        case .trace(.notGzip): "the file is not packed with gzip, as published traces are"
        case .trace(.invalidJSON(let offset)): "the trace is not valid JSON at byte \(offset)"
        case .trace(.badTransaction(let number)):
            "transaction \(number) of the trace does not fit those before it"
        }
    }
}

extension Operation {
    /// The operation as far as it fits a text of `length`.
    func clipped(to length: Int) -> Operation {
        var position = 0
        var components: [Component] = []
        for splice in splices {
            let start = min(position + splice.retained, length)
            let end = min(position + splice.retained + splice.deleted, length)
            if start > position { components.append(.retain(start - position)) }
            if splice.insertedLength > 0 { components.append(.insert(splice.inserted)) }
            if end > start { components.append(.delete(end - start)) }
            position = end
        }
        // Components of an operation that is valid are valid.
        return (try? Operation(components)) ?? Operation()
    }
}
