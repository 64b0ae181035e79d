import Documents
import Numerics
import Testing

/// A text with its blocks, edited together.
private struct Page {
    var text = Text()
    var blocks = Blocks()

    init(_ string: String = "") {
        if !string.isEmpty { replace(0..<0, string) }
    }

    @discardableResult
    mutating func apply(_ operation: Operation) -> BlockChanges {
        var changes = BlockChanges()
        text.apply(operation)
        blocks.apply(operation, recording: &changes)
        return changes
    }

    @discardableResult
    mutating func replace(_ range: Range<Int>, _ string: String) -> BlockChanges {
        apply(Operation(replacing: range, with: string))
    }

    /// The lines with their names, as "b1:text".
    var lines: [String] {
        blocks.blocks().map { "\($0.id):\(text.string(in: $0.range))" }
    }
}

@Suite struct BlocksTests {
    @Test func `an edit inside a line keeps its name`() {
        var page = Page("one\ntwo")
        #expect(page.lines == ["b1:one", "b2:two"])
        let changes = page.replace(5..<6, "HR")
        #expect(page.lines == ["b1:one", "b2:tHRo"])
        #expect(changes.changed.map(\.description) == ["b2"] && changes.removed.isEmpty)
    }

    @Test func `enter at the end of a line gives the new line a new name`() {
        var page = Page("one\ntwo")
        let changes = page.replace(3..<3, "\n")
        #expect(page.lines == ["b1:one", "b3:", "b2:two"])
        #expect(changes.changed.map(\.description) == ["b3"])
    }

    @Test func `enter at the start of a line leaves its name with the text`() {
        var page = Page("one\ntwo")
        let changes = page.replace(4..<4, "\n")
        #expect(page.lines == ["b1:one", "b3:", "b2:two"])
        #expect(changes.changed.map(\.description) == ["b3"])
    }

    @Test func `enter in the middle leaves the name with the first part`() {
        var page = Page("one\ntwo")
        let changes = page.replace(5..<5, "\n")
        #expect(page.lines == ["b1:one", "b2:t", "b3:wo"])
        #expect(changes.changed.map(\.description) == ["b2", "b3"])
    }

    @Test func `joined lines keep the first name`() {
        var page = Page("one\ntwo\nthree")
        let changes = page.replace(3..<4, "")
        #expect(page.lines == ["b1:onetwo", "b3:three"])
        #expect(changes.changed.map(\.description) == ["b1"])
        #expect(changes.removed.map(\.description) == ["b2"])
    }

    @Test func `an empty line that is joined with a text yields to its name`() {
        var page = Page("\ntwo")
        let changes = page.replace(0..<1, "")
        #expect(page.lines == ["b2:two"])
        #expect(changes.changed.isEmpty && changes.removed.map(\.description) == ["b1"])
    }

    @Test func `two empty lines that are joined keep the first name`() {
        var page = Page("\n\nx")
        page.replace(0..<1, "")
        #expect(page.lines == ["b1:", "b3:x"])
    }

    @Test func `deleting a whole line leaves the next one its name`() {
        var page = Page("one\ntwo\nthree\n")
        let changes = page.replace(4..<8, "")
        #expect(page.lines == ["b1:one", "b3:three", "b4:"])
        #expect(changes.changed.isEmpty && changes.removed.map(\.description) == ["b2"])
    }

    @Test func `a paste above a line names its lines from the top`() {
        var page = Page("one\ntwo")
        let changes = page.replace(4..<4, "x\ny\nz")
        #expect(page.lines == ["b1:one", "b3:x", "b4:y", "b2:ztwo"])
        #expect(changes.changed.map(\.description) == ["b3", "b4", "b2"])
    }

    @Test func `a text replaced as a whole keeps its first name`() {
        var page = Page("one\ntwo\nthree")
        let changes = page.replace(0..<13, "new\nlines")
        #expect(page.lines == ["b1:new", "b4:lines"])
        #expect(changes.changed.map(\.description) == ["b1", "b4"])
        #expect(changes.removed.map(\.description) == ["b2", "b3"])
    }

    @Test(arguments: UInt64(0)..<40)
    func `blocks are the lines of the text, and changes tell what became of them`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var page = Page(random.text(upTo: 60))
        for _ in 0..<100 {
            let before = page.contents
            let changes = page.apply(random.operation(on: page.text.string))
            let after = page.contents
            expectLines(page)
            #expect(Set(changes.changed).count == changes.changed.count)
            #expect(changes.changed.allSatisfy { after[$0] != nil })
            let different = after.filter { before[$0.key] != $0.value }.keys
            #expect(Set(different).isSubset(of: changes.changed))
            #expect(Set(changes.removed) == Set(before.keys).subtracting(after.keys))
            #expect(Set(changes.removed).count == changes.removed.count)
        }
    }

    private func expectLines(_ page: Page) {
        let string = page.text.string
        let lines = string.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(page.blocks.count == lines.count)
        let blocks = Array(page.blocks.blocks())
        #expect(
            blocks.map { page.text.string(in: $0.range) } == lines.map { String(Substring($0)) })
        for block in blocks {
            #expect(page.blocks.range(of: block.id) == block.range)
            for offset in block.range.lowerBound...block.range.upperBound {
                #expect(page.blocks.block(at: offset) == block)
            }
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `the same edits give the same names`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var page = Page(random.text(upTo: 60))
        var twin = page
        for _ in 0..<100 {
            let operation = random.operation(on: page.text.string)
            #expect(page.apply(operation) == twin.apply(operation))
        }
        #expect(page.blocks == twin.blocks)
    }

    @Test func `names have one form on the wire`() {
        #expect(BlockID(rawValue: 17).description == "b17")
        #expect(BlockID("b17")?.rawValue == 17)
        #expect(BlockID("b4294967295")?.rawValue == .max)
        for text in ["", "b", "17", "c17", "b017", "b-1", "b+1", "b4294967296", "b1 "] {
            #expect(BlockID(text) == nil)
        }
    }
}

extension Page {
    fileprivate var contents: [BlockID: String] {
        Dictionary(
            uniqueKeysWithValues: blocks.blocks().map { ($0.id, text.string(in: $0.range)) })
    }
}
