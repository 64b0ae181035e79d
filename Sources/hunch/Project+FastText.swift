// A project of intents whose classifier is a model of fastText.

import JSON
import NLU
import Numerics
import Reactor
import Registry

extension Project {
    /// The file that model.json names instead of examples; nil where the model is trained here.
    var fastTextFile: String? { definition["fastText"]?.string.map(file) }

    /// The files of a new project around a model of fastText.
    static func fastTextFiles(
        _ name: String, model: [UInt8], threshold: Double
    ) -> [(path: String, bytes: [UInt8])] {
        let definition: JSONValue = [
            "name": .string(name), "kind": "intents", "fastText": "fasttext.bin",
            "threshold": .number(threshold),
        ]
        return [
            ("model.json", definition.serialized(pretty: true)), ("fasttext.bin", model),
            ("README.md", readme(name, fastTextText)),
        ]
    }

    private static let fastTextText = """
        Says what somebody wants by a line of text, as fastText does by `fasttext.bin`: the same labels, the same
        probabilities. `"threshold"` in model.json is the probability from which on a label is the answer; below it
        the answer is `out_of_scope`. `"rules"`, `"entities"` and `"patterns"` may stand beside it as in any model of intents.
        """

    /// Publishes the file, with what else model.json names.
    func packFastText(
        _ path: String, in registry: Registry, report: @escaping @Sendable (String) -> Void
    ) throws -> Manifest {
        let file = try MappedFile(path)
        let model = try FastTextModel(file, path: path)
        var settings = IntentClassifier.Settings()
        if let threshold = try number("threshold", in: 0...1) {
            settings.threshold = Float(threshold)
        }
        try setDisplay(&settings)
        report("\(name): a model of fastText with \(model.labels.count) labels")
        if FileSystem.exists(self.file(ReviewedExamples.name)) {
            report(
                "\(name): \(ReviewedExamples.name) is not learned: fastText's file is used as it is"
            )
        }
        let intents = IntentModel(
            nil, rules: try rules(report: report),
            recogniser: try entityRecogniser(Dataset([]), seed: 1, report: report),
            fastText: FastTextClassifier(model, settings: settings))
        return try registry.publish(
            name, kind: kind.rawValue, artifact: intents.encoded(),
            details: [
                "fastText": .string(file.bytes.withUnsafeBytes { Digest(of: $0).hexadecimal }),
                "intents": .array(model.labels.map { .string($0) }),
                "threshold": .number(Double(settings.threshold)),
            ], time: Int(wallClockMicroseconds()))
    }
}

extension FastTextModel {
    /// Opens a file and checks all of it, and whether a server can keep up with it.
    init(_ file: MappedFile, path: String) throws {
        do throws(FastTextError) {
            try self.init(Memory(file.unsafeBytes, owner: file))
            try checkCost()
            try checkWeights()
        } catch {
            throw Failure("\(path): \(error)")
        }
    }
}
