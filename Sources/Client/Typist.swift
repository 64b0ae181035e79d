// What a virtual editor types next.

package import Documents
internal import Numerics

/// Types sentences key by key, each on a line of its own, and corrects itself now and then.
///
/// So that documents stay as long as `bound`, it takes out the first line of one that is longer before
/// it begins the next sentence.
package struct Typist: Sendable {
    /// One key, or the deletion of a line.
    package struct Stroke: Equatable, Sendable {
        package let operation: Operation
        /// Where the caret is after it.
        package let caret: Int
    }

    /// One key in so many is wrong, and followed by a backspace.
    private static let keysPerSlip = 40

    private let bound: Int
    private var random: SplitMix64
    private var utterances: Utterances
    /// What is still to be typed of the line, last character first.
    private var rest: [Character] = []
    private var hasLine = false
    private var hasSlipped = false

    /// A typist that takes lines out of texts longer than `bound` UTF-16 units.
    package init(seed: UInt64, bound: Int) {
        self.bound = bound
        random = SplitMix64(seed: seed)
        utterances = Utterances(seed: random.next())
    }

    /// Gives the next stroke in a text of `length`, at a caret that was moved by what others did.
    ///
    /// The text itself is asked for only when a line is taken out.
    package mutating func next(caret: Int, length: Int, text: () -> Text) -> Stroke {
        if !hasLine {
            hasLine = true
            if length > 0 { return insert("\n", at: caret) }
        }
        if hasSlipped {
            hasSlipped = false
            if caret > 0 {
                return Stroke(
                    operation: Operation(replacing: caret - 1..<caret, with: ""), caret: caret - 1)
            }
        }
        if rest.isEmpty {
            if length > bound { return removeFirstLine(of: text(), caret: caret) }
            rest = ("\n" + utterances.next().reversed()).map { $0 }
        }
        if rest.count > 1, Int.random(in: 0..<Self.keysPerSlip, using: &random) == 0 {
            hasSlipped = true
            return insert("x", at: caret)
        }
        return insert(String(rest.removeLast()), at: caret)
    }

    private func insert(_ text: String, at caret: Int) -> Stroke {
        Stroke(
            operation: Operation(replacing: caret..<caret, with: text),
            caret: caret + text.utf16.count)
    }

    private mutating func removeFirstLine(of text: Text, caret: Int) -> Stroke {
        let head = text.string(in: 0..<min(text.length, bound)).utf16
        let end = head.firstIndex(of: UInt16(UInt8(ascii: "\n")))
        let count = end.map { head.distance(from: head.startIndex, to: $0) + 1 } ?? head.count
        let operation = Operation(replacing: 0..<count, with: "")
        return Stroke(operation: operation, caret: operation.moved(caret))
    }
}
