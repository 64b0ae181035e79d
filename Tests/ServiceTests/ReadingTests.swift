import Documents
import NLU
import Numerics
import Ranking
import Reactor
import Testing
import Wire

@testable import Service

/// What a version takes over from the one whose place it takes.
@Suite struct ReadingTests {
    private let now = Instant(nanoseconds: 1_000)

    @Test(arguments: UInt64(0)..<40)
    func `what is left for when there is time is read once, but for what was read meanwhile`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let reading = reading("desk@2")
        let blocks = (1...UInt32.random(in: 1...100, using: &random)).map { BlockID(rawValue: $0) }
        reading.pending.leave(blocks)
        var read: [BlockID] = []
        var revision = 0
        while reading.hasMore(anew: true) {
            if Bool.random(using: &random), let edited = blocks.randomElement(using: &random) {
                revision += 1
                reading.pending.offer(changed: [edited], removed: [], revision: revision, at: now)
                #expect(!reading.isDue(anew: true) && reading.isDue(anew: false))
                for (block, _) in reading.take(32, anew: false) {
                    _ = reading.keep(tags("fresh"), for: block, revision: revision)
                }
                reading.pending.settle()
            }
            for (block, cause) in reading.take(Int.random(in: 1...32, using: &random), anew: true) {
                #expect(reading.answers[block] == nil && cause == .again)
                _ = reading.keep(tags("anew"), for: block, revision: revision)
                read.append(block)
            }
        }
        #expect(Set(read).count == read.count)
        #expect(Set(blocks).isSubset(of: reading.answers.keys))
    }

    @Test(arguments: UInt64(0)..<40)
    func `what a version had not told of the next one does`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let old = reading("desk@1")
        let blocks = (1...20).map { BlockID(rawValue: $0) }
        for block in blocks { _ = old.keep(tags("sales"), for: block, revision: 1) }
        let changed = blocks.filter { _ in Bool.random(using: &random) }
        let gone = blocks.filter { _ in Bool.random(using: &random) }
        if !changed.isEmpty || !gone.isEmpty {
            old.pending.offer(changed: changed, removed: gone, revision: 2, at: now)
        }
        if Bool.random(using: &random) { post(old) }
        let next = reading("desk@2")
        next.follow(old, at: now)

        let isOwed = !changed.isEmpty || !gone.isEmpty
        #expect(next.pending.isOwed == isOwed)
        let waiting = Set(next.take(.max, anew: false).map(\.block))
        #expect(waiting == Set(changed).subtracting(gone))
        let removed = next.pending.takeRemoved().filter { next.forget($0) }
        #expect(Set(removed) == Set(gone))
    }

    @Test func `what stood is taken back where the next version says nothing`() {
        let old = reading("desk@1")
        let (told, silent) = (BlockID(rawValue: 1), BlockID(rawValue: 2))
        _ = old.keep(duplicates("plan"), for: told, revision: 1)
        _ = old.keep(duplicates(), for: silent, revision: 1)
        let next = reading("desk@2")
        next.follow(old, at: now)
        #expect(next.known(of: told) == duplicates("plan"))
        #expect(keep(duplicates(), for: told, in: next) == true)
        #expect(keep(duplicates(), for: silent, in: next) == false)
        #expect(keep(duplicates(), for: told, in: next) == false)
    }

    @Test func `what was left is read at once where somebody comes, but for what is read`() {
        let reading = reading("desk@2")
        let blocks = (1...5).map { BlockID(rawValue: $0) }
        reading.pending.leave(blocks)
        _ = reading.keep(tags("sales"), for: blocks[1], revision: 1)
        reading.hurry(revision: 1, at: now)
        #expect(!reading.hasMore(anew: true) && !reading.pending.isOwed)
        let taken = reading.take(.max, anew: false).map(\.block)
        #expect(taken == [blocks[4], blocks[3], blocks[2], blocks[0]])
    }

    @Test func `a block that is gone keeps an edit open until it is told`() {
        let reading = reading("desk@1")
        let block = BlockID(rawValue: 1)
        _ = reading.keep(tags("sales"), for: block, revision: 1)
        #expect(reading.open == 0)
        reading.pending.offer(changed: [], removed: [block], revision: 2, at: now)
        #expect(reading.open == 1)
    }

    @Test func `a version takes the place of one that is shown as it is, not of a shadow`() {
        let shadow = Reading(
            by: "desk@2", kind: .tags, isShadow: true, approved: ApprovedTags([]), revision: 0)
        let other = Reading(by: "desks@1", kind: .tags, approved: ApprovedTags([]), revision: 0)
        let next = reading("desk@3")
        #expect(!next.isSuccessor(of: shadow) && !next.isSuccessor(of: other))
        #expect(next.isSuccessor(of: reading("desk@1")))
    }

    @Test func `a list is put into the log once, and known to the versions that come`() {
        let block = BlockID(rawValue: 1)
        let first = reading("desk@1")
        keepList(of: block, in: first)
        let (second, beside) = (reading("desk@2"), reading("desk@3"))
        second.follow(first, at: now)
        beside.follow(first, at: now)
        let deed = PushedList.Deed(session: PeerID(rawValue: 1), item: "a", action: nil)
        #expect(isUnlogged(second.lists.named("list b1", of: block)))
        #expect(second.lists.named("list b1", of: block)?.take(deed) == true)
        let third = reading("desk@3")
        third.follow(second, at: now)
        for other in [first, second, beside, third] {
            #expect(!isUnlogged(other.lists.named("list b1", of: block)))
            #expect(other.lists.named("list b1", of: block)?.take(deed) == false)
        }
    }

    @Test func `of a block the last two lists are known`() {
        let block = BlockID(rawValue: 1)
        let reading = reading("desk@1")
        for name in ["one", "two", "three"] {
            let list = Impression(request: name, time: 1, user: nil, source: "s", items: ["a"])
            _ = reading.keep(tags(name), for: block, revision: 1, list: list)
        }
        #expect(reading.listName(of: block) == "three")
        _ = reading.keep(tags("silent"), for: block, revision: 2)
        let known = ["one", "two", "three"].filter { reading.lists.named($0, of: block) != nil }
        #expect(known == ["two", "three"] && reading.listName(of: block) == nil)
    }

    @Test func `of a list a thousand deeds are known`() {
        let list = PushedList(
            Impression(request: "one", time: 1, user: nil, source: "s", items: ["a"]))
        let deeds = (1...1001).map { PushedList.Deed(session: PeerID(rawValue: $0), item: "a") }
        #expect(deeds[..<1000].allSatisfy(list.take))
        #expect(!list.take(deeds[1000]) && !list.take(deeds[0]))
    }

    private func isUnlogged(_ list: PushedList?) -> Bool {
        if case .unlogged = list?.log() { true } else { false }
    }

    @Test func `lists are remembered up to a bound, those of the version before too`() {
        let blocks = (1...513).map { BlockID(rawValue: $0) }
        let old = reading("desk@1")
        for block in blocks[..<300] { keepList(of: block, in: old) }
        let next = reading("desk@2")
        next.follow(old, at: now)
        let isKnown = { (block: BlockID) in next.lists.named("list \(block)", of: block) != nil }
        for block in blocks[300..<512] { keepList(of: block, in: next) }
        #expect(blocks[..<512].allSatisfy(isKnown))
        keepList(of: blocks[512], in: next)
        #expect(!blocks[..<256].contains(where: isKnown))
        #expect(blocks[256...].allSatisfy(isKnown))
    }

    @Test func `an answer that stands is one to the text that was read last`() {
        let reading = reading("desk@1")
        let block = BlockID(rawValue: 1)
        #expect(reading.keep(tags("sales"), for: block, revision: 1))
        #expect(!reading.keep(tags("sales"), for: block, revision: 2))
        #expect(reading.answers[block]?.revision == 2)
    }

    @Test func `a block waits for the first cause that it has, or for an edit beside another`() {
        let block = BlockID(rawValue: 1)
        let causes: [Pending.Cause] = [.edit, .typing, .opening, .again]
        for (first, second) in causes.flatMap({ first in causes.map { (first, $0) } }) {
            var pending = Pending(revision: 0)
            for cause in [first, second] {
                pending.offer(changed: [block], removed: [], revision: 1, because: cause, at: now)
            }
            let isWritten = first.isWriting || second.isWriting
            #expect(pending.isOwed == isWritten)
            let taken = pending.take(2)
            #expect(
                taken.map(\.cause) == [first == second ? first : isWritten ? .edit : .opening])
        }
    }

    @Test func `what is read as it was stays so, refused by a worker or left to the next version`()
    {
        let blocks = (1...4).map { BlockID(rawValue: $0) }
        let old = reading("desk@1")
        old.pending.offer(
            changed: blocks[..<2], removed: [], revision: 1, because: .again, at: now)
        post(old)
        _ = old.takeBack(1)
        old.pending.offer(changed: blocks[2...], removed: [], revision: 2, at: now)
        let next = reading("desk@2")
        next.follow(old, at: now)
        for reading in [old, next] {
            let causes = reading.take(4, anew: false).map { ($0.block, $0.cause) }
            #expect(causes.filter { $0.1 == .again }.map(\.0).sorted() == Array(blocks[..<2]))
            #expect(causes.filter { $0.1 == .edit }.map(\.0).sorted() == Array(blocks[2...]))
        }
    }

    @Test func `one that was posted as it was and edited since is edited for the next version`() {
        let old = reading("desk@1")
        let block = BlockID(rawValue: 1)
        old.pending.offer(changed: [block], removed: [], revision: 1, because: .again, at: now)
        post(old)
        old.pending.offer(changed: [block], removed: [], revision: 2, at: now)
        let next = reading("desk@2")
        next.follow(old, at: now)
        let taken = next.take(2, anew: false)
        #expect(taken.map(\.block) == [block] && taken.map(\.cause) == [.edit])
    }

    @Test func `of what was read some is left out, in the time of all`() {
        let blocks = (1...3).map { BlockID(rawValue: $0) }
        let read = BlocksRead(
            locations: blocks[..<2].map { BlockLocation(block: $0, range: 0..<1) },
            answers: [tags("sales"), tags("help")], unanswered: [blocks[2]], revision: 1,
            computeNanoseconds: 10)
        let rest = read.without([blocks[0], blocks[2]])
        #expect(rest.locations.map(\.block) == [blocks[1]])
        #expect(rest.answers.first.map { !$0.isNews(after: tags("help")) } == true)
        #expect(rest.unanswered.isEmpty && rest.computeNanoseconds == 10)
        #expect(read.without([]).locations.count == 2)
    }

    @Test func `the same answer names the version that gives it now`() {
        let old = reading("desk@1")
        let block = BlockID(rawValue: 1)
        _ = old.keep(tags("sales"), for: block, revision: 1)
        let next = reading("desk@2")
        next.follow(old, at: now)
        #expect(keep(tags("sales"), for: block, in: next) == true)
        #expect(keep(tags("sales"), for: block, in: next) == false)
    }

    private func keepList(of block: BlockID, in reading: Reading) {
        let list = Impression(
            request: "list \(block)", time: 1, user: nil, source: "editor", items: ["a"])
        _ = reading.keep(tags("sales"), for: block, revision: 1, list: list)
    }

    /// Whether it is told.
    private func keep(_ content: ResultContent, for block: BlockID, in reading: Reading)
        -> Bool
    {
        reading.keep(content, for: block, revision: 1)
    }

    private func reading(_ model: String) -> Reading {
        Reading(by: model, kind: .tags, approved: ApprovedTags([]), revision: 0)
    }

    private func tags(_ tags: String...) -> ResultContent {
        .tags(TagResult(tags: tags.map { TagResult.Score(tag: $0, confidence: 1) }))
    }

    private func duplicates(_ documents: String...) -> ResultContent {
        .duplicate(
            DuplicateResult(
                duplicates: documents.map {
                    .init(document: $0, block: nil, similarity: 1, isExact: false)
                }))
    }

    /// Has a worker have what waits, as a shard does.
    private func post(_ reading: Reading) {
        let (since, isOwed) = (reading.pending.since ?? now, reading.pending.isOwed)
        let taken = reading.take(32, anew: false)
        let blocks = taken.map(\.block)
        let removed = reading.pending.takeRemoved().filter { reading.forget($0) }
        reading.pending.settle()
        reading.batch = Reading.Batch(
            number: 1, blocks: blocks, again: Set(taken.filter { $0.cause == .again }.map(\.block)),
            removed: removed, since: since, posted: now,
            left: 0, isOwed: isOwed)
    }
}
