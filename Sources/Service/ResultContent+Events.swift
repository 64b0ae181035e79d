// What the event log says of results.

internal import Telemetry
internal import Wire

extension ResultKind {
    var event: EventType {
        switch self {
        case .intent: .intent
        case .tags: .tags
        case .recommendations: .recommendations
        case .duplicate: .duplicate
        }
    }
}

extension ResultContent {
    /// What the event log says of it.
    var eventFields: [EventField] {
        switch self {
        case .intent(let result):
            [
                EventField("intent", .string(result.intent)),
                EventField("confidence", .number(Double(result.confidence))),
            ]
        case .tags(let result):
            [EventField("tags", .string(result.tags.map(\.tag).joined(separator: "|")))]
        case .recommendations(let result):
            [EventField("items", .strings(result.items.map(\.item)))]
        case .duplicate(let result):
            [EventField("places", .string(result.duplicates.map(\.name).joined(separator: " ")))]
        }
    }
}

extension DuplicateResult.Place {
    /// "workspace/name#b17" for people.
    fileprivate var name: String { block.map { "\(document)#\($0)" } ?? document }
}
