import Numerics
import Testing

@Suite struct ArchiveTests {
    private let file: [UInt8]

    init() {
        var writer = ArchiveWriter(magic: "testfile", format: 3)
        writer.add("numbers", [1.5, -2, 3] as [Float])
        writer.add("sixteen letters!", Array("text".utf8))
        writer.add("empty", [] as [UInt64])
        file = writer.encoded()
    }

    private func open(_ bytes: [UInt8], magic: String = "testfile") throws(ArchiveError) -> Archive
    {
        try Archive(Memory(copying: bytes.span), magic: magic)
    }

    @Test func `what was written is read`() throws {
        let archive = try open(file)
        #expect(archive.format == 3)
        let numbers = try archive.table("numbers", of: Float.self)
        #expect((0..<numbers.count).map { numbers[$0] } == [1.5, -2, 3])
        let text = try archive.table("sixteen letters!", of: UInt8.self)
        #expect((0..<text.count).map { text[$0] } == Array("text".utf8))
        #expect(try archive.table("empty", of: UInt64.self).count == 0)
    }

    @Test func `a changed bit anywhere is an error`() {
        for at in file.indices {
            var damaged = file
            damaged[at] ^= 1 << UInt8(at % 8)
            #expect(throws: ArchiveError.self) { try open(damaged) }
        }
    }

    @Test func `a file cut anywhere is truncated`() {
        for count in file.indices {
            #expect(throws: ArchiveError.truncated(bytes: count)) {
                try open(Array(file.prefix(count)))
            }
        }
    }

    @Test func `another kind of file, an absent section and an odd size are told apart`() throws {
        #expect(throws: ArchiveError.notThisKind) { try open(file, magic: "otherone") }
        let archive = try open(file)
        #expect(throws: ArchiveError.noSection("more")) { try archive.table("more", of: Int8.self) }
        #expect(throws: ArchiveError.badSection("numbers")) {
            try archive.table("numbers", of: UInt64.self)
        }
    }
}
