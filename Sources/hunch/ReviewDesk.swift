// The review queue, wherever it is: on the running server, or in the journal of one that does not run.

import JSON
import Reactor
import Registry
import Service
import Wire

/// Where a command reads the texts that wait, and says what it has decided.
struct ReviewDesk {
    private let home: Home
    private let model: String
    /// Open where no server runs and there is a journal.
    private let file: ReviewFile?
    private let isLive: Bool

    init(_ home: Home, model: String) throws {
        self.home = home
        self.model = model
        isLive = try home.askServer(.status) != nil
        let path = try home.registry.journalPath(home.environment)
        file = try isLive || !FileSystem.exists(path) ? nil : ReviewFile(path: path)
    }

    /// All items, page by page; at most `limit`.
    func items(labelled: Bool = false, limit: Int = .max) throws -> (
        items: [ReviewItem], total: Int
    ) {
        var items: [ReviewItem] = []
        var seen: Set<String> = []
        var total = 0
        var offset = 0
        repeat {
            let page = try page(
                .init(
                    model: model, isLabelled: labelled, offset: offset,
                    limit: min(limit - items.count, Self.pageSize)))
            total = page.total
            offset += page.items.count
            if page.items.isEmpty { break }
            // The queue may have grown between two pages, and shifted an item into the next.
            items += page.items.filter { seen.insert($0.item).inserted }
        } while offset < total && items.count < limit
        return (items, total)
    }

    private static let pageSize = 1000

    private func page(_ request: ClientMessage.Review) throws -> ServerMessage.Review {
        if let file { return try file.queue(of: model).page(request) }
        guard isLive else { return .init(model: model, total: 0, items: []) }
        guard let reply = try home.askServer(.review(request)), case .review(let page) = reply.body
        else { throw Failure("the server of '\(home.environment)' has stopped") }
        return page
    }

    /// Says what a text means, or with `nil` that it is to be passed over.
    func decide(_ text: String, label: Label?) throws {
        let decision = ClientMessage.Reviewed(model: model, text: text, label: label)
        if let file {
            let now = Int(wallClockMicroseconds())
            return try file.decide(decision, by: "operator", time: now)
        }
        guard try home.askServer(.reviewed(decision)) != nil else {
            throw Failure("the server of '\(home.environment)' has stopped")
        }
    }

    func close() throws { try file?.close() }
}
