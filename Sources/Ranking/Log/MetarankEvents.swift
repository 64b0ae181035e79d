// Events in the form that Metarank reads.

internal import JSON

/// Reads JSON lines of Metarank's events: `item`, `ranking` and `interaction`.
///
/// Format: https://docs.metarank.ai/reference/event-schema. Times are in milliseconds, as numbers or strings.
package enum MetarankEvents {
    /// Reads all lines; the events come in the order in which they can be known.
    ///
    /// - Throws: at the first line that is none; blank lines are skipped.
    package static func parse(
        lines bytes: [UInt8], corpus: Corpus, source: Source
    ) throws(ItemFileError) -> [RankingEvent] {
        var events: [RankingEvent] = []
        try forEachLine(of: bytes) { value throws(FieldError) in
            events.append(try JSONPlace(value).metarankEvent(corpus, source))
        }
        return RankingEvent.ordered(events)
    }
}

private enum MetarankKind: String, CaseIterable { case item, ranking, interaction }

extension JSONPlace {
    fileprivate func metarankEvent(
        _ corpus: Corpus, _ source: Source
    ) throws(FieldError) -> RankingEvent {
        let kind: MetarankKind = try required("event").choice()
        let time = try required("timestamp").milliseconds() / 1000
        switch kind {
        case .item:
            let item = try Item(
                corpus: corpus, id: required("item").string(), fields: metarankFields())
            return .item(item, time: time)
        case .ranking:
            return .impression(
                Impression(
                    request: try required("id").string(), time: time,
                    user: try member("user")?.string(), source: source,
                    items: try required("items").metarankItems()))
        case .interaction:
            return .response(
                Response(
                    id: try required("id").string(), request: try required("ranking").string(),
                    item: try required("item").string(), user: try member("user")?.string(),
                    action: Action(rawValue: try required("type").string()), time: time))
        }
    }

    /// Milliseconds since 1970, a number or one in a string.
    private func milliseconds() throws(FieldError) -> Double {
        guard let text = value.string else { return try number(in: -1e15...1e15) }
        guard let time = Double(text), abs(time) <= 1e15 else {
            throw error(.wrongType(wanted: .number))
        }
        return time
    }

    /// The list of names and values as an object.
    private func metarankFields() throws(FieldError) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        for field in try member("fields")?.elements() ?? [] {
            members.append((try field.required("name").string(), field.value["value"] ?? .null))
        }
        return .object(members)
    }

    private func metarankItems() throws(FieldError) -> [String] {
        var items: [String] = []
        for place in try elements() {
            let item = try place.required("id").string()
            // A list shows an item once: a second place could not be told from the first.
            guard !items.contains(item) else { throw place.error(.repeatedName(item)) }
            items.append(item)
        }
        return items
    }
}
