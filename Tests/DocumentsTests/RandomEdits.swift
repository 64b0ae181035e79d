// Random texts and operations, and the plainest way to apply one.

import Documents
import Numerics

extension SplitMix64 {
    /// A text of scalars of all lengths in UTF-8 and UTF-16, with many line feeds.
    mutating func text(upTo count: Int) -> String {
        let alphabet: [Character] = ["a", "b", "c", " ", "\n", "é", "ß", "漢", "😀", "𝄞"]
        let count = Int.random(in: 0...count, using: &self)
        return String((0..<count).map { _ in alphabet.randomElement(using: &self) ?? "a" })
    }

    /// A range of `text` between scalars, in UTF-16 units.
    mutating func range(in text: String, upTo count: Int = .max) -> Range<Int> {
        let bounds = boundaries(of: text)
        let start = Int.random(in: 0..<bounds.count, using: &self)
        let last = min(bounds.count - 1, start + min(count, bounds.count))
        let end = Int.random(in: start...last, using: &self)
        return bounds[start]..<bounds[end]
    }

    /// An operation on `text` with up to five splices.
    mutating func operation(on text: String) -> Operation {
        var operation = Operation()
        var text = text
        for _ in 0..<Int.random(in: 0...5, using: &self) {
            let step = Operation(replacing: range(in: text, upTo: 4), with: self.text(upTo: 3))
            operation = operation.composed(with: step)
            text = text.applying(step)
        }
        return operation
    }

    private func boundaries(of text: String) -> [Int] {
        var offset = 0
        return [0]
            + text.unicodeScalars.map { scalar in
                offset += UTF16.width(scalar)
                return offset
            }
    }
}

extension String {
    /// Applies an operation to the code units, one component after the other.
    func applying(_ operation: Operation) -> String {
        let units = Array(utf16)
        var result: [UInt16] = []
        var at = 0
        for component in operation.components {
            switch component {
            case .retain(let count):
                result += units[at..<at + count]
                at += count
            case .insert(let text): result += text.utf16
            case .delete(let count): at += count
            }
        }
        return String(decoding: result + units[at...], as: UTF16.self)
    }
}
