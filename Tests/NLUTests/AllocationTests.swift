import CAllocationCount
import Numerics
import Testing

@testable import NLU

/// What costs memory, counted on the thread that asks for it.
@Suite(.enabled(if: allocation_count() >= 0, "this C library's allocations are not counted"))
struct AllocationTests {
    private static let texts =
        (UInt64(0)..<20).map { seed in
            var random = SplitMix64(seed: seed)
            return Array(Toy.randomText(using: &random).utf8)
        }
        + [
            "", "set an alarm", "Größe, naïve’s 日本 😀 don't", "please   stop!",
            String(repeating: "set the alarm to seven, not to eight; ", count: 100),
        ].map { Array($0.utf8) }

    /// What an unoptimised build asks for at each call, whatever the text.
    ///
    /// These are closures and boxes that the optimiser does without: with `-c release` none is allowed.
    private static let atCall: Int = {
        #if DEBUG
            4
        #else
            0
        #endif
    }()

    /// How often `body`, some calls, asks for memory beyond that, once it has been done before.
    private func allocations(of calls: Int, _ body: () -> Void) -> Int {
        body()
        let before = allocation_count()
        body()
        return allocation_count() - before - calls * Self.atCall
    }

    @Test func `an utterance costs no allocation once the buffers have grown`() throws {
        let bytes = Toy.model.encoded()
        for model in [Toy.model, try IntentModel(Memory(copying: bytes.span))] {
            var scratch = IntentModel.Scratch()
            var prediction = IntentPrediction()
            let count = allocations(of: Self.texts.count) {
                for text in Self.texts {
                    model.answer(text.span, scratch: &scratch, into: &prediction)
                }
            }
            #expect(count <= 0)
        }
    }

    @Test func `a key costs no allocation, be all of the text scored or the changed word`() {
        var scratch = IntentModel.Scratch()
        var prediction = IntentPrediction()
        var known = KnownText()
        let shown = ShownAnswer()
        let keys = Self.texts.reduce(0) { $0 + $1.count }
        let count = allocations(of: 2 * keys) {
            for text in Self.texts where !text.isEmpty {
                for end in 1...text.count {
                    let typed = text.span.extracting(0..<end)
                    Toy.model.answer(
                        typed, .typing(shown: shown), scratch: &scratch, into: &prediction)
                    Toy.model.answer(
                        typed, .typing(shown: shown), after: &known, scratch: &scratch,
                        into: &prediction)
                }
            }
        }
        #expect(count <= 0)
    }

    @Test func `scoring tags costs no allocation`() {
        let model = ToyTags.outcome.model
        var scratch = TagModel.Scratch()
        let count = allocations(of: Self.texts.count) {
            for text in Self.texts { model.score(text.span, scratch: &scratch) }
        }
        #expect(count <= 0)
    }

    @Test func `the counter counts`() {
        var kept: [[Int]] = []
        kept.reserveCapacity(4)
        #expect(allocations(of: 0) { kept = [Array(repeating: 1, count: 100)] } >= 2)
        #expect(kept[0].count == 100)
    }
}

/// What opening an artifact leaves where it is.
@Suite struct MappingTests {
    @Test func `the tables of an opened model lie in the memory that it was opened from`() throws {
        for bytes in [Toy.model.encoded(), ToyTags.outcome.model.encoded()] {
            let memory = Memory(copying: bytes.span)
            let whole = memory.bytes.withUnsafeBytes { $0.place }
            let isOfTags = bytes == ToyTags.outcome.model.encoded()
            let lexical =
                isOfTags
                ? try TagModel(memory).lexical
                : try #require(try IntentModel(memory).classifier).lexical
            let places = [
                lexical.rows.span.withUnsafeBytes { $0.place },
                lexical.features.span.withUnsafeBytes { $0.place },
                lexical.vocabulary.slots.span.withUnsafeBytes { $0.place },
            ]
            for place in places {
                #expect(
                    whole.lowerBound <= place.lowerBound && place.upperBound <= whole.upperBound)
            }
            // They are what an artifact grows by.
            #expect(places.reduce(0) { $0 + $1.count } > bytes.count / 2)
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var place: Range<UInt> {
        let start = UInt(bitPattern: baseAddress)
        return start..<start + UInt(count)
    }
}
