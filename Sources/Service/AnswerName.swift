// The names of predictions and recommendations on the wire.

internal import Documents

/// Names one answer of a model: what it read and which model it was.
///
/// "workspace/name#b17.42.support@1a2b3c4d5e6f" for block 17 at revision 42. An answer to a text
/// outside any document bears a number of the shard instead: "#3.1017.support@1a2b3c4d5e6f". For clients
/// it is opaque. As the name holds everything, the server remembers nothing for it.
struct AnswerName: Equatable, Sendable {
    enum Subject: Equatable, Sendable {
        case block(BlockID, document: String, revision: Int)
        /// The number of a question among those of a shard.
        case question(Int, shard: Int)
    }

    let subject: Subject
    /// "name@version".
    let model: String

    init(_ subject: Subject, model: String) {
        self.subject = subject
        self.model = model
    }

    /// Reads a name; `nil` where it is none.
    init?(_ text: String) {
        let halves = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let parts = halves[1].split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let number = Int(parts[1]), parts[2].contains("@") else {
            return nil
        }
        model = String(parts[2])
        if halves[0].isEmpty {
            guard let shard = Int(parts[0]) else { return nil }
            subject = .question(number, shard: shard)
        } else {
            guard let block = BlockID(String(parts[0])) else { return nil }
            subject = .block(block, document: String(halves[0]), revision: number)
        }
    }

    var document: String? {
        if case .block(_, let document, _) = subject { document } else { nil }
    }

    /// A block of a document, whatever its revision.
    static func place(of block: BlockID, in document: String) -> String { "\(document)#\(block)" }

    var text: String {
        switch subject {
        case .block(let block, let document, let revision):
            "\(document)#\(block).\(revision).\(model)"
        case .question(let number, let shard): "#\(shard).\(number).\(model)"
        }
    }
}
