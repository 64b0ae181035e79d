// Whether a tag model is as often right as its author demands.

import Learning

/// The precision of a model on texts that it has not seen: of all answers, by tag and by slice.
///
/// A tag or slice with fewer than 10 answers is not judged: too few to tell. A model that answers
/// nothing does not pass.
package struct PrecisionGate: Equatable, Sendable {
    package static let leastAnswers = 10

    package enum Scope: Equatable, Sendable {
        case all
        case tag(String)
        case slice(String)
    }

    /// Texts of one kind that were measured.
    package struct Measure: Equatable, Sendable {
        package let scope: Scope
        /// Whether they are the validation set, or held-out parts of the training data.
        package let isValidation: Bool
        package let count: TagCount

        package var isJudged: Bool { scope == .all || count.answers >= leastAnswers }
    }

    package let demanded: Double
    package private(set) var measures: [Measure] = []

    init(demanded: Double) {
        self.demanded = demanded
    }

    /// Adds the measures of decisions about texts.
    mutating func add(
        _ decisions: [TagDecision], tags: [String], slices: Slices, isValidation: Bool
    ) {
        var byTag = [TagCount](repeating: TagCount(), count: tags.count)
        var bySlice = [TagCount](repeating: TagCount(), count: slices.names.count)
        for decision in decisions {
            for tag in tags.indices { byTag[tag] += decision.count(of: tag) }
            for slice in slices.slices(of: decision.text) {
                for tag in tags.indices { bySlice[slice] += decision.count(of: tag) }
            }
        }
        func add(_ scope: Scope, _ count: TagCount) {
            measures.append(Measure(scope: scope, isValidation: isValidation, count: count))
        }
        add(.all, byTag.reduce(into: TagCount()) { $0 += $1 })
        for (tag, count) in zip(tags, byTag) { add(.tag(tag), count) }
        for (slice, count) in zip(slices.names, bySlice) { add(.slice(slice), count) }
    }

    /// What falls short of the demand.
    package var failures: [Measure] {
        measures.filter { $0.isJudged && $0.count.precision < demanded }
    }

    package var passes: Bool { failures.isEmpty }
}

/// The tags that a text was given, and those that it has.
struct TagDecision {
    let text: String
    let answered: [Int]
    let right: [Int]

    func count(of tag: Int) -> TagCount {
        var count = TagCount()
        count.record(isAnswered: answered.contains(tag), isRight: right.contains(tag))
        return count
    }
}
