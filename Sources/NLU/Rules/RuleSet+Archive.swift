// Rules within an artifact.

import Numerics

extension RuleSet {
    private static let section = "rules"

    /// Opens the rules of an artifact; nil where it has none.
    ///
    /// They are kept as their text and compiled here: 1,000 in a few milliseconds.
    init?(in archive: Archive) throws(ArtifactError) {
        guard archive.has(Self.section) else { return nil }
        let text = try archive.section(Self.section, of: UInt8.self).elements
        do throws(RuleError) {
            try self.init(RuleFile(parsing: text).rules)
        } catch {
            throw .badSection(Self.section)
        }
    }

    /// Adds the section that `init(in:)` opens.
    func write(to writer: inout ArchiveWriter) {
        writer.add(Self.section, RuleFile(rules: rules).serialized)
    }
}
