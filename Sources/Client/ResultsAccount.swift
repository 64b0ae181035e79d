// Which edits the models have answered, and whether each of them once.

/// Keeps, for each model, up to which revision its results have come.
///
/// A message of results says: every block changed up to its revision is decided, but for `pending` of
/// them. So one that leaves nothing pending covers all edits since the one before, and an edit is
/// covered exactly once if such messages name rising revisions.
package struct ResultsAccount: Equatable, Sendable {
    /// What one message adds to the account.
    package enum Entry: Equatable, Sendable {
        /// It covers the edits that made these revisions.
        case covers(ClosedRange<Int>)
        /// Blocks are still pending: what it covers is told by a later one.
        case partial
        /// It covers nothing that was not covered before.
        case repeated(revision: Int)
        /// It names an older revision than the one before.
        case backwards(revision: Int, after: Int)
    }

    package struct Model: Equatable, Sendable {
        /// Without the version, which may change.
        package let name: String
        package let kind: String
        /// The full names of those that have answered.
        package fileprivate(set) var versions: [String]
        /// Every edit up to this revision is covered.
        package fileprivate(set) var covered: Int
        fileprivate var newest: Int
    }

    package private(set) var models: [Model] = []
    /// Where the account begins.
    private var start: Int

    package init(from revision: Int = 0) { start = revision }

    /// Begins anew at a revision, from which on edits are to be covered.
    package mutating func restart(at revision: Int) { self = ResultsAccount(from: revision) }

    /// The name of a model without its version.
    package static func name(of model: String) -> String { String(model.prefix { $0 != "@" }) }

    /// The place of a model in `models`; it is added if it was not known.
    ///
    /// Its versions are one model: another may answer from any edit on.
    package mutating func index(of model: String, kind: String) -> Int {
        let name = Self.name(of: model)
        if let index = models.firstIndex(where: { $0.name == name && $0.kind == kind }) {
            if !models[index].versions.contains(model) { models[index].versions.append(model) }
            return index
        }
        models.append(
            Model(name: name, kind: kind, versions: [model], covered: start, newest: start))
        return models.count - 1
    }

    /// Takes a message down.
    package mutating func note(model index: Int, revision: Int, pending: Int) -> Entry {
        let model = models[index]
        guard revision >= model.newest else {
            return .backwards(revision: revision, after: model.newest)
        }
        models[index].newest = revision
        if pending > 0 { return .partial }
        guard revision > model.covered else { return .repeated(revision: revision) }
        models[index].covered = revision
        return .covers(model.covered + 1...revision)
    }

    /// Whether every model that has answered at all covers all edits up to `revision`.
    package func covers(_ revision: Int) -> Bool { models.allSatisfy { $0.covered >= revision } }
}
