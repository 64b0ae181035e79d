import Numerics
import Reactor
import Testing

/// Counts its own ends.
private struct Counted: ~Copyable {
    let number: Int
    let ended: Ends
    deinit { ended.numbers.append(number) }
}

private final class Ends {
    var numbers: [Int] = []
}

@Suite struct SlabTests {
    @Test(arguments: UInt64(0)..<20)
    func `a slab agrees with a dictionary of tokens`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var slab = Slab<Int>()
        var model: [SlabToken: Int] = [:]
        var gone: [SlabToken] = []
        for step in 0..<2000 {
            if model.isEmpty || Bool.random(using: &random) {
                model[slab.insert(step)] = step
            } else if let (token, value) = model.randomElement(using: &random) {
                let removed = slab.remove(token)
                #expect(removed == value)
                model[token] = nil
                gone.append(token)
            }
        }
        let count = slab.count
        let tokens = Set(slab.tokens)
        #expect(count == model.count)
        #expect(tokens == Set(model.keys))
        for (token, value) in model {
            let found = slab[token]
            #expect(found == value)
        }
        for token in gone {
            let isThere = slab.contains(token)
            let removed = slab.remove(token)
            #expect(!isThere && removed == nil)
        }
    }

    @Test func `each value ends once, removed or not`() {
        let ends = Ends()
        do {
            var slab = Slab<Counted>()
            let first = slab.insert(Counted(number: 1, ended: ends))
            _ = slab.insert(Counted(number: 2, ended: ends))
            _ = slab.remove(first)
            #expect(ends.numbers == [1])
        }
        #expect(ends.numbers == [1, 2])
    }

    @Test func `a token survives the way through a poller`() {
        var slab = Slab<Int>()
        let token = slab.insert(7)
        #expect(SlabToken(token.rawValue) == token)
    }
}
