// Why a file is not a set of examples.

/// Why a file is not a set of examples, and in which line.
package struct DatasetError: Error, Equatable {
    package enum Reason: Equatable, Sendable {
        case notUTF8
        /// The header of a CSV file must name this column.
        case missingColumn(String)
        case fieldCount(Int, expected: Int)
        case unterminatedQuote
        case textAfterQuote
        case notJSON(String)
        /// An object must have this member, a string.
        case missingMember(String)
        /// A member that means nothing here.
        case unknownMember(String)
        /// What stands here must be something else.
        case expected(String)
        /// An object must have the member of that name, which holds the split asked for.
        case missingSplit(String)
        /// What YAML knows and this reader does not.
        case unsupportedYAML(String)
        case repeatedMember(String)
        /// A line of fastText begins with one label, not with several.
        case severalLabels
        case badAnnotation(AnnotationError)
        case emptyText
        case emptyIntent
        case noExamples
    }

    /// Counts from 1; of a record of several lines, the first.
    package let line: Int
    package let reason: Reason
}

extension DatasetError: CustomStringConvertible {
    package var description: String { "line \(line): \(reason)" }
}

extension DatasetError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notUTF8: "the text is not UTF-8"
        case .missingColumn(let name): "the header has no column “\(name)”"
        case .fieldCount(let count, let expected): "\(count) fields instead of \(expected)"
        case .unterminatedQuote: "a quoted field is not closed"
        case .textAfterQuote: "text follows the closing quote of a field"
        case .notJSON(let what): what
        case .missingMember(let name): "the object has no string “\(name)”"
        case .unknownMember(let name): "“\(name)” is not known here"
        case .expected(let what): "here must be \(what)"
        case .missingSplit(let name): "the object has no list “\(name)”"
        case .unsupportedYAML(let what): "\(what) is YAML that is not read here"
        case .repeatedMember(let name): "“\(name)” stands here twice"
        case .severalLabels: "more than one label"
        case .badAnnotation(let error): error.description
        case .emptyText: "the text is empty"
        case .emptyIntent: "the intent is empty"
        case .noExamples: "the file has no examples"
        }
    }
}
