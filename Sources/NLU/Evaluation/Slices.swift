// Parts of a data set that are measured by themselves.

/// Named parts, by the texts that belong to them; a text may belong to several.
package struct Slices: Equatable, Sendable {
    /// In the order of their first appearance.
    package let names: [String]
    private let texts: [String: Set<String>]

    /// Reads a file of separated values with the columns `text` and `slice`.
    package init(reading bytes: [UInt8]) throws(DatasetError) {
        let table = try SeparatedTable(reading: bytes, columns: ["text", "slice"])
        var names: [String] = []
        var texts: [String: Set<String>] = [:]
        for row in table.rows {
            let name = row.fields[1]
            guard !name.isEmpty else {
                throw DatasetError(line: row.line, reason: .expected("the name of a slice"))
            }
            if texts[name] == nil { names.append(name) }
            texts[name, default: []].insert(row.fields[0].folded)
        }
        guard !names.isEmpty else { throw DatasetError(line: 1, reason: .noExamples) }
        self.names = names
        self.texts = texts
    }

    /// None.
    package init() {
        names = []
        texts = [:]
    }

    /// The places in `names` of the slices that a text belongs to, told as for examples.
    package func slices(of text: String) -> [Int] {
        let text = text.folded
        return names.indices.filter { texts[names[$0]]?.contains(text) ?? false }
    }

    /// The places of the examples that belong to a slice; case and runs of white space do not count.
    package func examples(of name: String, in dataset: Dataset) -> [Int] {
        guard let members = texts[name] else { return [] }
        return dataset.examples.indices.filter {
            members.contains(dataset.examples[$0].text.folded)
        }
    }
}
