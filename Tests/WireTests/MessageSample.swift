import Documents
import JSON
import Numerics
import Wire

/// Random messages of every type for the laws.
struct MessageSample {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func clientMessages() -> [ClientMessage] {
        let document = documentID()
        let bodies: [ClientMessage.Body] = [
            .hello(
                .init(
                    version: count(), token: maybe { $0.text() }, user: maybe { $0.name() },
                    client: maybe { $0.name() }, session: maybe { $0.session() },
                    branch: maybe { $0.name() })),
            .open(
                .init(
                    document: document, from: count(), epoch: name(), range: maybe { $0.range() })),
            .open(.init(document: document)),
            .edit(
                .init(
                    document: document, base: count(), sequence: count() + 1,
                    operation: operation())),
            .close(document: document),
            .presence(.init(document: document, place: place())),
            .classify(.init(text: text(), model: maybe { $0.name() })),
            .recommend(
                .init(
                    source: name(), query: maybe { $0.text() }, document: document,
                    block: maybe { $0.block() }, limit: maybe { $0.count() + 1 })),
            .interact(.init(recommendation: text(), item: name(), action: name())),
            .feedback(.init(prediction: text(), label: label())),
            .item(
                .init(
                    corpus: name(), item: name(), change: .fields(["title": "x", "n": [1, 2.5]]))),
            .item(.init(corpus: name(), item: name(), change: .removed)),
            .explain(explained()),
            .watch(
                .init(
                    events: maybe { $0.list { $0.name() } }, document: maybe { $0.documentID() },
                    session: maybe { $0.peer() }, since: maybe { $0.count() })),
            .unwatch(maybe { $0.id() }), .ping, .status,
            .deploy(
                .init(
                    model: name(), version: maybe { $0.name() },
                    documents: maybe { $0.list { $0.text() } },
                    tags: maybe { $0.list { $0.text() } }, force: maybe { $0.text() },
                    why: maybe { $0.text() }, branch: maybe { $0.name() }, isRemoval: flag(),
                    isRollback: flag(),
                    rollout: maybe { _ in ["mode": "canary", "steps": [0.5, 1]] },
                    experiment: maybe { _ in ["name": "x", "arms": []] })),
            .apply(.init(environment: ["models": []], force: maybe { $0.text() })),
            .review(
                .init(
                    model: name(), isLabelled: flag(), offset: count(),
                    limit: maybe { $0.count() + 1 })),
            .reviewed(.init(model: name(), text: text(), label: maybe { $0.label() })),
            .drift(.init(model: name())),
        ]
        return bodies.map { ClientMessage(id: maybe { $0.id() }, $0) }
    }

    mutating func serverMessages() -> [ServerMessage] {
        let document = documentID()
        let bodies: [ServerMessage.Body] = [
            .welcome(
                .init(
                    version: count(), server: text(), session: session(), user: name(),
                    limits: Limits(
                        maximumMessageBytes: count(), maximumDocumentUnits: count(),
                        maximumOpenDocuments: count(), historyRevisions: count(),
                        pingSeconds: count()))),
            .opened(opened(document, .text(text(), chunks: count(), isResync: flag()))),
            .opened(opened(document, .edits(list { $0.relayedEdit() }))),
            .chunk(.init(document: document, index: count(), text: text())),
            .edit(.init(document: document, edit: relayedEdit())),
            .ack(.init(document: document, sequence: count() + 1, revision: count() + 1)),
            .closed(document: document),
            .presence(.init(document: document, peer: peer(), hasLeft: flag())),
            .results(results(.intent) { .intent($0.intent()) }),
            .results(
                results(.tags) { sample in
                    .tags(
                        .init(tags: sample.list { .init(tag: $0.name(), confidence: $0.float()) }))
                }),
            .results(results(.recommendations) { .recommendations($0.recommendation()) }),
            .results(results(.duplicate) { .duplicate($0.duplicate()) }),
            .ok, .pong, .explanation(explanation()), .event(event()),
            .error(
                WireError(
                    ErrorCode.allCases.randomElement(using: &random) ?? .badField,
                    maybe { $0.text() }, document: maybe { $0.documentID() },
                    retryAfterMilliseconds: maybe { $0.count() })),
            .bye(.init(reason: flag() ? .drain : .idle, retryAfterMilliseconds: count())),
            .deployed(.init(deployment: deployment(), previous: maybe { $0.name() })),
            .status(status()),
            .review(.init(model: name(), total: count(), items: list { $0.reviewItem() })),
            .drift(.init(versions: [["model": .string(name()), "windows": []]])),
        ]
        return bodies.map { ServerMessage(id: maybe { $0.id() }, $0) }
    }

    // MARK: Parts

    private mutating func opened(
        _ document: String, _ content: ServerMessage.Opened.Content
    ) -> ServerMessage.Opened {
        .init(
            document: document, epoch: name(), revision: count(), sequence: count(),
            content: content, presence: list { $0.peer() })
    }

    private mutating func results(
        _ kind: ResultKind, _ content: (inout MessageSample) -> ResultContent
    ) -> ServerMessage.Results {
        .init(
            source: maybe { .init(document: $0.documentID(), revision: $0.count()) }, model: name(),
            kind: kind, arm: maybe { $0.name() },
            entries: list { sample in
                ResultEntry(
                    location: sample.maybe { .init(block: $0.block(), range: $0.range()) },
                    prediction: sample.text(), content: content(&sample))
            }, removed: list { $0.block() },
            unchanged: count(), pending: flag() ? count() : 0, queuedMicroseconds: count(),
            computeMicroseconds: count())
    }

    private mutating func intent() -> IntentResult {
        .init(
            intent: name(), confidence: float(),
            ranking: list { .init(intent: $0.name(), confidence: $0.float()) },
            entities: list {
                .init(
                    entity: $0.name(), range: $0.range(), value: $0.maybe { $0.text() },
                    confidence: $0.float())
            }, rule: maybe { $0.text() })
    }

    private mutating func recommendation() -> RecommendationResult {
        .init(
            source: name(), corpus: name(),
            items: list {
                .init(
                    item: $0.name(), score: $0.float(), title: $0.maybe { $0.text() },
                    reasons: $0.maybe { $0.list { $0.text() } })
            })
    }

    private mutating func duplicate() -> DuplicateResult {
        .init(
            duplicates: list {
                .init(
                    document: $0.documentID(), block: $0.maybe { $0.block() },
                    similarity: $0.float(), isExact: $0.flag())
            })
    }

    private mutating func explanation() -> ServerMessage.Explanation {
        .init(
            explained: explained(), label: name(), model: name(), bias: float(),
            contributions: list { .init(feature: $0.text(), weight: $0.float()) },
            runnerUp: maybe { $0.name() },
            words: list {
                .init(
                    word: $0.text(), range: $0.range(), weight: $0.float(), runnerUp: $0.float(),
                    share: $0.float())
            },
            rule: maybe { $0.text() }, evidence: list { $0.text() })
    }

    private mutating func event() -> ServerMessage.Event {
        .init(
            lost: count(), sequence: count(), time: count(), event: name(),
            document: maybe { $0.documentID() }, session: maybe { $0.text() },
            fields: [.init("micros", .number(Double(count()))), .init("é", .string(text()))])
    }

    private mutating func status() -> ServerMessage.Status {
        .init(
            server: name(), environment: name(), port: maybe { $0.count() }, uptimeSeconds: count(),
            connections: count(), sessions: count(), documents: count(), isDraining: flag(),
            settings: maybe { ["limit": .string($0.text())] },
            deployments: list { $0.deployment() })
    }

    private mutating func deployment() -> Deployment {
        Deployment(
            model: name(), kind: name(), documents: list { $0.text() },
            answers: maybe { $0.count() }, reportedWrong: maybe { $0.count() },
            experiment: maybe { $0.name() }, branch: maybe { $0.name() })
    }

    private mutating func reviewItem() -> ReviewItem {
        ReviewItem(
            item: "00ff12ab34cd56ef", text: text(), model: name(), answer: reviewedAnswer(),
            reports: list { .init(label: $0.label(), count: $0.count()) }, times: count(),
            time: count())
    }

    private mutating func reviewedAnswer() -> ReviewItem.Answer {
        guard flag() else {
            return .tags(list { .init(tag: $0.name(), confidence: $0.float()) })
        }
        return .intent(
            name(), confidence: float(),
            ranking: list { .init(intent: $0.name(), confidence: $0.float()) })
    }

    private mutating func label() -> Label {
        flag() ? .intent(name()) : .tags(list { $0.name() })
    }

    private mutating func relayedEdit() -> RelayedEdit {
        RelayedEdit(
            revision: count() + 1, peer: peer(), user: text(), sequence: count() + 1,
            operation: operation())
    }

    private mutating func explained() -> Explained {
        flag()
            ? .prediction(text(), tag: maybe { $0.name() })
            : .recommendation(text(), item: maybe { $0.name() })
    }

    private mutating func peer() -> Peer {
        Peer(peer: peer(), user: text(), place: flag() ? place() : Place())
    }

    private mutating func place() -> Place {
        Place(
            revision: count(), cursor: maybe { $0.count() }, anchor: maybe { $0.count() },
            state: maybe { ["typing": .boolean($0.flag()), "label": .string($0.text())] })
    }

    mutating func operation() -> Operation {
        let components = list { sample -> Operation.Component in
            switch Int.random(in: 0..<3, using: &sample.random) {
            case 0: .retain(sample.count() + 1)
            case 1: .insert("x" + sample.text())
            default: .delete(sample.count() + 1)
            }
        }
        return (try? Operation(components)) ?? Operation()
    }

    // MARK: Scalars

    private mutating func maybe<Value>(_ value: (inout MessageSample) -> Value) -> Value? {
        flag() ? value(&self) : nil
    }

    private mutating func list<Value>(_ value: (inout MessageSample) -> Value) -> [Value] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in value(&self) }
    }

    private mutating func flag() -> Bool { .random(using: &random) }

    private mutating func count() -> Int {
        Int(random.next() >> UInt64.random(in: 12..<64, using: &random)) % 100_000_000
    }

    private mutating func float() -> Float {
        Float.random(in: -1...1, using: &random)
    }

    private mutating func range() -> Range<Int> {
        let start = count()
        return start..<start + count()
    }

    private mutating func block() -> BlockID {
        BlockID(rawValue: UInt32(truncatingIfNeeded: random.next()))
    }

    private mutating func peer() -> PeerID { PeerID(session()) }
    private mutating func session() -> SessionID { SessionID(using: &random) }

    private mutating func id() -> MessageID {
        flag() ? .integer(count() - 1000) : .string(text())
    }

    private mutating func documentID() -> String {
        "ws-\(Int.random(in: 0..<9, using: &random))/Notes_\(Int.random(in: 0..<999, using: &random)).md~"
    }

    private mutating func name() -> String { "n" + text() }

    private mutating func text() -> String {
        let characters = ["a", "Z", " ", "\"", "\\", "\n", "\u{1f}", "é", "水", "😀", "👩‍👩‍👧"]
        let count = Int.random(in: 0...12, using: &random)
        return (0..<count).map { _ in characters.randomElement(using: &random) ?? "" }.joined()
    }
}
