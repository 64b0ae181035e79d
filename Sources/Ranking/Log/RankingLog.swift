// The log of a recommender, out of the records that a server keeps.

internal import JSON

/// Collects what of a journal concerns one recommender.
///
/// Items are those of its corpus. Lists are those of any of its versions, and so are responses; a response whose
/// request says nothing of a model is taken, too.
package struct RankingLog: Sendable {
    /// The kinds of records that hold events.
    package enum Kind: String, CaseIterable, Sendable {
        case item, impression, interaction
    }

    private let model: String
    private let corpus: Corpus
    private var collected: [RankingEvent] = []

    /// Begins with nothing; `model` is a name without a version.
    package init(of model: String, corpus: Corpus) {
        self.model = model
        self.corpus = corpus
    }

    /// The events in the order in which the server has applied them.
    package var events: [RankingEvent] { RankingEvent.ordered(collected) }

    /// Takes a record, in any order; those that do not concern the recommender have no effect.
    ///
    /// `time` is in microseconds since 1970.
    package mutating func add(
        _ kind: Kind, time: Int, payload: [UInt8]
    ) throws(RankingLogError) {
        let reason: ItemFileError.Reason
        do throws(JSONError) {
            let place = JSONPlace(try JSONValue(parsing: payload))
            do throws(FieldError) {
                let event = try event(kind, Double(time) / 1e6, place)
                if let event { collected.append(event) }
                return
            } catch {
                reason = .field(error)
            }
        } catch {
            reason = .json(error)
        }
        throw RankingLogError(kind: kind, time: time, reason: reason)
    }

    private func event(
        _ kind: Kind, _ time: Double, _ place: JSONPlace
    ) throws(FieldError) -> RankingEvent? {
        switch kind {
        case .item:
            guard try place.required("corpus").string() == corpus.rawValue else { return nil }
            return try place.itemRecord(corpus, time)
        case .impression:
            let event = try place.rankingEvent()
            guard case .impression(let impression) = event,
                impression.model.map(ModelName.init)?.name == model
            else { return nil }
            return event
        case .interaction:
            let response = try place.interactionRecord(time)
            let name = RequestName(response.request).model
            return name == nil || name == model ? .response(response) : nil
        }
    }
}

extension JSONPlace {
    fileprivate func itemRecord(
        _ corpus: Corpus, _ time: Double
    ) throws(FieldError) -> RankingEvent {
        let id = try required("item").string()
        guard try member("removed")?.bool() != true else {
            return .removal(item: id, time: time)
        }
        return .item(
            try Item(corpus: corpus, id: id, fields: required("fields").value), time: time)
    }

    fileprivate func interactionRecord(_ time: Double) throws(FieldError) -> Response {
        let request = try required("recommendation").string()
        var response = Response(
            request: request, item: try required("item").string(),
            user: try member("user")?.string(),
            action: Action(rawValue: try required("action").string()), time: time)
        response.scope = try member("scope")?.string() ?? RequestName(request).document
        return response
    }
}

/// A version of a model by its name: `name@version`.
struct ModelName {
    let name: String

    init(_ text: String) {
        name = String(text.prefix { $0 != "@" })
    }
}

/// What the id of a request tells: `document#place.number.name@version`, or nothing.
struct RequestName {
    /// The document it was asked in; nil outside of documents.
    private(set) var document: String?
    /// The name of the model, without its version.
    private(set) var model: String?

    init(_ request: String) {
        let halves = request.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return }
        let parts = halves[1].split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].contains("@") else { return }
        document = halves[0].isEmpty ? nil : String(halves[0])
        model = ModelName(String(parts[2])).name
    }
}

/// A record that holds no event.
package struct RankingLogError: Error, Equatable, Sendable {
    package let kind: RankingLog.Kind
    /// Microseconds since 1970.
    package let time: Int
    package let reason: ItemFileError.Reason

    package init(kind: RankingLog.Kind, time: Int, reason: ItemFileError.Reason) {
        self.kind = kind
        self.time = time
        self.reason = reason
    }
}

extension RankingLogError: CustomStringConvertible {
    package var description: String {
        let reason =
            switch reason {
            case .json(let error): "\(error)"
            case .field(let error): "\(error)"
            }
        return "the record \(kind.rawValue) of \(time) µs since 1970 holds no event: \(reason)"
    }
}
