import Numerics
import Testing

@Suite struct TableTests {
    private let memory: Memory

    init() {
        let bytes = [UInt8](0..<64)
        memory = Memory(copying: bytes.span)
    }

    @Test func `a table reads the bytes where they lie`() throws {
        let table = try Table<UInt32>(memory, offset: 8, count: 2)
        #expect(table.count == 2)
        #expect(table[0] == UInt32(littleEndian: 0x0B0A_0908))
        let second = table.span[1]
        #expect(second == UInt32(littleEndian: 0x0F0E_0D0C))
    }

    @Test func `a table that is not aligned is refused`() {
        #expect(throws: TableError.misaligned(offset: 2)) {
            try Table<Float>(memory, offset: 2, count: 1)
        }
    }

    @Test(arguments: [(60, 2), (-4, 1), (0, -1), (0, Int.max), (65, 0)])
    func `a table that is not inside is refused`(offset: Int, count: Int) {
        #expect(throws: TableError.outOfBounds(offset: offset, count: count)) {
            try Table<UInt32>(memory, offset: offset, count: count)
        }
    }

    @Test func `the owner lives as long as a table on its memory`() throws {
        weak var watched: Owner?
        do {
            let table = try ownedTable(&watched)
            #expect(watched != nil)
            #expect(table[3] == 7)
        }
        #expect(watched == nil)
    }

    private func ownedTable(_ watched: inout Owner?) throws -> Table<UInt8> {
        let owner = Owner()
        watched = owner
        return try Table(
            Memory(UnsafeRawBufferPointer(owner.bytes), owner: owner), offset: 0, count: 4)
    }
}

private final class Owner {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 8)

    init() {
        bytes.initializeMemory(as: UInt8.self, repeating: 7)
    }

    deinit {
        bytes.deallocate()
    }
}
