import Numerics

/// A pattern that matches itself by trying everything.
indirect enum RandomPattern {
    case letter(Character)
    case dash
    case any
    case notA
    case both(RandomPattern, RandomPattern)
    case either(RandomPattern, RandomPattern)
    case repeated(RandomPattern, Int, Int?)
    case start, end, border

    static func random(depth: Int, using random: inout SplitMix64) -> RandomPattern {
        let kind = Int.random(in: 0..<(depth == 0 ? 8 : 13), using: &random)
        func part() -> RandomPattern { .random(depth: depth - 1, using: &random) }
        switch kind {
        case 0, 1: return .letter("a")
        case 2: return .letter("b")
        case 3: return .dash
        case 4: return .any
        case 5: return .notA
        case 6: return Bool.random(using: &random) ? .start : .end
        case 7: return .border
        case 8, 9: return .both(part(), part())
        case 10: return .either(part(), part())
        default:
            let least = Int.random(in: 0...2, using: &random)
            let most = Int.random(in: 0...2, using: &random)
            return .repeated(part(), least, Bool.random(using: &random) ? nil : least + most)
        }
    }

    var text: String {
        switch self {
        case .letter(let letter): String(letter)
        case .dash: "-"
        case .any: "."
        case .notA: "[^a]"
        case .both(let a, let b): "(\(a.text))(\(b.text))"
        case .either(let a, let b): "(\(a.text)|\(b.text))"
        case .repeated(let a, let least, let most):
            "(\(a.text)){\(least),\(most.map(String.init) ?? "")}"
        case .start: "^"
        case .end: "$"
        case .border: "\\b"
        }
    }

    /// Where matches from a place end.
    func ends(in text: [Character], from start: Int) -> Set<Int> {
        var ends: Set<Int> = []
        _ = match(text, start) { end in
            ends.insert(end)
            return false
        }
        return ends
    }

    func occurs(in text: [Character]) -> Bool {
        (0...text.count).contains { start in match(text, start) { _ in true } }
    }

    private func match(_ text: [Character], _ at: Int, _ then: (Int) -> Bool) -> Bool {
        func isWord(_ i: Int) -> Bool { text.indices.contains(i) && text[i] != "-" }
        func one(_ holds: (Character) -> Bool) -> Bool {
            at < text.count && holds(text[at]) && then(at + 1)
        }
        switch self {
        case .letter(let letter): return one { $0 == letter }
        case .dash: return one { $0 == "-" }
        case .any: return one { _ in true }
        case .notA: return one { $0 != "a" }
        case .both(let a, let b): return a.match(text, at) { b.match(text, $0, then) }
        case .either(let a, let b): return a.match(text, at, then) || b.match(text, at, then)
        case .repeated(let a, let least, let most):
            if least > 0 {
                let rest = RandomPattern.repeated(a, least - 1, most.map { $0 - 1 })
                return a.match(text, at) { rest.match(text, $0, then) }
            }
            if then(at) { return true }
            guard most != 0 else { return false }
            let rest = RandomPattern.repeated(a, 0, most.map { $0 - 1 })
            return a.match(text, at) { $0 > at && rest.match(text, $0, then) }
        case .start: return at == 0 && then(at)
        case .end: return at == text.count && then(at)
        case .border: return isWord(at - 1) != isWord(at) && then(at)
        }
    }
}
