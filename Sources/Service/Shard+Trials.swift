// Versions that are tried: what they answer is counted, and what a shadow answers is compared.

internal import Documents
internal import JSON
internal import Journal
internal import NLU
internal import Reactor
internal import Registry
internal import Telemetry
internal import Wire

extension Shard {
    /// Has the journal log that a unit uses an arm, and how it came to, the first time that it does.
    ///
    /// Which were logged is forgotten beyond a bound: a unit may be logged again, and counts once.
    func expose(_ exposure: Exposure, _ occasion: Occasion) {
        guard exposed.insert(exposure).inserted else { return }
        if exposed.count > Self.mostExposed { exposed = [exposure] }
        keepUnasked(
            JournalRecord(
                kind: "exposure", time: occasion.time ?? wallClock,
                payload: exposure.json.merging(occasion.json).serialized()))
    }

    /// The same of one that has got something.
    func expose(_ exposure: Exposure, _ occasion: Occasion, _ outcome: UnitOutcome) {
        expose(exposure, occasion)
        count(outcome, of: exposure)
    }

    private static var mostExposed: Int { 100_000 }

    /// Counts what a version has answered to people, for whoever judges it, `among` all that it read with that.
    ///
    /// What it reads as it was does not count: a version that begins reads all that is there, of which the one
    /// beside it may have been asked long ago.
    func observe(_ read: BlocksRead, among count: Int, by model: String) {
        guard !read.answers.isEmpty || !read.unanswered.isEmpty else { return }
        let counts = counts(of: model)
        let outOfScope = read.answers.count { $0.intentName == IntentClassifier.outOfScope }
        counts.observe(
            read.answers.count, outOfScope: outOfScope,
            failures: read.failures.count + read.unanswered.count,
            seconds: Double(read.computeNanoseconds) / 1e9
                * Double(max(read.answers.count, 1)) / Double(max(count, 1)))
    }

    /// Compares what a shadow says with what was last pushed; nobody is told but operators.
    func compare(_ read: BlocksRead, _ token: SlabToken, _ reading: Int) {
        let shadow = documents[token].readings[reading]
        let name = modelName(of: shadow.model) + "@"
        let live = documents[token].readings.first {
            !$0.isShadow && $0.kind == shadow.kind && $0.model.hasPrefix(name)
                && !deployments.isOnBranchesAlone($0.model)
        }
        for (location, answer) in zip(read.locations, read.answers) {
            _ = documents[token].readings[reading].keep(
                answer, for: location.block, revision: read.revision)
            guard let live, let other = live.answers[location.block] else { continue }
            // One may have read the block later than the other: that tells nothing.
            guard other.revision == read.revision else { continue }
            let isSame = answer.isSame(as: other.content)
            counts(of: shadow.model).compared(isSame: isSame)
            guard !isSame else { continue }
            note(
                .shadow, document: documents[token].name,
                fields: [
                    EventField("model", .string(shadow.model)),
                    EventField("block", .string(location.block.description)),
                    EventField("says", .string(answer.summary)),
                    EventField("live", .string(live.model)),
                    EventField("liveSays", .string(other.content.summary)),
                ])
        }
    }
}

extension ResultContent {
    /// Whether people would be shown the same.
    fileprivate func isSame(as other: ResultContent) -> Bool {
        switch (self, other) {
        case (.intent(let a), .intent(let b)): a.intent == b.intent
        case (.tags(let a), .tags(let b)): Set(a.tags.map(\.tag)) == Set(b.tags.map(\.tag))
        default: summary == other.summary
        }
    }

    /// What it says, in short.
    fileprivate var summary: String {
        switch self {
        case .intent(let result): result.intent
        case .tags(let result): result.tags.map(\.tag).joined(separator: ", ")
        case .recommendations(let result): result.items.map(\.item).joined(separator: ", ")
        case .duplicate(let result): result.duplicates.map(\.document).joined(separator: ", ")
        }
    }
}
