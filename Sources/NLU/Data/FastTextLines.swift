// Examples as fastText reads them: `__label__intent text`.

extension ExampleList {
    static let fastTextLabel = Array("__label__".utf8)

    /// Reads lines that each begin with one label; blank ones are passed over.
    init(fastText bytes: ArraySlice<UInt8>) throws(DatasetError) {
        self.init()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (i, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            guard let text = String(validating: line, as: UTF8.self) else {
                throw DatasetError(line: i + 1, reason: .notUTF8)
            }
            try append(fastText: text, line: i + 1)
        }
    }

    private mutating func append(fastText line: String, line number: Int) throws(DatasetError) {
        let label = "__label__"
        let content = line.drop { $0.isWhitespace }
        guard content.hasPrefix(label) else {
            throw DatasetError(line: number, reason: .expected("“\(label)” and an intent"))
        }
        let intent = content.dropFirst(label.count).prefix { !$0.isWhitespace }
        let text = content[intent.endIndex...].trimmed
        guard !text.hasPrefix(label) else {
            throw DatasetError(line: number, reason: .severalLabels)
        }
        try append(text: String(text), intent: String(intent), line: number)
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
        return self[start..<end]
    }
}
