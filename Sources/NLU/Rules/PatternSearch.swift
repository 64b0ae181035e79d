// Which patterns occur in a text: a deterministic automaton, built as texts call for it.

/// Searches a text for all patterns of a program at once.
///
/// A state is a set of places in the program, all reached by the same characters; a character leads
/// from one state to another, which is found once and then kept. The states are bounded: when there
/// is no room for one more, all are forgotten and found again. So are those of another program. Hence the time is at worst
/// proportional to text × program, and mostly one look-up a character.
///
/// Source: Cox, "Regular Expression Matching in the Wild", 2010. As there, an assertion is decided
/// when the next character is known, so that a state is a set of places before their assertions.
struct PatternSearch: ~Copyable {
    /// How many transitions are kept, 4 bytes each.
    static let capacity = 1 << 18
    private static let unknown: Int32 = -1

    /// What stood before a state's place in the text.
    private enum Past: Int32 {
        case nothing, word, other
    }

    private struct State {
        let past: Past
        let places: [Int32]
        /// The patterns that match up to here.
        let accepted: [Int32]
    }

    private var states: [State] = []
    private var numbers: [[Int32]: Int32] = [:]
    /// Shape (states, classes of the alphabet + 1); the last column is the end of the text.
    private var transitions: [Int32] = []
    private var text = FoldedText()
    private var visited: [UInt32] = []
    private var visit: UInt32 = 0
    private var stack: [Int] = []
    /// The state before the first character; `unknown` until it is entered.
    private var start = PatternSearch.unknown
    /// The numbers held by the keys of all states.
    private var keyLength = 0
    private var identity: PatternProgram.Identity?
    private let stateLimit: Int

    /// A search that keeps at most as many states, two at least.
    init(stateLimit: Int = .max) {
        precondition(stateLimit >= 2)
        self.stateLimit = stateLimit
    }

    /// How many states are kept.
    var stateCount: Int { states.count }

    /// Calls `body` with the number of each pattern that occurs; perhaps more than once.
    mutating func find(
        _ program: PatternProgram, in bytes: Span<UInt8>, _ body: (Int) -> Void
    ) {
        if identity !== program.identity {
            forget()
            identity = program.identity
        }
        text.read(bytes)
        let width = program.alphabet.classes.count + 1
        if start == Self.unknown {
            start = enter(State(past: .nothing, places: [], accepted: []), width)
        }
        var state = start
        for i in 0...text.scalars.count {
            let isEnd = i == text.scalars.count
            let symbol = isEnd ? width - 1 : program.alphabet.symbol(of: text.scalars[i])
            let known = transitions[Int(state) * width + symbol]
            state = known == Self.unknown ? follow(program, from: state, symbol, width) : known
            for pattern in states[Int(state)].accepted { body(Int(pattern)) }
        }
    }

    /// The number of a state; a new one forgets all others where there is no room left.
    private mutating func enter(_ state: State, _ width: Int) -> Int32 {
        let key = [state.past.rawValue, Int32(state.places.count)] + state.places + state.accepted
        if let number = numbers[key] { return number }
        let limit = min(stateLimit, max(Self.capacity / width, 2))
        if states.count >= limit || states.count >= 2 && keyLength > Self.capacity { forget() }
        let number = Int32(states.count)
        keyLength += key.count
        numbers[key] = number
        states.append(state)
        transitions += repeatElement(Self.unknown, count: width)
        return number
    }

    private mutating func forget() {
        states.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        transitions.removeAll(keepingCapacity: true)
        keyLength = 0
        start = Self.unknown
    }

    /// Finds where a symbol leads, and keeps it.
    private mutating func follow(
        _ program: PatternProgram, from origin: Int32, _ symbol: Int, _ width: Int
    ) -> Int32 {
        let isEnd = symbol == width - 1
        let isWord = !isEnd && program.alphabet.classes[symbol].isWord
        let state = states[Int(origin)]
        var places: [Int32] = []
        var accepted: [Int32] = []
        beginVisit(program.steps.count)
        // A match may begin anywhere.
        stack.append(contentsOf: program.starts)
        stack.append(contentsOf: state.places.lazy.map(Int.init))
        while let place = stack.popLast() {
            guard visited[place] != visit else { continue }
            visited[place] = visit
            switch program.steps[place] {
            case .accept(let pattern): accepted.append(Int32(pattern))
            case .either(let one, let other): stack += [other, one]
            case .check(let assertion, let next):
                if holds(assertion, after: state.past, isWord: isWord, isEnd: isEnd) {
                    stack.append(next)
                }
            case .take(let set, let next):
                if !isEnd, program.takes(set, symbol) { places.append(Int32(next)) }
            }
        }
        let past: Past = isWord ? .word : .other
        let count = states.count
        let target = enter(
            State(past: past, places: Self.sorted(places), accepted: accepted.sorted()), width)
        // Where the states were forgotten on the way, the origin is none of them any more.
        if states.count >= count { transitions[Int(origin) * width + symbol] = target }
        return target
    }

    private mutating func beginVisit(_ count: Int) {
        if visited.count != count { visited = Array(repeating: 0, count: count) }
        if visit == .max {
            for i in visited.indices { visited[i] = 0 }
            visit = 0
        }
        visit += 1
    }

    private func holds(
        _ assertion: PatternSyntax.Assertion, after past: Past, isWord: Bool, isEnd: Bool
    ) -> Bool {
        switch assertion {
        case .start: past == .nothing
        case .end: isEnd
        case .wordBorder: (past == .word) != isWord
        }
    }

    private static func sorted(_ places: [Int32]) -> [Int32] {
        var sorted = places.sorted()
        var count = 0
        for place in sorted where count == 0 || sorted[count - 1] != place {
            sorted[count] = place
            count += 1
        }
        sorted.removeLast(sorted.count - count)
        return sorted
    }
}
