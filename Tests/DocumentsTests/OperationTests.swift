import Documents
import Numerics
import Testing

@Suite struct OperationTests {
    @Test(arguments: UInt64(0)..<40)
    func `composing equals applying one after the other and is associative`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let text = random.text(upTo: 12)
            let a = random.operation(on: text)
            let b = random.operation(on: text.applying(a))
            let c = random.operation(on: text.applying(a).applying(b))
            #expect(text.applying(a.composed(with: b)) == text.applying(a).applying(b))
            #expect(
                a.composed(with: b).composed(with: c) == a.composed(with: b.composed(with: c)))
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func `concurrent operations end in the same text in either order`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let text = random.text(upTo: 12)
            let a = random.operation(on: text)
            let b = random.operation(on: text)
            let later = b.transformed(over: a, as: .later)
            let earlier = a.transformed(over: b, as: .earlier)
            #expect(text.applying(a).applying(later) == text.applying(b).applying(earlier))
            #expect(a.composed(with: later) == b.composed(with: earlier))
        }
    }

    @Test func `where two inserts meet the later one stands to the left`() {
        let earlier = Operation(replacing: 1..<1, with: "E")
        let later = Operation(replacing: 1..<1, with: "L")
        #expect(
            "ab".applying(earlier).applying(later.transformed(over: earlier, as: .later)) == "aLEb")
    }

    @Test func `components come to one canonical form`() throws {
        let operation = try Operation([
            .retain(1), .retain(1), .delete(1), .insert("a"), .delete(2), .insert("b"), .retain(7),
        ])
        #expect(operation.components == [.retain(2), .insert("ab"), .delete(3)])
        #expect(operation.baseLength == 5 && operation.growth == -1)
        #expect(try Operation([]).isEmpty)
        #expect(try Operation([.retain(3)]) == Operation())
    }

    @Test func `components of nothing and sums that no text can have are refused`() {
        #expect(throws: OperationError.notPositive(0)) { try Operation([.retain(0)]) }
        #expect(throws: OperationError.notPositive(-2)) { try Operation([.delete(-2)]) }
        #expect(throws: OperationError.notPositive(0)) { try Operation([.insert("")]) }
        #expect(throws: OperationError.tooLong) { try Operation([.retain(.max), .delete(1)]) }
        #expect(throws: OperationError.tooLong) {
            try Operation([.retain(Operation.Builder.longest), .insert("a")])
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `the difference of two texts leads from one to the other`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let before = random.text(upTo: 8)
            let after =
                Bool.random(using: &random)
                ? random.text(upTo: 8)
                : before.applying(random.operation(on: before))
            let difference = Operation(from: Text(before), to: Text(after))
            #expect(before.applying(difference) == after)
            #expect(Text(before).fits(difference) && difference.splices.count <= 1)
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `moving offsets keeps their order and their distance to kept text`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let text = random.text(upTo: 12)
            let operation = random.operation(on: text)
            let length = text.applying(operation).utf16.count
            for sticksRight in [false, true] {
                let moved = (0...text.utf16.count).map {
                    operation.moved($0, sticksRight: sticksRight)
                }
                #expect(moved == moved.sorted() && moved.allSatisfy((0...length).contains))
            }
            #expect(operation.moved(text.utf16.count, sticksRight: true) == length)
            #expect(operation.moved(0) == 0)
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `decoding gives back what was encoded, and damage is an error`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let operation = random.operation(on: random.text(upTo: 200))
            var bytes: [UInt8] = []
            operation.encode(into: &bytes)
            #expect(try Operation(decoding: bytes.span) == operation)
            #expect(throws: FormatError.truncated(at: bytes.count - 1)) {
                var cut = bytes
                cut.removeLast()
                _ = try Operation(decoding: cut.span)
            }
            var damaged = bytes
            damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                in: 0...255, using: &random)
            // Damage may make another operation; what is read then has this one form.
            guard let other = try? Operation(decoding: damaged.span) else { continue }
            var again: [UInt8] = []
            other.encode(into: &again)
            #expect(again == damaged)
        }
    }

    @Test func `a character typed takes six bytes`() {
        var bytes: [UInt8] = []
        Operation(replacing: 100..<100, with: "x").encode(into: &bytes)
        #expect(bytes == [1, 100, 0, 1, UInt8(ascii: "x")])
    }
}
