// Messages that ask models, and tell them what came of their answers.

package import Documents
package import JSON

extension ClientMessage {
    /// Asks for the intent of a text outside any document.
    package struct Classify: Equatable, Sendable {
        package var text: String
        /// "name" or "name@version"; the environment's default where absent.
        package var model: String?

        package init(text: String, model: String? = nil) {
            self.text = text
            self.model = model
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var text: String?
            while let key = try message.nextField() {
                switch key {
                case "text": text = try message.json.string()
                case "model": model = try message.json.name()
                default: try message.json.skipValue()
                }
            }
            self.text = try message.require(text, "text")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("text", text)
            writer.field("model", model)
        }
    }

    /// Asks a recommender.
    package struct Recommend: Equatable, Sendable {
        package var source: String
        package var query: String?
        package var document: String?
        package var block: BlockID?
        package var limit: Int?
        /// An item that others like it are wanted for.
        package var item: String?

        package init(
            source: String, query: String? = nil, document: String? = nil, block: BlockID? = nil,
            limit: Int? = nil, item: String? = nil
        ) {
            self.item = item
            self.source = source
            self.query = query
            self.document = document
            self.block = block
            self.limit = limit
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var source: String?
            while let key = try message.nextField() {
                switch key {
                case "source": source = try message.json.name()
                case "query": query = try message.json.string()
                case "doc": document = try message.json.documentID()
                case "block": block = try message.json.blockID()
                case "limit": limit = try message.json.positive()
                case "item": item = try message.json.name()
                default: try message.json.skipValue()
                }
            }
            self.source = try message.require(source, "source")
            if block != nil { _ = try message.require(document, "doc") }
        }

        func write(to writer: inout JSONWriter) {
            writer.field("source", source)
            writer.field("query", query)
            writer.field("doc", document)
            writer.field("block", block)
            writer.field("limit", limit)
            writer.field("item", item)
        }
    }

    /// Tells what somebody did with a recommended item.
    package struct Interact: Equatable, Sendable {
        /// The `prediction` of the entry that held the item.
        package var recommendation: String
        /// Nil where it concerns the list as a whole: that it was seen.
        package var item: String?
        /// "impression", "click", "accept", "dismiss", "undo", or a name of the product's own.
        package var action: String

        package init(recommendation: String, item: String?, action: String) {
            self.recommendation = recommendation
            self.item = item
            self.action = action
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var recommendation: String?
            var action: String?
            while let key = try message.nextField() {
                switch key {
                case "recommendation": recommendation = try message.json.reference()
                case "item": item = try message.json.name()
                case "action": action = try message.json.name()
                default: try message.json.skipValue()
                }
            }
            self.recommendation = try message.require(recommendation, "recommendation")
            self.action = try message.require(action, "action")
            if self.action != Self.seen { _ = try message.require(item, "item") }
        }

        /// Says that a list was seen; needs no item.
        package static let seen = "impression"

        func write(to writer: inout JSONWriter) {
            writer.field("recommendation", recommendation)
            writer.field("item", item)
            writer.field("action", action)
        }
    }

    /// Tells what a prediction should have been.
    package struct Feedback: Equatable, Sendable {
        package var prediction: String
        package var label: Label

        package init(prediction: String, label: Label) {
            self.prediction = prediction
            self.label = label
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var prediction: String?
            var label: Label?
            while let key = try message.nextField() {
                switch key {
                case "prediction": prediction = try message.json.reference()
                case "label": label = try Label(from: &message.json)
                default: try message.json.skipValue()
                }
            }
            self.prediction = try message.require(prediction, "prediction")
            self.label = try message.require(label, "label")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("prediction", prediction)
            label.write(to: &writer)
        }
    }

    /// Adds an item to a corpus, changes it, or takes it out.
    package struct Item: Equatable, Sendable {
        package var corpus: String
        package var item: String
        package var change: Change

        package enum Change: Equatable, Sendable {
            /// An object; it takes the place of the fields that the item had.
            case fields(JSONValue)
            case removed
        }

        package init(corpus: String, item: String, change: Change) {
            self.corpus = corpus
            self.item = item
            self.change = change
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var corpus: String?
            var item: String?
            var fields: JSONValue?
            var isRemoved = false
            while let key = try message.nextField() {
                switch key {
                case "corpus": corpus = try message.json.name()
                case "item": item = try message.json.name()
                case "fields": fields = try message.json.objectValue()
                case "removed": isRemoved = try message.json.boolean()
                default: try message.json.skipValue()
                }
            }
            self.corpus = try message.require(corpus, "corpus")
            self.item = try message.require(item, "item")
            change = isRemoved ? .removed : .fields(try message.require(fields, "fields"))
        }

        func write(to writer: inout JSONWriter) {
            writer.field("corpus", corpus)
            writer.field("item", item)
            switch change {
            case .fields(let fields): writer.field("fields", fields)
            case .removed: writer.field("removed", true)
            }
        }
    }
}

extension JSONReader {
    /// Reads the id of a prediction or recommendation, which is the server's own and opaque here.
    mutating func reference() throws(JSONError) -> String {
        try string(maximumLength: 1024)
    }

    mutating func objectValue() throws(JSONError) -> JSONValue {
        let start = offset
        let value = try value()
        guard value.object != nil else {
            throw JSONError(.unsuitable("must be an object"), at: start)
        }
        return value
    }
}
