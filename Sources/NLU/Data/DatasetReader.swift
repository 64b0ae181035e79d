// Examples from files of several formats.

extension Dataset {
    /// Reads a file; its content tells the format.
    ///
    /// - CSV, also parted by tabs or semicolons, with a header that names the columns `text` and
    ///   `intent`, in any order and among others;
    /// - JSON lines: objects with the strings `text` and `intent`; or one array of them;
    /// - CLINC's JSON: an object of lists of pairs [text, intent], of which `split` is read, in
    ///   scope and out of scope;
    /// - Rasa: the YAML list `nlu:` and the JSON object `rasa_nlu_data`, with their entities;
    /// - fastText: lines of `__label__intent text`.
    ///
    /// Blank lines count for nothing, nor does a byte order mark.
    package init(reading bytes: [UInt8], split: DataSplit = .training) throws(DatasetError) {
        let content = bytes[...].withoutMark
        let list: ExampleList
        switch DatasetFormat(of: content) {
        case .separated(let separator): list = try ExampleList(separatedBy: separator, content)
        case .jsonLines: list = try ExampleList(jsonLines: content)
        case .jsonDocument: list = try ExampleList(jsonDocument: content, split: split)
        case .rasaYAML: list = try ExampleList(rasaYAML: content)
        case .fastText: list = try ExampleList(fastText: content)
        }
        guard !list.examples.isEmpty else { throw DatasetError(line: 1, reason: .noExamples) }
        self.init(list.examples, lines: list.lines, knowledge: list.knowledge)
    }
}
