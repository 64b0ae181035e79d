// The operation between two texts.

extension Operation {
    /// One replacement that turns `before` into `after` and splits no scalar, in O(n).
    package init(from before: Text, to after: Text) {
        var (old, new): ([UInt8], [UInt8]) = ([], [])
        before.append(0..<before.length, to: &old)
        after.append(0..<after.length, to: &new)
        let shorter = min(old.count, new.count)
        var head = 0
        while head < shorter, old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < shorter - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
            tail += 1
        }
        while head > 0, isContinuation(old, head) || isContinuation(new, head) { head -= 1 }
        while isContinuation(old, old.count - tail) || isContinuation(new, new.count - tail) {
            tail -= 1
        }
        let start = unitCount(old.span, 0..<head)
        let deleted = unitCount(old.span, head..<old.count - tail)
        let inserted = String(decoding: new[head..<new.count - tail], as: UTF8.self)
        self.init(replacing: start..<start + deleted, with: inserted)
    }
}

/// Whether a byte continues a scalar; the end of the bytes does not.
private func isContinuation(_ bytes: [UInt8], _ index: Int) -> Bool {
    index < bytes.count && bytes[index] & 0xC0 == 0x80
}
