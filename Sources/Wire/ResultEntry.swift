// The entries of results: what all kinds have in common, and what is particular to each.

package import Documents
internal import JSON

/// What a model is asked: its name on the wire.
package enum ResultKind: String, Sendable, CaseIterable {
    case intent, tags, recommendations, duplicate
}

/// What an entry says, by its kind.
///
/// A new kind is a case in both enums and a type that conforms to `ResultPart`.
package enum ResultContent: Equatable, Sendable {
    case intent(IntentResult)
    case tags(TagResult)
    case recommendations(RecommendationResult)
    case duplicate(DuplicateResult)

    package var kind: ResultKind {
        switch self {
        case .intent: .intent
        case .tags: .tags
        case .recommendations: .recommendations
        case .duplicate: .duplicate
        }
    }

    fileprivate func writeFields(to writer: inout JSONWriter) {
        switch self {
        case .intent(let result): result.writeFields(to: &writer)
        case .tags(let result): result.writeFields(to: &writer)
        case .recommendations(let result): result.writeFields(to: &writer)
        case .duplicate(let result): result.writeFields(to: &writer)
        }
    }
}

/// What a model says about one block, or about one text.
package struct ResultEntry: Equatable, Sendable {
    /// Where the block is, in the text of the message's revision.
    package struct Location: Equatable, Sendable {
        package var block: BlockID
        package var range: Range<Int>

        package init(block: BlockID, range: Range<Int>) {
            self.block = block
            self.range = range
        }
    }

    package var location: Location?
    /// Names this answer, for `feedback`, `interact` and `explain`.
    package var prediction: String
    package var content: ResultContent

    package init(location: Location? = nil, prediction: String, content: ResultContent) {
        self.location = location
        self.prediction = prediction
        self.content = content
    }
}

extension JSONReader {
    mutating func resultKind() throws(JSONError) -> ResultKind {
        let start = offset
        let name = try string()
        guard let kind = ResultKind(rawValue: name) else {
            throw JSONError(.unsuitable("no such kind: \(name)"), at: start)
        }
        return kind
    }

    /// Reads the array of entries that stands at `start`.
    func entries(of kind: ResultKind, at start: Int) throws(JSONError) -> [ResultEntry] {
        var reader = rewound(to: start)
        var entries: [ResultEntry] = []
        try reader.beginArray()
        while try reader.nextElement() { entries.append(try reader.entry(of: kind)) }
        return entries
    }

    private mutating func entry(of kind: ResultKind) throws(JSONError) -> ResultEntry {
        switch kind {
        case .intent: try entry { (result: IntentResult) in .intent(result) }
        case .tags: try entry { (result: TagResult) in .tags(result) }
        case .recommendations:
            try entry { (result: RecommendationResult) in .recommendations(result) }
        case .duplicate: try entry { (result: DuplicateResult) in .duplicate(result) }
        }
    }

    private mutating func entry<Part: ResultPart>(
        _ content: (Part) -> ResultContent
    ) throws(JSONError) -> ResultEntry {
        var block: BlockID?
        var range: Range<Int>?
        var prediction: String?
        var fields = Part.Fields()
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "block": block = try blockID()
            case "range": range = try self.range()
            case "prediction": prediction = try string()
            default: if try !fields.read(key, from: &self) { try skipValue() }
            }
        }
        var location: ResultEntry.Location?
        if let block { location = .init(block: block, range: try require(range, "range")) }
        return ResultEntry(
            location: location, prediction: try require(prediction, "prediction"),
            content: content(try Part(fields, at: self)))
    }
}

extension JSONWriter {
    mutating func entries(_ name: StaticString, _ entries: [ResultEntry]) {
        key(name)
        beginArray()
        for entry in entries {
            nextElement()
            beginObject()
            field("block", entry.location?.block)
            range("range", entry.location?.range)
            field("prediction", entry.prediction)
            entry.content.writeFields(to: &self)
            endObject()
        }
        endArray()
    }
}

/// What is particular to a kind of results: its own members of an entry.
protocol ResultPart {
    associatedtype Fields: ResultFields
    init(_ fields: Fields, at reader: borrowing JSONReader) throws(JSONError)
    func writeFields(to writer: inout JSONWriter)
}

/// The members of a kind while they are read.
protocol ResultFields {
    init()
    /// Reads the member of that name, or gives `false` if it is none of the kind's.
    mutating func read(
        _ key: borrowing JSONKey, from reader: inout JSONReader
    ) throws(JSONError) -> Bool
}
