import Documents
import Numerics
import Testing

@Suite struct SnapshotTests {
    /// A document after some random edits of several sessions.
    private func document(_ random: inout SplitMix64) throws -> Document {
        var document = Document(epoch: random.next())
        var sequences = [0, 0, 0]
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let session = Int.random(in: 0..<3, using: &random)
            sequences[session] += 1
            _ = try document.commit(
                Edit(
                    session: SessionID(rawValue: UInt128(session) << 100), user: "someone",
                    base: document.revision, sequence: sequences[session],
                    operation: random.operation(on: document.text.string)))
        }
        return document
    }

    private func encoded(_ snapshot: Snapshot) -> [UInt8] {
        var bytes: [UInt8] = []
        snapshot.encode(into: &bytes)
        return bytes
    }

    @Test(arguments: UInt64(0)..<40)
    func `decoding gives back what was encoded`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let document = try document(&random)
        let bytes = encoded(document.snapshot)
        let decoded = try Snapshot(decoding: bytes.span)
        #expect(decoded == document.snapshot)
        #expect(encoded(decoded) == bytes)
    }

    @Test(arguments: UInt64(0)..<20)
    func `a document goes on from a snapshot as from itself`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var document = try document(&random)
        let history = Array(document.edits(since: document.oldestBase) ?? [])
        var twin = Document(
            try Snapshot(decoding: encoded(document.snapshot).span), history: history)
        #expect(twin.oldestBase == document.oldestBase)
        for number in 1...20 {
            let edit = Edit(
                session: SessionID(rawValue: 99), user: "", base: document.revision,
                sequence: number, operation: random.operation(on: document.text.string))
            #expect(try document.commit(edit) == twin.commit(edit))
        }
        #expect(encoded(document.snapshot) == encoded(twin.snapshot))
    }

    @Test func `history before a gap does not count`() throws {
        var random = SplitMix64(seed: 5)
        let document = try document(&random)
        let revision = document.revision
        var history = Array(document.edits(since: 0) ?? [])
        history.remove(at: revision - 4)
        #expect(Document(document.snapshot, history: history).oldestBase == revision - 3)
        #expect(Document(document.snapshot).oldestBase == revision)
    }

    @Test(arguments: UInt64(0)..<20)
    func `damage is an error or another whole snapshot, never a crash`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bytes = encoded(try document(&random).snapshot)
        for count in bytes.indices {
            #expect(throws: FormatError.self) {
                try Snapshot(decoding: bytes.span.extracting(first: count))
            }
        }
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            guard let other = try? Snapshot(decoding: damaged.span) else { continue }
            #expect(encoded(other) == damaged)
        }
    }

    @Test func `a document whose names of blocks run out refuses edits`() throws {
        var bytes = encoded(Document(epoch: 1).snapshot)
        bytes[15...15] = [0xFF, 0xFF, 0xFF, 0xFF, 0x07]
        var document = Document(try Snapshot(decoding: bytes.span))
        let edit = Edit(
            session: SessionID(rawValue: 1), user: "", base: 0, sequence: 1,
            operation: Operation(replacing: 0..<0, with: "\n"))
        #expect(throws: EditError.blockNamesExhausted) { try document.commit(edit) }
    }

    @Test func `what is wrong is said by name`() {
        let empty = encoded(Document(epoch: 1).snapshot)
        func error(_ change: (inout [UInt8]) -> Void) -> FormatError? {
            var bytes = empty
            change(&bytes)
            do throws(FormatError) {
                _ = try Snapshot(decoding: bytes.span)
                return nil
            } catch {
                return error
            }
        }
        // "HDOC" 1 · epoch · revision 0 · text 0 · next block 2 · block +1 · no sessions.
        #expect(empty.count == 18)
        #expect(error { $0[0] = 0 } == .notASnapshot)
        #expect(error { $0[4] = 9 } == .unknownVersion(9))
        #expect(error { $0[15] = 1 } == .badBlock(at: 17))
        #expect(error { $0[17] = 1 } == .truncated(at: 18))
        #expect(error { $0.append(0) } == .trailingBytes(at: 18))
        #expect(error { $0[14...14] = [2, 0xC3, 0x28] } == .invalidUTF8(at: 15))
        #expect(error { $0[13...13] = [0x80, 0] } == .numberTooLarge(at: 13))
    }
}
