// A classifier in a file that can be mapped and used in place.

import Learning
import Numerics

extension IntentClassifier {
    /// Opens a classifier's sections; nil in an archive without intents.
    init?(in archive: Archive) throws(ArtifactError) {
        guard archive.has("intents") else { return nil }
        intents = try Self.intents(in: archive)
        settings = try Settings(in: archive)
        lexical = try LexicalModel(archive, classCount: intents.count)
    }

    /// Adds the sections that `init(in:)` opens.
    func write(to writer: inout ArchiveWriter) {
        let names = intents.map { Array($0.utf8) }
        writer.add("intents", names.flatMap(\.self))
        writer.add("intent lengths", names.map { UInt32($0.count) })
        writer.add("settings", settings.numbers)
        lexical.write(to: &writer)
    }

    private static func intents(in archive: Archive) throws(ArtifactError) -> [String] {
        let text = try archive.section("intents", of: UInt8.self).elements
        let lengths = try archive.section("intent lengths", of: UInt32.self).elements
        var names: [String] = []
        var start = 0
        for length in lengths {
            guard Int(length) <= text.count - start else { throw .badSection("intent lengths") }
            names.append(String(decoding: text[start..<start + Int(length)], as: UTF8.self))
            start += Int(length)
        }
        guard names.count > 0, start == text.count else { throw .badSection("intents") }
        return names
    }
}

extension IntentClassifier.Settings {
    var numbers: [Float] {
        [
            temperature, threshold, scope.slope, scope.intercept, typingIntercept, typingSlope,
            showConfidence, restMilliseconds,
        ]
    }

    init(in archive: Archive) throws(ArtifactError) {
        let numbers = try archive.section("settings", of: Float.self).elements
        guard numbers.count == 8, numbers.allSatisfy(\.isFinite), numbers[0] > 0, numbers[2] > 0,
            (0...1e6).contains(numbers[7])
        else { throw .badSection("settings") }
        self.init(temperature: numbers[0], threshold: numbers[1])
        scope = PlattScaling(slope: numbers[2], intercept: numbers[3])
        typingIntercept = numbers[4]
        typingSlope = numbers[5]
        showConfidence = numbers[6]
        restMilliseconds = numbers[7]
    }
}
