// Lists that were shown, and who has seen them.

internal import Documents
internal import JSON
internal import Journal
internal import Ranking
internal import Reactor

extension Shard {
    /// What is known of a list that somebody speaks of; it counts as logged from now on.
    func knownList(_ name: AnswerName, seenBy viewer: Session) -> Reading.KnownList {
        switch name.subject {
        case .question:
            // Logged when it was asked for.
            return list(name).map { .logged($0) } ?? .unknown
        case .block(let block, let document, _):
            guard let token = directory[document] else { return .unknown }
            for i in documents[token].readings.indices
            where documents[token].readings[i].list(name.text, of: block) != nil {
                let known = documents[token].readings[i].log(name.text, of: block)
                let view = Reading.Deed(session: viewer.peer)
                let isNew = documents[token].readings[i].take(view, with: name.text, of: block)
                if isNew, case .logged(let list) = known { log(view, with: list, by: viewer) }
                return known
            }
            return .unknown
        }
    }

    /// Whether a session has not done this yet with a list that was pushed.
    func isNew(_ deed: Reading.Deed, with name: AnswerName) -> Bool {
        guard case .block(let block, let document, _) = name.subject,
            let token = directory[document]
        else { return false }
        return documents[token].readings.contains { $0.take(deed, with: name.text, of: block) }
    }

    /// Logs what one more session does with a list that was pushed to several.
    ///
    /// Who saw it first stands with the list, who first did something with an item in the record of that: what
    /// comes after is nothing to learn from, yet counts for the units of experiments.
    func log(_ deed: Reading.Deed, with list: Impression, by viewer: Session) {
        var members: [(key: String, value: JSONValue)] = [
            ("recommendation", .string(list.request)),
            ("items", .number(Double(list.items.count))),
            ("session", .string(viewer.peer.description)),
        ]
        if let user = viewer.person { members.append(("user", .string(user))) }
        if let action = deed.action { members.append(("action", .string(action.rawValue))) }
        if let scope = list.scope { members.append(("scope", .string(scope))) }
        keepUnasked(
            JournalRecord(
                kind: "view", time: wallClock, payload: JSONValue.object(members).serialized()))
    }

    /// The list of that name, if it is remembered here.
    func list(_ name: AnswerName) -> Impression? {
        switch name.subject {
        case .question(let number, let shard):
            guard shard == index, let list = questions.list(of: number) else { return nil }
            return list.request == name.text ? list : nil
        case .block(let block, let document, _):
            guard let token = directory[document] else { return nil }
            return documents[token].readings.lazy.compactMap { $0.list(name.text, of: block) }.first
        }
    }
}
