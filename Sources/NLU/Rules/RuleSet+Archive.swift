// Rules within an artifact.

package import Numerics

extension RuleSet {
    private static let section = "rules"

    /// Adds the section of the rules.
    package func write(to writer: inout ArchiveWriter) {
        writer.add(Self.section, RuleFile(rules: rules).serialized)
    }

    /// Reads the rules of an artifact; nil where it has none.
    ///
    /// They are kept as their text and compiled here: 1,000 in a few milliseconds.
    package init?(in archive: Archive) throws(RuleError) {
        let section: Table<UInt8>
        do throws(ArchiveError) {
            section = try archive.table(Self.section)
        } catch .noSection {
            return nil
        } catch {
            throw .archive
        }
        try self.init(RuleFile(parsing: (0..<section.count).map { section[$0] }).rules)
    }
}
