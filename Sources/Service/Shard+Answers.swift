// What models have said of a document so far, for one who has it open.

internal import Documents
internal import Ranking
internal import Reactor
internal import Wire

extension Shard {
    /// Sends all that the versions that answer somebody have said of a document, the blocks in `range` first.
    func sendAnswers(_ token: SlabToken, to connection: ConnectionRef, first range: Range<Int>?) {
        for reading in documents[token].readings.indices {
            sendAnswers(of: reading, token, to: connection, first: range)
        }
    }

    /// The same of one version; nothing if another one answers it.
    func sendAnswers(
        of reading: Int, _ token: SlabToken, to connection: ConnectionRef,
        first range: Range<Int>? = nil, removing: Bool = false
    ) {
        let start = min(max(range?.lowerBound ?? 0, 0), documents[token].document.text.length)
        let shown = documents[token].document.blocks.blocks(from: start)
        let rest = documents[token].document.blocks.blocks()
        var blocks = shown.map(\.id)
        if start > 0 { blocks += rest.prefix { $0.range.upperBound < start }.map(\.id) }
        send(blocks + [.whole], of: reading, token, to: connection, removing: removing)
    }

    /// Sends what a model says of blocks, in parts; where `removing`, also of which it says nothing.
    func send(
        _ blocks: [BlockID], of reading: Int, _ token: SlabToken, to connection: ConnectionRef,
        removing: Bool = false
    ) {
        let model = documents[token].readings[reading].model
        guard let place = documents[token].subscriber(connection),
            let version = documents[token].subscribers[place].version(model)
        else { return }
        guard documents[token].subscribers[place].behind == nil else {
            documents[token].subscribers[place].behind?.blocks[model, default: []].formUnion(blocks)
            return
        }
        documents[token].readings[reading].told = documents[token].document.revision
        noteSeen(of: reading, token, by: connection)
        let rights = documents[token].subscribers[place].caller.session.rights
        var rest = blocks[...]
        repeat {
            let part = Array(rest.prefix(Self.answersInMessage))
            rest = rest.dropFirst(part.count)
            var entries = entries(of: part, reading, token, rights).filter {
                removing || !$0.content.isSilent
            }
            if removing, part.contains(.whole), !entries.contains(where: { $0.location == nil }) {
                entries += nothingOfWhole(reading, token)
            }
            let answered = entries.map { $0.location?.block ?? .whole } + [.whole]
            let removed = removing ? Set(part).subtracting(answered) : []
            // Who catches up hears of edits, too, that have changed no answer.
            guard entries.count > 0 || removing else { continue }
            let results = ServerMessage.Results(
                source: .init(
                    document: documents[token].name,
                    revision: documents[token].document.revision),
                model: documents[token].readings[reading].model,
                kind: documents[token].readings[reading].kind,
                arm: version.arm, entries: entries,
                removed: removed.sorted(), pending: documents[token].readings[reading].open)
            push(Outgoing(ServerMessage(.results(results))), to: connection)
        } while !rest.isEmpty
    }

    private static var answersInMessage: Int { 256 }

    /// An entry that takes back what another version has said of the document as a whole, where its kind has any.
    private func nothingOfWhole(_ reading: Int, _ token: SlabToken) -> [ResultEntry] {
        guard let nothing = documents[token].readings[reading].kind.nothing,
            let location = documents[token].location(of: .whole)
        else { return [] }
        let revision = documents[token].document.revision
        return [entry(nothing, at: location, token, reading, revision)]
    }

    private func entries(
        of blocks: [BlockID], _ reading: Int, _ token: SlabToken, _ rights: Rights
    ) -> [ResultEntry] {
        let access = itemAccess(of: documents[token].readings[reading].model)
        // Whose items are a recommender's that is gone, nobody knows.
        if documents[token].readings[reading].kind == .recommendations, access == nil { return [] }
        return blocks.compactMap { block in
            guard let answer = documents[token].readings[reading].answers[block],
                let location = documents[token].location(of: block)
            else { return nil }
            let content = answer.content.seen(with: rights, access ?? nil)
            return entry(
                content, at: location, token, reading, answer.revision,
                named: documents[token].readings[reading].listName(of: block))
        }
    }
}
