// Lists that were shown, and who has seen them.

internal import Documents
internal import JSON
internal import Journal
internal import Ranking
internal import Reactor

extension Shard {
    /// What is known of a list that somebody speaks of; it counts as logged from now on.
    func knownList(_ name: AnswerName, seenBy viewer: Session) -> PushedList.Known {
        switch name.subject {
        case .question:
            // Logged when it was asked for.
            return list(name).map { .logged($0) } ?? .unknown
        case .block(let block, let document, _):
            guard let token = directory[document] else { return .unknown }
            guard let list = list(name.text, of: block, token) else { return .unknown }
            let (known, view) = (list.log(), PushedList.Deed(session: viewer.peer))
            if list.take(view), case .logged(let list) = known { log(view, with: list, by: viewer) }
            return known
        }
    }

    /// Whether a session has not done this yet with a list that was pushed.
    func isNew(_ deed: PushedList.Deed, with name: AnswerName) -> Bool {
        guard case .block(let block, let document, _) = name.subject,
            let token = directory[document]
        else { return false }
        return list(name.text, of: block, token)?.take(deed) ?? false
    }

    private func list(_ name: String, of block: BlockID, _ token: SlabToken) -> PushedList? {
        documents[token].readings.lazy.compactMap { $0.lists.named(name, of: block) }.first
    }

    /// Logs what one more session does with a list that was pushed to several.
    ///
    /// Who saw it first stands with the list, who first did something with an item in the record of that: what
    /// comes after is nothing to learn from, yet counts for the units of experiments.
    func log(_ deed: PushedList.Deed, with list: Impression, by viewer: Session) {
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
            return list(name.text, of: block, token)?.impression
        }
    }
}
