// The entities of a text, by what examples taught, by lists and by patterns.

import Numerics

/// An entity that was recognised in a text.
package struct Entity: Equatable, Sendable {
    package let span: EntitySpan
    /// How sure it is, 0…1.
    ///
    /// Of a listed value, 1 less the share of its letters that are slips; of a pattern, 1; of what the tagger
    /// found, the probability of just this stretch and type.
    package let confidence: Float

    package init(span: EntitySpan, confidence: Float) {
        self.span = span
        self.confidence = confidence
    }

    /// The same in a text that has so many UTF-16 units more before it.
    func moved(by offset: Int) -> Entity {
        guard offset != 0 else { return self }
        let range = span.range.lowerBound + offset..<span.range.upperBound + offset
        let moved = EntitySpan(range: range, type: span.type, value: span.value)
        return Entity(span: moved, confidence: confidence)
    }
}

/// Finds entities: no two of them overlap, and they stand in the order of the text.
///
/// Where candidates overlap, one that the tagger found comes first, then the longer one, then the one
/// that begins first, then one of a list (the fewer slips, the earlier list) before one of an
/// expression (the earlier), and that before one of a pattern (the earlier in `EntityPattern`). What the tagger found has the value that a list of its type
/// gives to its words, or else a pattern of just these words.
///
/// Immutable and shared freely; what a call needs beside it lives in the caller's `Scratch`.
package struct EntityRecogniser: Sendable {
    let lists: EntityLists
    let expressions: EntityExpressions?
    /// In the order of `EntityPattern`.
    package let patterns: [EntityPattern]
    package let tagger: EntityTagger?
    let markKeys: TagMarkKeys

    init(
        lists: EntityLists, expressions: EntityExpressions? = nil, patterns: [EntityPattern],
        tagger: EntityTagger? = nil
    ) {
        self.lists = lists
        self.expressions = expressions
        self.patterns = EntityPattern.allCases.filter(patterns.contains)
        self.tagger = tagger
        markKeys = TagMarkKeys(
            lists: lists.kinds, expressions: expressions?.expressions ?? [], patterns: self.patterns
        )
    }

    /// Memory for calls, grown as needed and used again.
    package struct Scratch: ~Copyable {
        var text = EntityText()
        var lists = EntityLists.Scratch()
        var expressions = EntityExpressions.Scratch()
        var candidates: [EntityCandidate] = []
        var tagger = EntityTagger.Scratch()
        fileprivate var taken: [Bool] = []

        package init() {}
    }

    /// The lists, copied; those that only give values are among them.
    package var entityLists: [EntityList] { lists.lists }

    /// Writes the entities of the first `Words.limit` bytes of a text in UTF-8, passage by passage,
    /// up to the passage in which token `Passages.tokenLimit` stands.
    ///
    /// Without allocation but for what is found, once the memory has grown.
    package func recognise(
        _ bytes: Span<UInt8>, scratch: inout Scratch, into entities: inout [Entity]
    ) {
        entities.removeAll(keepingCapacity: true)
        let end = Words.cut(bytes)
        var (start, offset, tokenCount) = (0, 0, 0)
        while start < end, tokenCount < Passages.tokenLimit {
            let next = Passages.end(in: bytes, from: start, end)
            recognise(bytes.extracting(start..<next), at: offset, &scratch, &entities)
            offset += scratch.text.length
            tokenCount += scratch.text.tokens.count
            start = next
        }
    }

    /// The same for a text that is edited key by key: passages that `known` has are not read again.
    package func recognise(
        _ bytes: Span<UInt8>, after known: inout KnownPassages, scratch: inout Scratch,
        into entities: inout [Entity]
    ) {
        let end = Words.cut(bytes)
        known.begin()
        defer { known.end() }
        guard Passages.end(in: bytes, from: 0, end) < end else {
            return recognise(bytes, scratch: &scratch, into: &entities)
        }
        entities.removeAll(keepingCapacity: true)
        var (start, offset, tokenCount) = (0, 0, 0)
        while start < end, tokenCount < Passages.tokenLimit {
            let next = Passages.end(in: bytes, from: start, end)
            let text = bytes.extracting(start..<next)
            let kept = known.find(text)
            let passage = kept ?? read(text, &scratch)
            known.keep(passage, isRead: kept == nil)
            for entity in passage.entities { entities.append(entity.moved(by: offset)) }
            offset += passage.length
            tokenCount += passage.tokenCount
            start = next
        }
    }

    private func read(_ text: Span<UInt8>, _ scratch: inout Scratch) -> KnownPassages.Passage {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for i in text.indices { bytes.append(text[i]) }
        var passage = KnownPassages.Passage(text: bytes)
        recognise(text, at: 0, &scratch, &passage.entities)
        passage.tokenCount = scratch.text.tokens.count
        passage.length = scratch.text.length
        return passage
    }

    /// Appends the entities of one passage, which begins at `offset` of the text, in UTF-16 units.
    private func recognise(
        _ passage: Span<UInt8>, at offset: Int, _ scratch: inout Scratch,
        _ entities: inout [Entity]
    ) {
        findCandidates(passage, &scratch)
        tagger?.find(scratch.text, keys: markKeys, &scratch.tagger, &scratch.candidates)
        guard !scratch.candidates.isEmpty else { return }
        EntityCandidate.resolve(&scratch.candidates, &scratch.taken, scratch.text.tokens.count)
        for candidate in scratch.candidates {
            entities.append(entity(candidate, scratch.text).moved(by: offset))
        }
    }

    /// The entities of a text.
    package func recognise(_ text: String, scratch: inout Scratch) -> [Entity] {
        var entities: [Entity] = []
        let bytes = text.utf8.span
        recognise(bytes, scratch: &scratch, into: &entities)
        return entities
    }

    /// Reads a passage and collects what lists, expressions and patterns find, overlaps included.
    func findCandidates(_ passage: Span<UInt8>, _ scratch: inout Scratch) {
        scratch.text.read(passage)
        var candidates: [EntityCandidate] = []
        swap(&candidates, &scratch.candidates)
        candidates.removeAll(keepingCapacity: true)
        lists.find(in: scratch.text, &scratch.lists) { candidates.append(EntityCandidate($0)) }
        expressions?.find(passage, in: scratch.text, &scratch.expressions) { tokens, rank in
            candidates.append(EntityCandidate(tokens: tokens, source: .expression, rank: rank))
        }
        findPatterns(scratch.text, &candidates)
        swap(&candidates, &scratch.candidates)
    }

    private func findPatterns(_ text: EntityText, _ candidates: inout [EntityCandidate]) {
        guard !patterns.isEmpty else { return }
        for i in text.tokens.indices {
            let beginnings = text.beginnings(at: i)
            guard beginnings != .none else { continue }
            for (rank, pattern) in patterns.enumerated()
            where beginnings == .all || pattern.isAddress {
                guard let end = text.end(of: pattern, at: i) else { continue }
                candidates.append(EntityCandidate(tokens: i..<end, source: .pattern, rank: rank))
            }
        }
    }

    private func entity(_ candidate: EntityCandidate, _ text: EntityText) -> Entity {
        let type: String
        let value: String?
        var confidence: Float = 1
        switch candidate.source {
        case .tagger:
            type = tagger?.types[candidate.rank] ?? ""
            value = self.value(of: candidate.tokens, text, type)
            confidence = candidate.confidence
        case .list:
            type = lists.kinds[candidate.rank].type
            value = lists.name(EntityLists.Entry(list: candidate.rank, value: candidate.value))
            let first = text.tokens[candidate.tokens.lowerBound].start
            let letters = text.tokens[candidate.tokens.upperBound - 1].end - first
            confidence = 1 - Float(candidate.slips) / Float(letters)
        case .expression:
            type = expressions?.expressions[candidate.rank].type ?? ""
            value = nil
        case .pattern:
            type = patterns[candidate.rank].rawValue
            value = text.value(of: patterns[candidate.rank], candidate.tokens)
        }
        let span = EntitySpan(range: text.range(candidate.tokens), type: type, value: value)
        return Entity(span: span, confidence: confidence)
    }

    /// What words that the tagger found stand for; nil for themselves.
    private func value(of tokens: Range<Int>, _ text: EntityText, _ type: String) -> String? {
        if let value = lists.value(of: tokens, in: text, type: type) { return value }
        let pattern = patterns.first {
            text.end(of: $0, at: tokens.lowerBound) == tokens.upperBound
        }
        return pattern.flatMap { text.value(of: $0, tokens) }
    }
}

/// Tokens that may be an entity.
struct EntityCandidate {
    enum Source: UInt8 {
        case tagger, list, expression, pattern
    }

    let tokens: Range<Int>
    let source: Source
    /// Which type of the tagger, which list, which expression, which pattern.
    let rank: Int
    var value = 0
    var slips = 0
    var confidence: Float = 1

    init(tokens: Range<Int>, source: Source, rank: Int) {
        self.tokens = tokens
        self.source = source
        self.rank = rank
    }

    init(_ match: EntityLists.Match) {
        self.init(tokens: match.tokens, source: .list, rank: match.entry.list)
        value = match.entry.value
        slips = match.slips
    }

    /// Keeps those that go before all others they overlap, in the order of the text.
    ///
    /// `taken` is memory for the call.
    static func resolve(
        _ candidates: inout [EntityCandidate], _ taken: inout [Bool], _ tokenCount: Int
    ) {
        candidates.sort { $0.precedes($1) }
        taken.removeAll(keepingCapacity: true)
        taken.append(contentsOf: repeatElement(false, count: tokenCount))
        var kept = 0
        for i in candidates.indices {
            let tokens = candidates[i].tokens
            guard !taken[tokens].contains(true) else { continue }
            for token in tokens { taken[token] = true }
            candidates[kept] = candidates[i]
            kept += 1
        }
        candidates.removeLast(candidates.count - kept)
        candidates.sort { $0.tokens.lowerBound < $1.tokens.lowerBound }
    }

    private func precedes(_ other: EntityCandidate) -> Bool {
        if (source == .tagger) != (other.source == .tagger) { return source == .tagger }
        if tokens.count != other.tokens.count { return tokens.count > other.tokens.count }
        if tokens != other.tokens { return tokens.lowerBound < other.tokens.lowerBound }
        if source != other.source { return source.rawValue < other.source.rawValue }
        return (slips, rank, value) < (other.slips, other.rank, other.value)
    }
}
