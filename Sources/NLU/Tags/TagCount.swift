// How often a tag was answered, and how often rightly.

/// Answers of a tag, or of all tags, counted against what is right.
package struct TagCount: Equatable, Sendable {
    /// Answers given, and those of them that are right.
    package private(set) var answers = 0
    package private(set) var hits = 0
    /// How often it would have been right to answer.
    package private(set) var occurrences = 0

    package init() {}

    package init(answers: Int, hits: Int, occurrences: Int) {
        self.answers = answers
        self.hits = hits
        self.occurrences = occurrences
    }

    package mutating func record(isAnswered: Bool, isRight: Bool) {
        answers += isAnswered ? 1 : 0
        hits += isAnswered && isRight ? 1 : 0
        occurrences += isRight ? 1 : 0
    }

    package static func += (sum: inout TagCount, count: TagCount) {
        sum.answers += count.answers
        sum.hits += count.hits
        sum.occurrences += count.occurrences
    }

    /// The share of answers that are right; 0 without answers.
    package var precision: Double { answers == 0 ? 0 : Double(hits) / Double(answers) }

    /// The share of occurrences that are answered; 0 without occurrences.
    package var recall: Double { occurrences == 0 ? 0 : Double(hits) / Double(occurrences) }

    /// The harmonic mean of precision and recall; 0 where both are.
    package var f1: Double {
        answers + occurrences == 0 ? 0 : 2 * Double(hits) / Double(answers + occurrences)
    }
}
