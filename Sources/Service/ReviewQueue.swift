// The texts of a model that wait for somebody's judgement, and those that were judged.

internal import JSON
internal import Registry
package import Journal
package import NLU
package import Wire

/// Built from the journal's records each time somebody looks, as that is seldom.
///
/// Texts that differ by case and spaces only are one item. Of a block that was kept more than once
/// while it was written, the longest text counts.
package struct ReviewQueue {
    private var model: String
    private var items: [ReviewKey: ReviewItem] = [:]
    private var decided: [ReviewKey: ReviewItem] = [:]
    private var newestAt: [String: ReviewKey] = [:]

    /// Reads what a journal holds on a model.
    ///
    /// It blocks: never to be called on a loop or on the journal's queues.
    package init(of model: String, in journal: Journal) throws(JournalError) {
        self.init(
            of: model,
            candidates: try journal.allRecordsNow(of: ReviewRecord.candidates(model)),
            feedback: try journal.allRecordsNow(of: ReviewRecord.feedback),
            decisions: try journal.allRecordsNow(of: ReviewRecord.decided(model)))
    }

    /// Each in the order of the journal; what is of another version of the format is passed over.
    init(
        of model: String, candidates: [StoredRecord], feedback: [StoredRecord],
        decisions: [StoredRecord]
    ) {
        self.model = model
        for record in candidates { addCandidate(record) }
        for record in feedback { addFeedback(record) }
        for record in decisions { decide(record) }
    }

    // MARK: Reading

    private mutating func addCandidate(_ stored: StoredRecord) {
        guard let json = try? JSONValue(parsing: stored.record.payload),
            let answer = ReviewedAnswer(json)
        else { return }
        let key = ReviewKey(answer.text)
        if let place = answer.place { replace(at: place, with: key, answer.text) }
        update(key, with: answer, at: stored.record.time)
        items[key]?.times += json["times"]?.int ?? 1
    }

    /// Forgets what stood at a place before, if it was the beginning of what stands there now.
    private mutating func replace(at place: String, with key: ReviewKey, _ text: String) {
        if let before = newestAt[place], before != key, let item = items[before],
            text.hasPrefix(item.text)
        {
            items[before] = nil
        }
        newestAt[place] = key
    }

    private mutating func addFeedback(_ stored: StoredRecord) {
        guard let json = try? JSONValue(parsing: stored.record.payload),
            let answer = ReviewedAnswer(json), let label = Label(json["label"]),
            modelName(of: answer.model) == model
        else { return }
        let key = ReviewKey(answer.text)
        update(key, with: answer, at: stored.record.time)
        items[key]?.report(label)
    }

    private mutating func update(_ key: ReviewKey, with answer: ReviewedAnswer, at time: Int) {
        guard let known = items[key], known.time > time else {
            items[key] = ReviewItem(
                item: key.name, text: answer.text, model: answer.model,
                answer: answer.answer, reports: items[key]?.reports ?? [],
                times: items[key]?.times ?? 0, time: time)
            return
        }
    }

    private mutating func decide(_ stored: StoredRecord) {
        guard let json = try? JSONValue(parsing: stored.record.payload),
            let text = json["text"]?.string
        else { return }
        let key = ReviewKey(text)
        items[key] = nil
        decided[key] = Label(json["label"]).map { label in
            ReviewItem(
                item: key.name, text: text, model: model, answer: .init(label), reports: [],
                times: 0, time: stored.record.time)
        }
    }

    // MARK: Giving

    /// The items that wait: the reported first, then the most frequent, then the least sure.
    package var waiting: [ReviewItem] {
        items.values.sorted { left, right in
            let (l, r) = (
                left.reports.reduce(0) { $0 + $1.count }, right.reports.reduce(0) { $0 + $1.count }
            )
            if l != r { return l > r }
            if left.times != right.times { return left.times > right.times }
            return (left.answer.sureness, left.item) < (right.answer.sureness, right.item)
        }
    }

    /// The items that were given a label, which stands as their answer, in the order of that.
    package var labelled: [ReviewItem] {
        decided.values.sorted { ($0.time, $0.item) < ($1.time, $1.item) }
    }

    /// As many items as were asked for, and as one message should hold.
    ///
    /// Of those that wait nothing is shown that a model or a user has said of tags which are approved no
    /// more; `approved` absent shows all. Labels are shown as they were given.
    package func page(
        _ request: ClientMessage.Review, approved: ApprovedTags? = nil
    ) -> ServerMessage.Review {
        let all = request.isLabelled ? labelled : waiting
        var bytes = 0
        let page = all.dropFirst(request.offset).prefix(request.limit ?? Self.pageLimit)
            .prefix { item in
                defer { bytes += item.text.utf8.count }
                return bytes < Self.pageBytes
            }
        let items = page.map { item in
            guard let approved, !request.isLabelled else { return item }
            return item.shown(approved)
        }
        return ServerMessage.Review(model: model, total: all.count, items: items)
    }

    private static let pageLimit = 100
    private static let pageBytes = 256 << 10

    // MARK: Deciding

    static func record(of decision: ClientMessage.Reviewed, by user: String) -> JSONValue {
        .object([
            (key: "text", value: .string(decision.text)),
            (key: "label", value: decision.label?.json ?? .null),
            (key: "user", value: .string(user)),
        ])
    }
}

extension ReviewItem.Answer {
    /// How sure the model was of what it was least sure of.
    fileprivate var sureness: Float {
        switch self {
        case .intent(_, let confidence, _): confidence
        case .tags(let tags): tags.map(\.confidence).min() ?? 0
        }
    }
}

extension ReviewItem {
    /// The item without tags that are not approved, and without reports that hold such.
    fileprivate func shown(_ approved: ApprovedTags) -> ReviewItem {
        var item = self
        if case .tags(let tags) = answer {
            item.answer = .tags(tags.filter { approved.contains($0.tag) })
        }
        item.reports.removeAll { report in
            guard case .tags(let set) = report.label else { return false }
            return !set.tags.allSatisfy(approved.contains)
        }
        return item
    }

    fileprivate mutating func report(_ label: Label) {
        if let place = reports.firstIndex(where: { $0.label == label }) {
            reports[place].count += 1
        } else {
            reports.append(Report(label: label, count: 1))
        }
        // The commonest first; of equals, the one that came first.
        var place = reports.firstIndex { $0.label == label } ?? 0
        while place > 0, reports[place - 1].count < reports[place].count {
            reports.swapAt(place, place - 1)
            place -= 1
        }
    }
}
