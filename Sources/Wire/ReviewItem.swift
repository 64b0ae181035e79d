// A text in the queue of those that somebody should judge.

package import JSON

/// A text that somebody should look at, or has.
package struct ReviewItem: Equatable, Sendable, MessagePart {
    /// What users say that it means, and how many of them.
    package struct Report: Equatable, Sendable, MessagePart {
        package var label: Label
        package var count: Int

        package init(label: Label, count: Int) {
            self.label = label
            self.count = count
        }
    }

    /// What a model has said; of a text that was labelled, the label.
    package enum Answer: Equatable, Sendable {
        case intent(String, confidence: Float, ranking: [IntentResult.Score])
        case tags([TagResult.Score])

        package init(_ label: Label) {
            switch label {
            case .intent(let name): self = .intent(name, confidence: 1, ranking: [])
            case .tags(let set): self = .tags(set.tags.map { .init(tag: $0, confidence: 1) })
            }
        }

        /// The answer as somebody would have said it.
        package var label: Label {
            switch self {
            case .intent(let name, _, _): .intent(name)
            case .tags(let tags): .tags(tags.map(\.tag))
            }
        }
    }

    /// 16 hexadecimal digits, the same for all spellings that differ by case and spaces only.
    package var item: String
    package var text: String
    /// "name@version" of the last answer.
    package var model: String
    package var answer: Answer
    /// The commonest first.
    package var reports: [Report]
    /// How often the model was not sure of it, to within a factor of two.
    package var times: Int
    /// Of the last answer, report or label: microseconds since 1970.
    package var time: Int

    package init(
        item: String, text: String, model: String, answer: Answer, reports: [Report], times: Int,
        time: Int
    ) {
        self.item = item
        self.text = text
        self.model = model
        self.answer = answer
        self.reports = reports
        self.times = times
        self.time = time
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var (item, text, model): (String?, String?, String?)
        var answer = AnswerFields()
        var reports: [Report]?
        var (times, time): (Int?, Int?)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "item": item = try reader.string()
            case "text": text = try reader.string()
            case "model": model = try reader.string()
            case "reports": reports = try reader.array(of: Report.self)
            case "times": times = try reader.count()
            case "time": time = try reader.count()
            default: if try !answer.read(key, from: &reader) { try reader.skipValue() }
            }
        }
        self.item = try reader.require(item, "item")
        self.text = try reader.require(text, "text")
        self.model = try reader.require(model, "model")
        self.answer = try answer.answer(at: reader)
        self.reports = try reader.require(reports, "reports")
        self.times = try reader.require(times, "times")
        self.time = try reader.require(time, "time")
    }

    /// As a message holds it, and as commands print it.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("item", item)
        writer.field("text", text)
        writer.field("model", model)
        answer.writeFields(to: &writer)
        writer.array("reports", reports)
        writer.field("times", times)
        writer.field("time", time)
        writer.endObject()
    }
}

/// The members of an answer while they are read.
private struct AnswerFields {
    private var intent: String?
    private var confidence: Float?
    private var ranking: [IntentResult.Score]?
    private var tags: [TagResult.Score]?

    mutating func read(
        _ key: borrowing JSONKey, from reader: inout JSONReader
    ) throws(JSONError) -> Bool {
        switch key {
        case "intent": intent = try reader.string()
        case "confidence": confidence = try reader.float()
        case "ranking": ranking = try reader.array(of: IntentResult.Score.self)
        case "tags": tags = try reader.array(of: TagResult.Score.self)
        default: return false
        }
        return true
    }

    func answer(at reader: borrowing JSONReader) throws(JSONError) -> ReviewItem.Answer {
        if let tags { return .tags(tags) }
        return .intent(
            try reader.require(intent, "intent"),
            confidence: try reader.require(confidence, "confidence"),
            ranking: try reader.require(ranking, "ranking"))
    }
}

extension ReviewItem.Answer {
    fileprivate func writeFields(to writer: inout JSONWriter) {
        switch self {
        case .intent(let name, let confidence, let ranking):
            writer.field("intent", name)
            writer.field("confidence", confidence)
            writer.array("ranking", ranking)
        case .tags(let tags): writer.array("tags", tags)
        }
    }
}

extension ReviewItem.Report {
    init(from reader: inout JSONReader) throws(JSONError) {
        var label: Label?
        var count: Int?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "label": label = try Label(from: &reader)
            case "count": count = try reader.count()
            default: try reader.skipValue()
            }
        }
        self.label = try reader.require(label, "label")
        self.count = try reader.require(count, "count")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        label.write(to: &writer)
        writer.field("count", count)
        writer.endObject()
    }
}
