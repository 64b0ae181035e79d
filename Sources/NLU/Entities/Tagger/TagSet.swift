// The tags of tokens.

import Numerics

/// Numbers tags: 0 is outside of entities, then by type the first token of one, then by type a
/// further token (Ramshaw and Marcus, "Text Chunking using Transformation-Based Learning", 1995).
///
/// A further token only follows the first or a further one of its type.
struct TagSet: Equatable, Sendable {
    let typeCount: Int
    /// Elements of a row of all tags, and of one of the free ones, in whole vectors.
    let width: Int
    let freeWidth: Int

    init(typeCount: Int) {
        self.typeCount = typeCount
        width = wholeVectors(2 * typeCount + 1)
        freeWidth = wholeVectors(typeCount + 1)
    }

    /// How many tags there are.
    var count: Int { 2 * typeCount + 1 }

    /// Tags that anything may stand before: those below.
    var free: Int { typeCount + 1 }

    func first(_ type: Int) -> Int { 1 + type }

    func further(_ type: Int) -> Int { 1 + typeCount + type }

    /// The type of a tag; nil outside.
    func type(_ tag: Int) -> Int? { tag == 0 ? nil : (tag - 1) % typeCount }

    func isFurther(_ tag: Int) -> Bool { tag > typeCount }

    /// The tags of `count` tokens of which some are entities.
    func tags(_ spans: [(tokens: Range<Int>, type: Int)], count: Int) -> [Int] {
        var tags = [Int](repeating: 0, count: count)
        for span in spans {
            for token in span.tokens {
                let isFirst = token == span.tokens.lowerBound
                tags[token] = isFirst ? first(span.type) : further(span.type)
            }
        }
        return tags
    }

    /// Calls `body` with the entities that tags mark.
    func forEachSpan(_ tags: [Int], _ body: (Range<Int>, Int) -> Void) {
        var start = 0
        while start < tags.count {
            guard let type = type(tags[start]) else {
                start += 1
                continue
            }
            var end = start + 1
            while end < tags.count, tags[end] == further(type) { end += 1 }
            body(start..<end, type)
            start = end
        }
    }
}
