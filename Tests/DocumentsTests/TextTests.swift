import Numerics
import Testing

@testable import Documents

@Suite struct TextTests {
    @Test(arguments: UInt64(0)..<40)
    func `random replacements do what they do to a string`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var string = random.text(upTo: 2000)
        var text = Text(string)
        for step in 0..<120 {
            let isLarge = Int.random(in: 0..<10, using: &random) == 0
            let range = random.range(in: string, upTo: isLarge ? 900 : 3)
            let inserted = random.text(upTo: isLarge && step < 80 ? 900 : 3)
            text.replace(range, with: inserted)
            string = string.applying(Operation(replacing: range, with: inserted))
            #expect(text.length == string.utf16.count)
            #expect(text.utf8Count == string.utf8.count)
            let part = random.range(in: string)
            #expect(text.string(in: part) == string.slice(part))
        }
        #expect(text.string == string)
        #expect(text == Text(string))
    }

    @Test(arguments: UInt64(0)..<20)
    func `of two neighbouring chunks more than half a page is in use`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var text = Text(random.text(upTo: 4000))
        for _ in 0..<200 {
            let range = random.range(in: text.string, upTo: 40)
            text.replace(range, with: random.text(upTo: 36))
            var slot = text.chunks.first
            while slot != 0, text.chunks.next(slot) != 0 {
                let next = text.chunks.next(slot)
                #expect(Int(text.chunks[slot].bytes + text.chunks[next].bytes) > Text.pageSize / 2)
                slot = next
            }
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `only places within a surrogate pair or outside are no boundaries`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let string = random.text(upTo: 1500)
        let text = Text(string)
        let units = Array(string.utf16)
        for offset in units.indices {
            #expect(text.isBoundary(offset) == !UTF16.isTrailSurrogate(units[offset]))
        }
        #expect(text.isBoundary(units.count) && !text.isBoundary(units.count + 1))
        #expect(!text.isBoundary(-1))
    }

    @Test func `an empty text owns no memory`() {
        #expect(Text().pages.capacity == 0 && Text().chunks.nodes.capacity == 0)
        #expect(Text().string.isEmpty && Text().isEmpty && Text().isBoundary(0))
    }

    @Test func `all may be removed and typed anew`() {
        var text = Text(String(repeating: "lines\n", count: 1000))
        text.replace(0..<text.length, with: "")
        #expect(text.isEmpty && text.utf8Count == 0)
        for letter in "again" { text.replace(text.length..<text.length, with: String(letter)) }
        #expect(text.string == "again")
    }
}

extension String {
    fileprivate func slice(_ range: Range<Int>) -> String {
        String(decoding: Array(utf16)[range], as: UTF16.self)
    }
}
