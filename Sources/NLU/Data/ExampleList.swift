// Examples as they are read, each with its line.

/// Collects what a reader finds; refuses what is no example.
struct ExampleList {
    private(set) var examples: [Example] = []
    private(set) var lines: [Int] = []
    var knowledge = EntityKnowledge()

    init() {}

    mutating func append(
        text: String, intent: String, entities: [EntitySpan] = [], line: Int
    ) throws(DatasetError) {
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw DatasetError(line: line, reason: .emptyText)
        }
        guard !intent.isEmpty else { throw DatasetError(line: line, reason: .emptyIntent) }
        examples.append(Example(text: text, intent: intent, entities: entities))
        lines.append(line)
    }

    /// Takes a text whose entities are marked in brackets.
    mutating func append(
        annotated source: some StringProtocol, intent: String, line: Int
    ) throws(DatasetError) {
        let annotated: AnnotatedText
        do throws(AnnotationError) {
            annotated = try AnnotatedText(parsing: source)
        } catch {
            throw DatasetError(line: line, reason: .badAnnotation(error))
        }
        try append(
            text: annotated.text, intent: intent, entities: annotated.entities, line: line)
    }
}

/// The lines of offsets that never go back.
struct LineCounter {
    private let bytes: ArraySlice<UInt8>
    private var counted: Int
    private var line = 1

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        counted = bytes.startIndex
    }

    /// The line, from 1, of the byte at `offset` from the start; it costs what lies between.
    mutating func line(at offset: Int) -> Int {
        let end = min(bytes.startIndex + offset, bytes.endIndex)
        while counted < end {
            if bytes[counted] == UInt8(ascii: "\n") { line += 1 }
            counted += 1
        }
        return line
    }
}
