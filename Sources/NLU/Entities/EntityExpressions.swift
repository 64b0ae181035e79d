// Entities that authors describe by patterns of their own.

/// A pattern that an entity of a type matches, in the language of rules.
package struct EntityExpression: Equatable, Sendable {
    package let type: String
    package let pattern: String

    package init(type: String, pattern: String) {
        self.type = type
        self.pattern = pattern
    }
}

/// What is wrong with an entity's pattern.
package struct EntityExpressionError: Error, Equatable, CustomStringConvertible {
    package let expression: EntityExpression
    package let error: PatternError

    package var description: String {
        "entity \(expression.type), pattern '\(expression.pattern)': \(error)"
    }
}

/// Patterns compiled for one search.
///
/// One look-up a character says which of them occur in a passage at all; only those are then matched
/// place by place. Matches of one pattern are leftmost-longest: from the left, the longest that
/// begins at a place and at a token, and ends with one; the next one begins behind it. `^` and `$` are the
/// ends of the passage, and white space counts as one space.
package struct EntityExpressions: Sendable {
    /// Steps of one pattern, which bounds the time for a character of a passage.
    static let maximumSteps = 512

    let expressions: [EntityExpression]
    private let program: PatternProgram

    /// Memory for calls, grown as needed and used again.
    struct Scratch: ~Copyable {
        fileprivate var search = PatternSearch()
        fileprivate var matches = PatternMatches()
        fileprivate var text = FoldedText()
        fileprivate var occurring: [Bool] = []
        /// By folded character the token that it is part of; −1 for white space.
        fileprivate var tokens: [Int] = []
    }

    /// Compiles patterns; throws the first that cannot be.
    package init(_ expressions: [EntityExpression]) throws(EntityExpressionError) {
        self.expressions = expressions
        var syntaxes: [PatternSyntax] = []
        for expression in expressions {
            do throws(PatternError) {
                syntaxes.append(try PatternParser.parse(expression.pattern))
            } catch {
                throw EntityExpressionError(expression: expression, error: error)
            }
        }
        do throws(PatternProgram.TooLarge) { program = try PatternProgram(syntaxes) } catch {
            throw EntityExpressionError(
                expression: expressions[error.pattern], error: error.error)
        }
        for (expression, part) in zip(expressions, program.parts)
        where part.steps.count > Self.maximumSteps {
            let error = PatternError(reason: .tooLarge, column: 1)
            throw EntityExpressionError(expression: expression, error: error)
        }
    }

    /// Calls `body` with the tokens of each match and the number of its pattern.
    func find(
        _ bytes: Span<UInt8>, in text: EntityText, _ scratch: inout Scratch,
        _ body: (Range<Int>, Int) -> Void
    ) {
        guard !expressions.isEmpty, !text.tokens.isEmpty else { return }
        scratch.occurring.removeAll(keepingCapacity: true)
        scratch.occurring.append(contentsOf: repeatElement(false, count: expressions.count))
        var occurring: [Bool] = []
        swap(&occurring, &scratch.occurring)
        defer { swap(&occurring, &scratch.occurring) }
        scratch.search.find(program, in: bytes) { occurring[$0] = true }
        guard occurring.contains(true) else { return }
        scratch.text.read(bytes, keepingPlaces: true)
        scratch.findTokens(of: text)
        for pattern in expressions.indices where occurring[pattern] {
            find(pattern, &scratch) { body($0, pattern) }
        }
    }

    private func find(_ pattern: Int, _ scratch: inout Scratch, _ body: (Range<Int>) -> Void) {
        let tokens = scratch.tokens
        let isBorder: (Int) -> Bool = { place in
            place == 0 || place == tokens.count || tokens[place] != tokens[place - 1]
        }
        scratch.matches.read(scratch.text.scalars, of: program, pattern: pattern) { place in
            place > 0 && tokens[place - 1] >= 0 && isBorder(place)
        }
        var place = 0
        while place < tokens.count {
            let end = Int(scratch.matches.ends[place])
            guard end > place, tokens[place] >= 0, isBorder(place) else {
                place += 1
                continue
            }
            body(tokens[place]..<tokens[end - 1] + 1)
            place = end
        }
    }
}

extension EntityExpressions.Scratch {
    /// Finds for each folded character the token that it is part of.
    fileprivate mutating func findTokens(of entities: EntityText) {
        tokens.removeAll(keepingCapacity: true)
        var token = 0
        for (scalar, place) in zip(text.scalars, text.places) {
            while token < entities.tokens.count,
                entities.offsets[entities.tokens[token].end] <= place.lowerBound
            {
                token += 1
            }
            let isInside =
                scalar != 0x20 && token < entities.tokens.count
                && entities.offsets[entities.tokens[token].start] < place.upperBound
            tokens.append(isInside ? token : -1)
        }
    }
}
