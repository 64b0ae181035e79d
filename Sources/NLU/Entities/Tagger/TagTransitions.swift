// The weights of tags that follow each other.

import Numerics

/// How well tags follow each other.
///
/// Tag `from` before a free tag weighs `free[from * freeWidth + tag]`, before the further tag of its
/// own type `onward[from]`; before the further tag of another type it cannot stand.
struct TagTransitions: Equatable, Sendable {
    let tags: TagSet
    /// Shape (tags + 1, free width), row-major; the last row is that of the start of the text.
    var free: [Float]
    /// Shape (tags,); that of outside is unused.
    var onward: [Float]
    /// The free weights by their second tag, shape (free tags, width); empty but in factors.
    private(set) var columns: [Float] = []

    init(_ tags: TagSet) {
        self.tags = tags
        free = Array(repeating: 0, count: (tags.count + 1) * tags.freeWidth)
        onward = Array(repeating: 0, count: tags.count)
    }

    /// The weight of one tag behind another, -1 being the start of the text; nil where it cannot
    /// stand there.
    func weight(from: Int, to: Int) -> Float? {
        let row = from < 0 ? tags.count : from
        if to < tags.free { return free[row * tags.freeWidth + to] }
        guard from > 0, tags.type(from) == tags.type(to) else { return nil }
        return onward[from]
    }

    /// The weights as factors.
    func exponentials() -> TagTransitions {
        var result = self
        for i in free.indices { result.free[i] = Float(Double.exp(Double(free[i]))) }
        for i in onward.indices { result.onward[i] = Float(Double.exp(Double(onward[i]))) }
        result.columns = Array(repeating: 0, count: tags.free * tags.width)
        for from in 0..<tags.count {
            for tag in 0..<tags.free {
                let weight = result.free[from * tags.freeWidth + tag]
                result.columns[tag * tags.width + from] = weight
            }
        }
        return result
    }
}
