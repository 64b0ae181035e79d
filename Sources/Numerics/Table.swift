// Arrays of numbers that lie in memory somebody else provides, such as a mapped file.

/// Read-only bytes, and the object that keeps them where they are.
///
/// Pure modules read artifacts through this and never learn whether a file is mapped behind it.
package struct Memory: @unchecked Sendable {
    // Safe to share: nobody writes to the bytes while the owner lives, and the owner lives as long
    // as any copy of this value.
    private let owner: AnyObject
    private let buffer: UnsafeRawBufferPointer

    /// Wraps bytes that stay valid and unchanged as long as `owner` lives.
    package init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject) {
        self.owner = owner
        buffer = bytes
    }

    /// Copies `bytes` to a place aligned to 64.
    package init(copying bytes: Span<UInt8>) {
        let block = Block(copying: bytes)
        self.init(block.bytes, owner: block)
    }

    package var count: Int { buffer.count }

    /// The bytes, while this value is borrowed.
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = RawSpan(_unsafeBytes: buffer)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    fileprivate func typed<Element: BitwiseCopyable>(
        _ range: Range<Int>
    ) -> UnsafeBufferPointer<Element> {
        UnsafeRawBufferPointer(rebasing: buffer[range]).assumingMemoryBound(to: Element.self)
    }

    /// A part of it that lives as long.
    fileprivate func slice(_ part: UnsafeRawBufferPointer) -> Memory { Memory(part, owner: owner) }

    fileprivate func isAligned(_ offset: Int, to alignment: Int) -> Bool {
        guard let base = buffer.baseAddress else { return true }
        return (Int(bitPattern: base) + offset).isMultiple(of: alignment)
    }
}

/// A read-only array in `Memory`, without a copy.
///
/// Every pattern of bits must be a value of `Element`: integers and floats.
package struct Table<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Safe to share for the same reason as `Memory`.
    private let memory: Memory
    @usableFromInline let buffer: UnsafeBufferPointer<Element>

    /// Views `count` elements that begin at byte `offset`.
    package init(_ memory: Memory, offset: Int, count: Int) throws(TableError) {
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard offset >= 0, count >= 0, !overflow, offset <= memory.count,
            size <= memory.count - offset
        else { throw .outOfBounds(offset: offset, count: count) }
        guard memory.isAligned(offset, to: MemoryLayout<Element>.alignment) else {
            throw .misaligned(offset: offset)
        }
        self.memory = memory
        buffer = memory.typed(offset..<offset + size)
    }

    @inlinable package var count: Int { buffer.count }

    // Inlined, as a generic call costs ten times the access.
    @inlinable package subscript(index: Int) -> Element {
        precondition(index >= 0 && index < buffer.count)
        return buffer[index]
    }

    /// The memory that holds the elements and nothing else.
    package var bytes: Memory { memory.slice(UnsafeRawBufferPointer(buffer)) }

    /// The elements, while this value is borrowed.
    package var span: Span<Element> {
        @_lifetime(borrow self)
        get {
            let span = Span(_unsafeElements: buffer)
            return _overrideLifetime(span, borrowing: self)
        }
    }
}

/// Why memory does not hold the table that was asked for.
package enum TableError: Error, Equatable {
    case misaligned(offset: Int)
    case outOfBounds(offset: Int, count: Int)
}

/// Owns a copy of bytes, aligned for any vector.
private final class Block {
    let bytes: UnsafeRawBufferPointer

    init(copying source: Span<UInt8>) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
        source.withUnsafeBytes { copy.copyMemory(from: $0) }
        bytes = UnsafeRawBufferPointer(copy)
    }

    deinit {
        bytes.deallocate()
    }
}
