// What a stage may take, and what became of it.

/// Why a stage has no effect.
package enum StageFailure: Error, Equatable, Sendable {
    /// It was not done by its deadline.
    case late
    /// It could not do what it is there for: a sentence for the log.
    case failed(String)
}

extension StageFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .late: "it was not done in time"
        case .failed(let reason): reason
        }
    }
}

/// The time by which a stage has to be done.
package struct Deadline: Sendable {
    /// There is none.
    package static let none = Deadline(end: .max, clock: nil)

    let end: Int
    private let clock: (@Sendable () -> Int)?

    init(end: Int, clock: (@Sendable () -> Int)?) {
        self.end = end
        self.clock = clock
    }

    /// For stages with long loops to look at now and then.
    ///
    /// - Throws: `.late` once the time is over.
    package func check() throws(StageFailure) {
        if let clock, clock() >= end { throw .late }
    }
}

/// How long stages may take, in nanoseconds; `nil` for as long as they want.
package struct StageBudgets: Equatable, Sendable {
    /// All of them together; filters run all the same, for what must not be shown is not shown.
    package var total: Int?
    /// Each fetcher.
    package var fetch: Int?
    package var features: Int?
    /// Each reranker.
    package var rerank: Int?

    package init(total: Int? = nil, fetch: Int? = nil, features: Int? = nil, rerank: Int? = nil) {
        self.total = total
        self.fetch = fetch
        self.features = features
        self.rerank = rerank
    }
}

/// What one stage of one request did, for metrics and the log.
package struct StageReport: Equatable, Sendable {
    /// Kind and name: "fetch/text", "filter/seen", "features", "score", "rerank/cap", "explore".
    package let stage: String
    /// 0 without a clock.
    package let nanoseconds: Int
    /// Candidates before and after.
    package let before: Int
    package let after: Int
    /// `nil` where all went well.
    package let failure: StageFailure?
}

/// Runs the stages of one request and notes what they do.
struct StageLog {
    private let clock: (@Sendable () -> Int)?
    /// When all have to be done.
    private let end: Int
    private(set) var reports: [StageReport] = []

    init(clock: (@Sendable () -> Int)?, total: Int?) {
        self.clock = clock
        end = Self.sum(clock?() ?? 0, total)
    }

    private static func sum(_ start: Int, _ budget: Int?) -> Int {
        budget.map { start + $0 } ?? .max
    }

    /// Runs a stage, unless it is too late for it.
    ///
    /// - Parameters:
    ///   - stage: what the report calls it.
    ///   - budget: nanoseconds; `nil` for as long as there is.
    ///   - isOptional: `false` for one that runs however late it is.
    ///   - begins: `true` for one that begins however late it is.
    ///   - before: how many candidates there are.
    ///   - body: gives how many candidates there are then.
    /// - Returns: whether it was done in time; otherwise what it did must be undone.
    mutating func run(
        _ stage: String, budget: Int?, isOptional: Bool = true, begins: Bool = false, before: Int,
        _ body: (Deadline) throws(StageFailure) -> Int
    ) -> Bool {
        let start = clock?() ?? 0
        let deadline = Deadline(
            end: isOptional ? min(Self.sum(start, budget), end) : .max, clock: clock)
        var (after, failure) = (before, StageFailure?.none)
        do throws(StageFailure) {
            if !begins { try deadline.check() }
            after = try body(deadline)
            try deadline.check()
        } catch {
            failure = error
        }
        reports.append(
            StageReport(
                stage: stage, nanoseconds: (clock?() ?? 0) - start, before: before,
                after: failure == nil ? after : before, failure: failure))
        return failure == nil
    }
}
