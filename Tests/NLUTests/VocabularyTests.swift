import Numerics
import Testing

@testable import NLU

@Suite struct VocabularyTests {
    private func vocabulary(_ hashes: [UInt64], after known: Vocabulary? = nil) throws -> Vocabulary
    {
        var writer = ArchiveWriter(magic: "vocabul\n", format: 1)
        writer.add("slots", Vocabulary.slots(for: hashes, after: known))
        let memory = Memory(copying: writer.encoded().span)
        let archive = try Archive(memory, magic: "vocabul\n")
        return try Vocabulary(slots: archive.table("slots"), rowCount: 1 << 20)
    }

    /// Seven of eight slots may be in use: what is known is found where it was, and what was added after it.
    @Test(arguments: UInt64(0)..<20)
    func `a table takes more until it is full, and loses nothing`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let hashes = (0..<Int.random(in: 1...700, using: &random)).map { _ in random.next() }
        let first = try vocabulary(hashes)
        let room = first.room
        #expect(room > 0 && hashes.count + room == first.slots.count / 8 * 7)
        let more = (0..<room).map { _ in random.next() }
        let full = try vocabulary(more, after: first)
        #expect(full.room == 0)
        for (row, hash) in (hashes + more).enumerated() { #expect(full.row(of: hash) == row) }
    }

    @Test func `training on adds what the table has room for`() throws {
        var random = SplitMix64(seed: 1)
        let hashes = (0..<10).map { _ in random.next() }
        let known = LexicalModel(
            fitted: Array(repeating: 1, count: 10 * wholeVectors(2)), stride: wholeVectors(2),
            classCount: 2, weights: Array(repeating: 1, count: 10), hashes: hashes,
            after: nil)
        let rows = [
            TrainingRow(source: 0, text: "play", target: Target(0, spread: 0), weight: 1),
            TrainingRow(source: 1, text: "stop", target: Target(1, spread: 0), weight: 1),
        ]
        let corpus = NGramCorpus(rows.map(\.text))
        #expect(corpus.hashes.count > known.vocabulary.room)
        let selection = FeatureSelection(
            corpus, rows, classCount: 2, minimum: 1, after: known)
        #expect(selection.hashes.count == known.vocabulary.room)
        #expect(selection.weights.count == known.featureCount + selection.hashes.count)
    }
}
