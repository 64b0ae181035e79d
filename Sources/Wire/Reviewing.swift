// Messages for those who look through what models were not sure of, or were told was wrong.

import JSON

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
        package var label: Label?

        package init(model: String, text: String, label: Label? = nil) {
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
                case "label": label = try Label(from: &message.json)
                default: try message.json.skipValue()
                }
            }
            self.model = try message.require(model, "model")
            self.text = try message.require(text, "text")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("model", model)
            writer.field("text", text)
            label?.write(to: &writer)
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
