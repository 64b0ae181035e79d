// Messages for those who look through what models were not sure of, or were told was wrong.

package import JSON

extension ClientMessage {
    /// Asks for texts of a model that wait for a label.
    package struct Review: Equatable, Sendable {
        /// The name, without a version.
        package var model: String
        /// Asks for those that were given a label instead.
        package var isLabelled: Bool
        /// How many to pass over.
        package var offset: Int
        package var limit: Int?

        package init(model: String, isLabelled: Bool = false, offset: Int = 0, limit: Int? = nil) {
            self.model = model
            self.isLabelled = isLabelled
            self.offset = offset
            self.limit = limit
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var model: String?
            isLabelled = false
            offset = 0
            while let key = try message.nextField() {
                switch key {
                case "model": model = try message.json.name()
                case "labelled": isLabelled = try message.json.boolean()
                case "offset": offset = try message.json.count()
                case "limit": limit = try message.json.positive()
                default: try message.json.skipValue()
                }
            }
            self.model = try message.require(model, "model")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("model", model)
            if isLabelled { writer.field("labelled", true) }
            if offset > 0 { writer.field("offset", offset) }
            writer.field("limit", limit)
        }
    }

    /// Tells that a text was looked at, so that it does not wait any more.
    package struct Reviewed: Equatable, Sendable {
        package var model: String
        package var text: String
        /// What it means; absent if it is passed over.
        package var label: String?

        package init(model: String, text: String, label: String? = nil) {
            self.model = model
            self.text = text
            self.label = label
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var model: String?
            var text: String?
            while let key = try message.nextField() {
                switch key {
                case "model": model = try message.json.name()
                case "text": text = try message.json.string()
                case "label": label = try message.json.name()
                default: try message.json.skipValue()
                }
            }
            self.model = try message.require(model, "model")
            self.text = try message.require(text, "text")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("model", model)
            writer.field("text", text)
            writer.field("label", label)
        }
    }
}

extension ServerMessage {
    /// The answer to `review`: the most pressing first.
    package struct Review: Equatable, Sendable {
        package var model: String
        /// How many there are in all.
        package var total: Int
        package var items: [ReviewItem]

        package init(model: String, total: Int, items: [ReviewItem]) {
            self.model = model
            self.total = total
            self.items = items
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var model: String?
            var total: Int?
            var items: [ReviewItem]?
            while let key = try message.nextField() {
                switch key {
                case "model": model = try message.json.string()
                case "total": total = try message.json.count()
                case "items": items = try message.json.array(of: ReviewItem.self)
                default: try message.json.skipValue()
                }
            }
            self.model = try message.require(model, "model")
            self.total = try message.require(total, "total")
            self.items = try message.require(items, "items")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("model", model)
            writer.field("total", total)
            writer.array("items", items)
        }
    }
}

/// A text that somebody should look at, or has.
package struct ReviewItem: Equatable, Sendable, MessagePart {
    /// What users say that it means, and how many of them.
    package struct Report: Equatable, Sendable, MessagePart {
        package var label: String
        package var count: Int

        package init(label: String, count: Int) {
            self.label = label
            self.count = count
        }
    }

    /// 16 hexadecimal digits, the same for all spellings that differ by case and spaces only.
    package var item: String
    package var text: String
    /// "name@version" of the last answer.
    package var model: String
    /// The answer; of a text that was labelled, the label.
    package var intent: String
    package var confidence: Float
    package var ranking: [IntentResult.Score]
    /// The commonest first.
    package var reports: [Report]
    /// How often the model was not sure of it, to within a factor of two.
    package var times: Int
    /// Of the last answer, report or label: microseconds since 1970.
    package var time: Int

    package init(
        item: String, text: String, model: String, intent: String, confidence: Float,
        ranking: [IntentResult.Score], reports: [Report], times: Int, time: Int
    ) {
        self.item = item
        self.text = text
        self.model = model
        self.intent = intent
        self.confidence = confidence
        self.ranking = ranking
        self.reports = reports
        self.times = times
        self.time = time
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var (item, text, model, intent): (String?, String?, String?, String?)
        var confidence: Float?
        var ranking: [IntentResult.Score]?
        var reports: [Report]?
        var (times, time): (Int?, Int?)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "item": item = try reader.string()
            case "text": text = try reader.string()
            case "model": model = try reader.string()
            case "intent": intent = try reader.string()
            case "confidence": confidence = try reader.float()
            case "ranking": ranking = try reader.array(of: IntentResult.Score.self)
            case "reports": reports = try reader.array(of: Report.self)
            case "times": times = try reader.count()
            case "time": time = try reader.count()
            default: try reader.skipValue()
            }
        }
        self.item = try reader.require(item, "item")
        self.text = try reader.require(text, "text")
        self.model = try reader.require(model, "model")
        self.intent = try reader.require(intent, "intent")
        self.confidence = try reader.require(confidence, "confidence")
        self.ranking = try reader.require(ranking, "ranking")
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
        writer.field("intent", intent)
        writer.field("confidence", confidence)
        writer.array("ranking", ranking)
        writer.array("reports", reports)
        writer.field("times", times)
        writer.field("time", time)
        writer.endObject()
    }
}

extension ReviewItem.Report {
    init(from reader: inout JSONReader) throws(JSONError) {
        var label: String?
        var count: Int?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "label": label = try reader.string()
            case "count": count = try reader.count()
            default: try reader.skipValue()
            }
        }
        self.label = try reader.require(label, "label")
        self.count = try reader.require(count, "count")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("label", label)
        writer.field("count", count)
        writer.endObject()
    }
}
