// What somebody may know of.

internal import Ranking
internal import Registry

/// The documents that somebody may read and edit.
struct DocumentAccess: Sendable {
    /// None where it may read all.
    private let patterns: [DocumentPattern]?

    init(_ patterns: [DocumentPattern]? = nil) { self.patterns = patterns }

    func allows(_ document: String) -> Bool {
        patterns?.contains { $0.matches(document) } ?? true
    }
}

/// What a session may know of: documents, and items of recommenders.
struct Rights: Sendable {
    var documents = DocumentAccess()
    /// Who it is for the access rules of recommenders; nil where nobody vouches for it.
    var viewer: Viewer?
}
