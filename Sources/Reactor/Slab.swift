// Values that stay where they are, named by tokens that grow stale.

/// A place in a slab and the generation that it was given out in; fits a poller's token.
package struct SlabToken: Hashable, Sendable {
    package let index: UInt32
    /// Odd while the place is occupied.
    package let generation: UInt32

    package init(_ rawValue: UInt64) {
        index = UInt32(truncatingIfNeeded: rawValue)
        generation = UInt32(truncatingIfNeeded: rawValue >> 32)
    }

    fileprivate init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    package var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}

/// Owns values, copyable or not, at addresses that never change.
///
/// Insert, remove and look up are O(1). Storage grows by pages of 64 values, so that growth moves
/// nothing and slack stays small. The token of a removed value is not valid again before its place
/// was reused 2³¹ times.
package struct Slab<Value: ~Copyable>: ~Copyable {
    private static var pageSize: Int { 64 }
    // Arrays hold no ~Copyable values, hence pages of our own: initialised where the generation is
    // odd, and there alone; freed in `deinit`. Raw, because the compiler does not specialise
    // containers of ~Copyable values: looking up the type of a typed pointer at each access took a
    // fifth of the processor time of an echo.
    private var pages: [UnsafeMutableRawPointer] = []
    private var generations: [UInt32] = []
    private var free: [UInt32] = []

    package init() {}

    deinit {
        for index in generations.indices where generations[index] & 1 == 1 {
            place(UInt32(index)).deinitialize(count: 1)
        }
        for page in pages { page.deallocate() }
    }

    package var count: Int { generations.count - free.count }

    private func place(_ index: UInt32) -> UnsafeMutablePointer<Value> {
        (pages[Int(index) / Self.pageSize] + Int(index) % Self.pageSize * MemoryLayout<Value>.stride)
            .assumingMemoryBound(to: Value.self)
    }

    /// Takes the value in, and gives the token by which it is found.
    package mutating func insert(_ value: consuming Value) -> SlabToken {
        if free.isEmpty { grow() }
        let index = free.removeLast()
        place(index).initialize(to: value)
        generations[Int(index)] &+= 1
        return SlabToken(index: index, generation: generations[Int(index)])
    }

    private mutating func grow() {
        let first = UInt32(generations.count)
        let page = UnsafeMutablePointer<Value>.allocate(capacity: Self.pageSize)
        pages.append(UnsafeMutableRawPointer(page))
        generations.append(contentsOf: repeatElement(0, count: Self.pageSize))
        free.append(contentsOf: (first..<first + UInt32(Self.pageSize)).reversed())
    }

    /// Whether the value of this token is still here.
    package func contains(_ token: SlabToken) -> Bool {
        Int(token.index) < generations.count && token.generation & 1 == 1
            && generations[Int(token.index)] == token.generation
    }

    /// Gives the value up; `nil` where it is gone already.
    package mutating func remove(_ token: SlabToken) -> Value? {
        guard contains(token) else { return nil }
        generations[Int(token.index)] &+= 1
        free.append(token.index)
        return place(token.index).move()
    }

    /// The value in place.
    ///
    /// The token must be valid: ask `contains` where it may be stale.
    package subscript(token: SlabToken) -> Value {
        _read {
            precondition(contains(token))
            yield place(token.index).pointee
        }
        _modify {
            precondition(contains(token))
            yield &place(token.index).pointee
        }
    }

    /// The tokens of all values, in no particular order.
    ///
    /// - Complexity: O(capacity).
    package var tokens: [SlabToken] {
        generations.indices.filter { generations[$0] & 1 == 1 }.map {
            SlabToken(index: UInt32($0), generation: generations[$0])
        }
    }
}
