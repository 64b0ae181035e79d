// What editing costs: traces played into a document, into a text, and into a plain string.

internal import Documents

/// Plays a trace in memory and says what an edit takes.
package struct TraceBenchmark: Sendable {
    /// Nanoseconds an edit, medians.
    package struct Row: Equatable, Sendable {
        package let name: String
        package let edits: Int
        /// Through `Document.commit`: sequence, history, blocks and text.
        package let commit: Double
        /// `Text` alone.
        package let text: Double
        /// `String.replaceSubrange`, with the places found as UTF-16 offsets.
        package let string: Double
    }

    private struct Patch {
        let range: Range<Int>
        let text: String
    }

    private let name: String
    private let patches: [Patch]
    private let operations: [Operation]
    private let endContent: String

    /// Takes a sequential trace.
    package init(name: String, trace: Trace) {
        self.name = name
        operations = trace.transactions.flatMap(\.patches)
        endContent = trace.endContent
        // What is measured begins with plain numbers and strings, as the competitors' does.
        patches = operations.map { operation in
            guard let splice = operation.splices.first else { return Patch(range: 0..<0, text: "") }
            return Patch(
                range: splice.retained..<splice.retained + splice.deleted, text: splice.inserted)
        }
    }

    /// Measures the three in turns.
    package func run(rounds: Int = 5) -> Row {
        var (commit, text, string): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<rounds {
            text.append(measure(playText))
            commit.append(measure(playDocument))
            string.append(measure(playString))
        }
        return Row(
            name: name, edits: patches.count, commit: median(commit), text: median(text),
            string: median(string))
    }

    private func measure(_ play: () -> String) -> Double {
        let clock = ContinuousClock()
        var result = ""
        let duration = clock.measure { result = play() }
        precondition(result.utf8.elementsEqual(endContent.utf8), "\(name) ends in another text")
        return duration / .nanoseconds(1) / Double(max(patches.count, 1))
    }

    private func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    private func playText() -> String {
        var text = Text()
        for patch in patches { text.replace(patch.range, with: patch.text) }
        return text.string
    }

    private func playDocument() -> String {
        var document = Document(epoch: 0)
        let session = SessionID(rawValue: 1)
        for index in operations.indices {
            let edit = Edit(
                session: session, user: "author", base: index, sequence: index + 1,
                operation: operations[index])
            do throws(EditError) {
                _ = try document.commit(edit)
            } catch {
                return "refused: \(error)"
            }
        }
        return document.text.string
    }

    private func playString() -> String {
        var string = ""
        for patch in patches {
            let start = string.utf16.index(string.startIndex, offsetBy: patch.range.lowerBound)
            let end = string.utf16.index(start, offsetBy: patch.range.count)
            string.replaceSubrange(start..<end, with: patch.text)
        }
        return string
    }
}
