// A rule: when it fires, and what it answers then.

/// An answer for the texts that meet its conditions.
///
/// Every condition that is given must hold: one of `phrases`, one of `patterns`, one of `any`, all
/// of `all`, none of `none`. What is not a pattern is a sequence of words, found where the same
/// words stand side by side in the text, whatever their case and the spaces between them.
package struct Rule: Equatable, Sendable {
    /// Unique in its set; what an answer is explained by.
    package let name: String
    package let intent: String
    /// In 0...1; 1 unless the author says otherwise.
    package let confidence: Float
    package let phrases: [String]
    package let patterns: [String]
    package let any: [String]
    package let all: [String]
    package let none: [String]

    package init(
        name: String, intent: String, confidence: Float = 1, phrases: [String] = [],
        patterns: [String] = [], any: [String] = [], all: [String] = [], none: [String] = []
    ) {
        self.name = name
        self.intent = intent
        self.confidence = confidence
        self.phrases = phrases
        self.patterns = patterns
        self.any = any
        self.all = all
        self.none = none
    }

    /// The groups of word sequences of each of which one must occur.
    var required: [[String]] { [phrases, any].filter { !$0.isEmpty } + all.map { [$0] } }
}

/// What is wrong with a rule or with a file of them.
package enum RuleError: Error, Equatable {
    /// A rule by its name or, where it has none, its number from 1; and what is wrong with it.
    case rule(String, Reason)
    case test(Int, Reason)
    case file(Reason)

    package enum Reason: Error, Equatable {
        case notJSON(String)
        case unknownFormat
        case missing(String)
        /// The member is not of the type that it must have.
        case wrongType(String, wanted: String)
        case unknownMember(String)
        case nameTaken
        /// Without a phrase, a pattern, `any` or `all` it would fire everywhere.
        case noCondition
        /// There is no word in the text of the member.
        case noWord(String)
        case tooManyWords(String, limit: Int)
        case tooManyConditions(limit: Int)
        case confidence
        case pattern(String, PatternError)
        case unknownRule(String)
    }
}

extension RuleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .rule(let name, let reason): "rule \(name): \(reason)"
        case .test(let number, let reason): "test \(number): \(reason)"
        case .file(let reason): "\(reason)"
        }
    }
}

extension RuleError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let what): what
        case .unknownFormat: "\"format\" must be 1"
        case .missing(let name): "it lacks \"\(name)\""
        case .wrongType(let name, let wanted): "\"\(name)\" must be \(wanted)"
        case .unknownMember(let name): "it has a member \"\(name)\" that means nothing"
        case .nameTaken: "an earlier rule has the same name"
        case .noCondition: "it has no \"phrase\", \"pattern\", \"any\" or \"all\""
        case .noWord(let text): "there is no word in '\(text)'"
        case .tooManyWords(let text, let limit): "there are more than \(limit) words in '\(text)'"
        case .tooManyConditions(let limit): "it has more than \(limit) conditions"
        case .confidence: "\"confidence\" must be above 0 and at most 1"
        case .pattern(let pattern, let error): "pattern '\(pattern)': \(error)"
        case .unknownRule(let name): "there is no rule '\(name)'"
        }
    }
}
