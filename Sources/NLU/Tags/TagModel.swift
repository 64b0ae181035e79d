// What a text is about: any number of tags, by a linear model each.

import Learning
package import Numerics

/// Gives the tags of a text that are likely enough.
///
/// Logits of a lexical model, one a tag and each for itself, through a line and the logistic
/// function. A tag is answered from a confidence on, which was chosen so that its answers were as
/// often right as the author demands. What the model knows is not what may be shown: see
/// `ApprovedTags`.
///
/// Immutable and shared freely; what a call needs beside it lives in the caller's `Scratch`.
package struct TagModel: Sendable {
    /// The names of the tags; their places here are the classes.
    package let tags: [String]
    package let settings: [Setting]
    let lexical: LexicalModel

    /// What turns the logit of a tag into an answer.
    package struct Setting: Equatable, Sendable {
        package let slope: Float
        package let intercept: Float
        /// The least confidence with which the tag is answered; above 1 where it never is.
        package let threshold: Float

        package init(slope: Float, intercept: Float, threshold: Float) {
            self.slope = slope
            self.intercept = intercept
            self.threshold = threshold
        }

        /// Whether there is a confidence with which the tag is answered.
        package var isAnswered: Bool { threshold <= 1 }
    }

    /// Memory for calls, grown as needed and used again.
    package struct Scratch: ~Copyable {
        var words = Words()
        fileprivate var lexical = LexicalModel.Scratch()
        package fileprivate(set) var confidences: [Float] = []

        package init() {}
    }

    init(tags: [String], settings: [Setting], lexical: LexicalModel) {
        precondition(tags.count == lexical.classCount && settings.count == tags.count)
        self.tags = tags
        self.settings = settings
        self.lexical = lexical
    }

    /// How many n-grams the model knows.
    package var featureCount: Int { lexical.featureCount }

    /// Fills `scratch.confidences`, shape (tags,), by the first 4,096 bytes of a text in UTF-8.
    ///
    /// They are 0 where not one n-gram of the text is known: what is left then, the share of each tag
    /// in the training data, says nothing of the text. Without allocation once `scratch` has grown.
    package func score(_ text: Span<UInt8>, scratch: inout Scratch) {
        scratch.words.read(text)
        if scratch.confidences.count != tags.count {
            scratch.confidences = Array(repeating: 0, count: tags.count)
        }
        fill(&scratch.confidences, scratch.words, &scratch.lexical)
        let sums = (scratch.lexical.sums.words.squares, scratch.lexical.sums.characters.squares)
        guard sums == (0, 0) else { return }
        for c in scratch.confidences.indices { scratch.confidences[c] = 0 }
    }

    private func fill(
        _ confidences: inout [Float], _ words: borrowing Words,
        _ scratch: inout LexicalModel.Scratch
    ) {
        var output = confidences.mutableSpan
        lexical.logits(of: words, scratch: &scratch, into: &output)
        for c in output.indices {
            output[c] = logistic(settings[c].slope * output[c] + settings[c].intercept)
        }
    }

    /// The tags that are likely enough, the likeliest first; equally likely ones by their place.
    package func answer(_ text: Span<UInt8>, scratch: inout Scratch) -> [TagPrediction] {
        score(text, scratch: &scratch)
        let answered = tags.indices.filter { scratch.confidences[$0] >= settings[$0].threshold }
        return answered.map { TagPrediction(tag: tags[$0], confidence: scratch.confidences[$0]) }
            .sorted { $0.confidence > $1.confidence }
    }
}

/// A tag and how likely it is.
package struct TagPrediction: Equatable, Sendable {
    package let tag: String
    package let confidence: Float

    package init(tag: String, confidence: Float) {
        self.tag = tag
        self.confidence = confidence
    }
}

// MARK: As a file

extension TagModel {
    private static let magic = "hnchtags"
    private static let format: UInt32 = 1

    /// Opens an artifact; the tables stay where they are in `memory`.
    package init(_ memory: Memory) throws(ArtifactError) {
        let archive = try Archive(
            memory, magic: Self.magic, formats: Self.format...Self.format)
        tags = try archive.names("tags")
        let numbers = try archive.section("settings", of: Float.self).elements
        guard numbers.count == 3 * tags.count, numbers.allSatisfy(\.isFinite) else {
            throw .badSection("settings")
        }
        settings = tags.indices.map {
            Setting(
                slope: numbers[3 * $0], intercept: numbers[3 * $0 + 1],
                threshold: numbers[3 * $0 + 2])
        }
        lexical = try LexicalModel(archive, classCount: tags.count)
    }

    /// The artifact as bytes: equal models give equal bytes.
    package func encoded() -> [UInt8] {
        var writer = ArchiveWriter(magic: Self.magic, format: Self.format)
        writer.add("tags", names: tags)
        writer.add("settings", settings.flatMap { [$0.slope, $0.intercept, $0.threshold] })
        lexical.write(to: &writer)
        return writer.encoded()
    }
}

extension ArchiveWriter {
    /// Adds a list of names, as two sections: their text, and the length of each in bytes.
    fileprivate mutating func add(_ name: String, names: [String]) {
        add(name, names.flatMap(\.utf8))
        add(name + " lengths", names.map { UInt32($0.utf8.count) })
    }
}

extension Archive {
    /// A list of names, of which there is one at least.
    fileprivate func names(_ name: String) throws(ArtifactError) -> [String] {
        let text = try section(name, of: UInt8.self).elements
        var names: [String] = []
        var start = 0
        for length in try section(name + " lengths", of: UInt32.self).elements {
            guard Int(length) <= text.count - start else { throw .badSection(name + " lengths") }
            names.append(String(decoding: text[start..<start + Int(length)], as: UTF8.self))
            start += Int(length)
        }
        guard !names.isEmpty, start == text.count else { throw .badSection(name) }
        return names
    }
}
