// The values of lists and their synonyms, as they are written.

import Numerics

/// Strings by list and value, in tables that can be mapped.
struct ListedNames: Sendable {
    /// How a list is used.
    struct Kind: Equatable {
        let type: String
        let isFuzzy: Bool
        let isSearched: Bool
        /// How many values it has.
        let count: Int

        init(type: String, isFuzzy: Bool, isSearched: Bool, count: Int) {
            self.type = type
            self.isFuzzy = isFuzzy
            self.isSearched = isSearched
            self.count = count
        }
    }

    let kinds: [Kind]
    /// By list, the number of its first value among those of all lists.
    private let firsts: [Int]
    /// By value, where its name, then its synonyms begin in `strings`, and where the last one ends.
    private let values: Table<UInt32>
    /// By string, where it begins in `text`, and where the last one ends.
    private let strings: Table<UInt32>
    private let text: Table<UInt8>

    /// Opens the sections that `write(_:to:)` has written.
    init(in archive: Archive, _ kinds: [Kind]) throws(ArtifactError) {
        self.kinds = kinds
        var (firsts, count) = ([Int](), 0)
        for kind in kinds {
            firsts.append(count)
            let (sum, overflow) = count.addingReportingOverflow(kind.count)
            guard kind.count >= 0, !overflow else { throw .badSection("entities") }
            count = sum
        }
        self.firsts = firsts
        values = try archive.section("list values")
        strings = try archive.section("list strings")
        text = try archive.section("list text")
        guard values.count - 1 == count, values.areBounds(of: strings.count - 1) else {
            throw .badSection("list values")
        }
        guard strings.areBounds(of: text.count) else { throw .badSection("list strings") }
        // Each value has a name at least.
        let bounds = values.span
        for i in 0..<count where bounds[i] == bounds[i + 1] { throw .badSection("list values") }
    }

    /// Adds the sections of lists.
    static func write(_ lists: [EntityList], to writer: inout ArchiveWriter) {
        var (valueStarts, stringStarts, text): ([UInt32], [UInt32], [UInt8]) = ([0], [0], [])
        for list in lists {
            for value in list.values {
                for string in [value.name] + value.synonyms {
                    text += Array(string.utf8)
                    stringStarts.append(UInt32(text.count))
                }
                valueStarts.append(UInt32(stringStarts.count - 1))
            }
        }
        writer.add("list values", valueStarts)
        writer.add("list strings", stringStarts)
        writer.add("list text", text)
    }

    /// Adds the sections that `init(in:_:)` opens.
    func write(to writer: inout ArchiveWriter) {
        writer.add("list values", values.elements)
        writer.add("list strings", strings.elements)
        writer.add("list text", text.elements)
    }

    /// The name of a value of a list.
    func name(_ entry: ListedPhrases.Entry) -> String {
        string(Int(values[firsts[entry.list] + entry.value]))
    }

    /// The lists as the author wrote them.
    var lists: [EntityList] {
        zip(kinds, firsts).map { kind, first in
            let rows = (first..<first + kind.count).map { number in
                let all = (Int(values[number])..<Int(values[number + 1])).map(string)
                return EntityList.Value(all[0], synonyms: Array(all.dropFirst()))
            }
            return EntityList(
                type: kind.type, values: rows, isFuzzy: kind.isFuzzy, isSearched: kind.isSearched)
        }
    }

    private func string(_ number: Int) -> String {
        let range = Int(strings[number])..<Int(strings[number + 1])
        return String(decoding: range.map { text[$0] }, as: UTF8.self)
    }
}
