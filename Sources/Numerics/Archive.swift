// A file of named sections that can be used where it lies, without parsing.

/// Collects sections and lays them out as one file.
///
/// Layout, little-endian: magic (8 bytes), format (UInt32), number of sections (UInt32), hash of
/// all that follows the header, seeded with both numbers (UInt64), length of the file (UInt64); then for each section its
/// name (16 bytes, padded with zeros), offset and length (UInt64 each); then the sections, each at
/// a multiple of 64. Equal sections in equal order give equal bytes.
package struct ArchiveWriter: Sendable {
    private let magic: [UInt8]
    private let format: UInt32
    private var sections: [(name: String, content: Content)] = []

    private enum Content {
        case bytes([UInt8])
        case memory(Memory)

        var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .memory(let memory): memory.count
            }
        }
    }

    /// Begins a file; `magic`, eight ASCII characters, says what it is, `format` in which version.
    package init(magic: String, format: UInt32) {
        precondition(magic.utf8.count == 8)
        self.magic = Array(magic.utf8)
        self.format = format
    }

    /// Appends a section; its name is unique and of at most 16 bytes.
    package mutating func add(_ name: String, _ bytes: [UInt8]) { add(name, .bytes(bytes)) }

    /// Appends what lies in memory, or in a file that is mapped, without a copy.
    package mutating func add(_ name: String, _ memory: Memory) { add(name, .memory(memory)) }

    private mutating func add(_ name: String, _ content: Content) {
        precondition(!name.isEmpty && name.utf8.count <= 16)
        precondition(!sections.contains { $0.name == name })
        sections.append((name, content))
    }

    /// Appends a section of numbers, in the byte order of the machine.
    package mutating func add<Element: BitwiseCopyable>(_ name: String, _ elements: [Element]) {
        add(name, elements.withUnsafeBytes(Array.init))
    }

    /// Gives the bytes of the file.
    package func encoded() -> [UInt8] {
        let start = aligned(Archive.headerSize + sections.count * Archive.entrySize)
        let length = sections.reduce(start) { aligned($0 + $1.content.count) }
        var file: [UInt8] = []
        // Sections may be large: nothing is held twice.
        file.reserveCapacity(length)
        file += magic
        append(format, to: &file)
        append(UInt32(sections.count), to: &file)
        append(UInt64(0), to: &file)
        append(UInt64(length), to: &file)
        var offset = start
        for section in sections {
            file += Array(section.name.utf8)
            file += repeatElement(0, count: 16 - section.name.utf8.count)
            append(UInt64(offset), to: &file)
            append(UInt64(section.content.count), to: &file)
            offset = aligned(offset + section.content.count)
        }
        for section in sections {
            pad(&file)
            switch section.content {
            case .bytes(let bytes): file += bytes
            case .memory(let memory): memory.bytes.withUnsafeBytes { file += $0 }
            }
        }
        pad(&file)
        let digest = Archive.digest(
            file.span.extracting(Archive.headerSize..<file.count), format, UInt32(sections.count))
        for i in 0..<8 { file[16 + i] = UInt8(truncatingIfNeeded: digest >> (8 * i)) }
        return file
    }

    private func aligned(_ offset: Int) -> Int {
        (offset + Archive.alignment - 1) / Archive.alignment * Archive.alignment
    }

    /// Fills the file up to where the next section begins.
    private func pad(_ file: inout [UInt8]) {
        let count = aligned(file.count) - file.count
        file += repeatElement(0, count: count)
    }

    private func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
}

/// The sections of a file that `ArchiveWriter` wrote, whole and undamaged.
package struct Archive: Sendable {
    static let headerSize = 32
    static let entrySize = 32
    static let alignment = 64

    /// Which version of its format the file has.
    package let format: UInt32
    private let memory: Memory
    private let sections: [String: Range<Int>]

    /// Checks the header, the hash of the whole file and every section's place.
    package init(_ memory: Memory, magic: String) throws(ArchiveError) {
        guard memory.count >= Self.headerSize else { throw .truncated(bytes: memory.count) }
        let bytes = memory.bytes
        for (i, expected) in magic.utf8.enumerated() where bytes.byte(i) != expected {
            throw .notThisKind
        }
        let length = bytes.number(24, as: UInt64.self)
        guard length == memory.count else { throw .truncated(bytes: memory.count) }
        format = bytes.number(8, as: UInt32.self)
        let count = bytes.number(12, as: UInt32.self)
        let digest = Self.digest(bytes.octets(from: Self.headerSize), format, count)
        guard digest == bytes.number(16, as: UInt64.self) else { throw .damaged }
        sections = try Self.sections(of: memory, count: count)
        self.memory = memory
    }

    /// Whether there is a section of that name.
    package func has(_ name: String) -> Bool { sections[name] != nil }

    /// Views a section as numbers, without a copy.
    package func table<Element: BitwiseCopyable & Sendable>(
        _ name: String, of: Element.Type = Element.self
    ) throws(ArchiveError) -> Table<Element> {
        guard let range = sections[name] else { throw .noSection(name) }
        let size = MemoryLayout<Element>.stride
        guard range.count.isMultiple(of: size) else { throw .badSection(name) }
        do throws(TableError) {
            return try Table(memory, offset: range.lowerBound, count: range.count / size)
        } catch {
            throw .badSection(name)
        }
    }

    fileprivate static func digest(_ body: Span<UInt8>, _ format: UInt32, _ count: UInt32) -> UInt64
    {
        hash(body, seed: UInt64(format) << 32 | UInt64(count))
    }

    private static func sections(
        of memory: Memory, count: UInt32
    ) throws(ArchiveError) -> [String: Range<Int>] {
        let bytes = memory.bytes
        guard Int(count) <= (memory.count - headerSize) / entrySize else { throw .damaged }
        var sections: [String: Range<Int>] = [:]
        for entry in 0..<Int(count) {
            let at = headerSize + entry * entrySize
            let name = (0..<16).map { bytes.byte(at + $0) }.prefix { $0 != 0 }
            let offset = bytes.number(at + 16, as: UInt64.self)
            let length = bytes.number(at + 24, as: UInt64.self)
            guard offset <= memory.count, length <= UInt64(memory.count) - offset else {
                throw .damaged
            }
            let range = Int(offset)..<Int(offset + length)
            sections[String(decoding: name, as: UTF8.self)] = range
        }
        return sections
    }
}

/// Why bytes are not an archive that can be used.
package enum ArchiveError: Error, Equatable {
    case truncated(bytes: Int)
    case notThisKind
    case damaged
    case noSection(String)
    case badSection(String)
}

extension RawSpan {
    fileprivate func byte(_ offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int, as: Number.Type
    ) -> Number {
        Number(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    @_lifetime(copy self)
    fileprivate func octets(from offset: Int) -> Span<UInt8> {
        Span(_bytes: extracting(offset..<byteCount))
    }
}
