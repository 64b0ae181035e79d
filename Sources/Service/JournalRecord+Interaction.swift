// What somebody did with an item, as the journal keeps it.

internal import JSON
internal import Journal
internal import Ranking

extension JournalRecord {
    /// `time` is in microseconds since 1970.
    init(_ response: Response, by session: String, time: Int) {
        var members: [(key: String, value: JSONValue)] = [
            ("recommendation", .string(response.request)), ("item", .string(response.item)),
            ("action", .string(response.action.rawValue)),
        ]
        if let user = response.user { members.append(("user", .string(user))) }
        members.append(("session", .string(session)))
        if let scope = response.scope { members.append(("scope", .string(scope))) }
        self.init(
            kind: RankingLog.Kind.interaction.rawValue, time: time,
            payload: JSONValue.object(members).serialized())
    }
}
