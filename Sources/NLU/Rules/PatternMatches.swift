// Where a pattern matches in a text.

/// Finds the longest match from every place of a text, in one walk from its end to its start.
///
/// At a place each step of the program knows the furthest end that a match through it can reach: it
/// follows from the steps one character on. So the time is proportional to text × pattern, whatever
/// both are, where a search forward would begin anew at every place.
struct PatternMatches {
    /// By step: the furthest end from the place behind, and from this place; −1 where there is none.
    private var behind: [Int32] = []
    private var here: [Int32] = []
    /// By place of the text, the end of the longest match that begins there; −1 where none does.
    private(set) var ends: [Int32] = []

    /// Fills `ends` for a text of folded scalars.
    ///
    /// A match counts if it ends where `mayEnd` says; it may be empty.
    mutating func read(
        _ scalars: [UInt32], of program: PatternProgram, pattern: Int, mayEnd: (Int) -> Bool
    ) {
        let part = program.parts[pattern]
        let count = part.steps.count
        if here.count < count {
            here = Array(repeating: -1, count: count)
            behind = here
        }
        for step in 0..<count { behind[step] = -1 }
        ends.removeAll(keepingCapacity: true)
        ends.append(contentsOf: repeatElement(-1, count: scalars.count + 1))
        for place in (0...scalars.count).reversed() {
            let end = mayEnd(place) ? Int32(place) : -1
            walk(program, part, Surroundings(scalars, place, program.alphabet), end)
            ends[place] = here[part.start - part.steps.lowerBound]
            swap(&here, &behind)
        }
    }

    /// What stands on both sides of a place.
    private struct Surroundings {
        let isStart: Bool
        /// nil at the end of the text.
        let symbol: Int?
        let isBorder: Bool

        init(_ scalars: [UInt32], _ place: Int, _ alphabet: ScalarAlphabet) {
            isStart = place == 0
            symbol = place < scalars.count ? alphabet.symbol(of: scalars[place]) : nil
            let before = place > 0 && FoldedText.isWord(scalars[place - 1])
            isBorder = before != (symbol.map { alphabet.classes[$0].isWord } ?? false)
        }

        func holds(_ assertion: PatternSyntax.Assertion) -> Bool {
            switch assertion {
            case .start: isStart
            case .end: symbol == nil
            case .wordBorder: isBorder
            }
        }
    }

    /// Finds the ends from a place; `end` is the place if a match may end there.
    private mutating func walk(
        _ program: PatternProgram, _ part: PatternProgram.Part, _ place: Surroundings, _ end: Int32
    ) {
        let first = part.steps.lowerBound
        for step in part.order { here[step - first] = -1 }
        repeat {
            var isChanged = false
            for step in part.order {
                let reach: Int32 =
                    switch program.steps[step] {
                    case .accept: end
                    case .either(let one, let other): max(here[one - first], here[other - first])
                    case .check(let assertion, let next):
                        place.holds(assertion) ? here[next - first] : -1
                    case .take(let set, let next):
                        place.symbol.map { program.takes(set, $0) } == true
                            ? behind[next - first] : -1
                    }
                if reach > here[step - first] {
                    here[step - first] = reach
                    isChanged = true
                }
            }
            // Only a repetition of what may be nothing needs a further round.
            guard isChanged, part.isCircular else { return }
        } while true
    }
}
