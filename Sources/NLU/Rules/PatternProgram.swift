// Patterns as one non-deterministic automaton.

/// All patterns of a rule set, compiled for one search.
///
/// Source: Thompson, "Regular Expression Search Algorithm", CACM 1968; steps and assertions as in
/// Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009.
struct PatternProgram: Sendable {
    enum Step: Equatable {
        /// Takes a character of a set, then goes on at `next`.
        case take(set: Int, next: Int)
        case either(Int, Int)
        case check(PatternSyntax.Assertion, next: Int)
        /// The pattern of that number matches.
        case accept(Int)
    }

    /// How many steps a pattern may have; compiling takes time in proportion.
    static let maximumSteps = 4096

    /// Tells one program from another, also where they are equal.
    final class Identity: Sendable {}

    let identity = Identity()
    private(set) var steps: [Step] = []
    /// Where each pattern begins.
    private(set) var starts: [Int] = []
    /// The same with all else that walking through one pattern needs.
    private(set) var parts: [Part] = []
    private(set) var alphabet = ScalarAlphabet([])
    /// Whether a set holds a class of the alphabet, shape (sets, classes).
    private var members: [Bool] = []
    private var sets: [ScalarSet] = []
    private var numbers: [ScalarSet: Int] = [:]
    private var work = 0

    /// Compiles patterns that are numbered by their places.
    init(_ patterns: [PatternSyntax]) throws(TooLarge) {
        for (number, pattern) in patterns.enumerated() {
            do throws(PatternError) { try append(pattern) } catch {
                throw TooLarge(pattern: number, error: error)
            }
        }
        alphabet = ScalarAlphabet(sets)
        members = sets.flatMap { set in
            alphabet.classes.map { set.contains($0.scalar, isWord: $0.isWord) }
        }
    }

    /// The steps of one pattern.
    struct Part {
        let start: Int
        let steps: Range<Int>
        /// All of them, each behind those that it goes on at without a character, but for circles.
        fileprivate(set) var order: [Int] = []
        /// Whether it can go round without taking a character.
        fileprivate(set) var isCircular = false
    }

    /// A pattern that has more than `maximumSteps`.
    struct TooLarge: Error {
        let pattern: Int
        let error: PatternError
    }

    func takes(_ set: Int, _ symbol: Int) -> Bool {
        members[set * alphabet.classes.count + symbol]
    }

    private mutating func append(_ pattern: PatternSyntax) throws(PatternError) {
        work = 0
        let first = steps.count
        steps.append(.accept(starts.count))
        let start = try compile(pattern, then: first)
        starts.append(start)
        parts.append(ordered(Part(start: start, steps: first..<steps.count)))
    }

    /// Puts the steps of a part in order: depth first, each behind its successors.
    private func ordered(_ part: Part) -> Part {
        enum Mark { case new, open, done }
        var part = part
        var marks = [Mark](repeating: .new, count: part.steps.count)
        var stack: [Int] = []
        for root in part.steps {
            stack.append(root)
            while let step = stack.last {
                let place = step - part.steps.lowerBound
                guard marks[place] == .new else {
                    if marks[place] == .open { part.order.append(step) }
                    marks[place] = .done
                    stack.removeLast()
                    continue
                }
                marks[place] = .open
                for next in successors(of: step) {
                    switch marks[next - part.steps.lowerBound] {
                    case .new: stack.append(next)
                    case .open: part.isCircular = true
                    case .done: break
                    }
                }
            }
        }
        return part
    }

    /// Where a step goes on without a character.
    private func successors(of step: Int) -> [Int] {
        switch steps[step] {
        case .accept, .take: []
        case .either(let one, let other): [one, other]
        case .check(_, let next): [next]
        }
    }

    /// Appends the steps of a part that is followed by step `next`; gives the first of them.
    private mutating func compile(
        _ syntax: PatternSyntax, then next: Int
    ) throws(PatternError) -> Int {
        // Counted by calls, since repetitions of nothing take time and no steps.
        work += 1
        guard work <= Self.maximumSteps else { throw PatternError(reason: .tooLarge, column: 1) }
        switch syntax {
        case .empty: return next
        case .scalar(let set): return add(.take(set: number(of: set), next: next))
        case .assertion(let assertion): return add(.check(assertion, next: next))
        case .sequence(let parts):
            var start = next
            for part in parts.reversed() { start = try compile(part, then: start) }
            return start
        case .choice(let branches):
            var start = try compile(branches[branches.count - 1], then: next)
            for branch in branches.dropLast().reversed() {
                start = add(.either(try compile(branch, then: next), start))
            }
            return start
        case .repeated(let part, let least, let most):
            return try compile(part, least, most, then: next)
        }
    }

    private mutating func compile(
        _ part: PatternSyntax, _ least: Int, _ most: Int?, then next: Int
    ) throws(PatternError) -> Int {
        var start = next
        if let most {
            for _ in least..<most {
                start = add(.either(try compile(part, then: start), next))
            }
        } else {
            start = add(.either(next, next))
            steps[start] = .either(try compile(part, then: start), next)
        }
        for _ in 0..<least { start = try compile(part, then: start) }
        return start
    }

    private mutating func add(_ step: Step) -> Int {
        steps.append(step)
        return steps.count - 1
    }

    private mutating func number(of set: ScalarSet) -> Int {
        if let number = numbers[set] { return number }
        numbers[set] = sets.count
        sets.append(set)
        return sets.count - 1
    }
}

/// Characters that no set of a program tells apart, as one symbol.
struct ScalarAlphabet: Sendable {
    /// A symbol, by one of its characters and whether it belongs to words.
    struct Class {
        let scalar: UInt32
        let isWord: Bool
    }

    private(set) var classes: [Class] = []
    /// Where a range of characters begins that all sets treat alike but for what is a word.
    private var borders: [UInt32]
    private var ascii: [UInt16] = []

    init(_ sets: [ScalarSet]) {
        let ends = sets.flatMap(\.ranges).flatMap { [$0.lowerBound, $0.upperBound + 1] }
        borders = Array(Set(ends + [0])).sorted()
        for border in borders {
            classes += [Class(scalar: border, isWord: false), Class(scalar: border, isWord: true)]
        }
        ascii = (0..<128).map { UInt16(search($0)) }
    }

    /// The symbol of a character.
    func symbol(of scalar: UInt32) -> Int {
        scalar < 128 ? Int(ascii[Int(scalar)]) : search(scalar)
    }

    private func search(_ scalar: UInt32) -> Int {
        var (low, high) = (0, borders.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if borders[middle] <= scalar { low = middle } else { high = middle }
        }
        return 2 * low + (FoldedText.isWord(scalar) ? 1 : 0)
    }
}
