// A version that was asked for all examples of a file.

import JSON
import NLU
import Numerics
import Registry

/// What a model of intents, rules or a program says of a data set.
struct MeasuredModel {
    let name: String
    /// Nil for a program.
    let model: IntentModel?
    let evaluation: Evaluation
    /// Of a program, in the order of the data set: it is asked once.
    private let predictions: [IntentPrediction]

    init(_ manifest: Manifest, on dataset: Dataset, in registry: Registry) throws {
        name = manifest.reference.description
        switch manifest.kind {
        case "intents", "rules":
            let file = try registry.artifact(of: manifest)
            let model = try IntentModel(Memory(file.unsafeBytes, owner: file))
            evaluation = Evaluation(model, on: dataset)
            predictions = []
            self.model = model
        case "external" where manifest.details["answers"] != "tags":
            let program = try TestedProgram(manifest, in: registry)
            predictions = try program.predictions(for: dataset)
            evaluation = Evaluation(predictions, on: dataset)
            model = nil
        default:
            throw Failure(
                "\(name) is of the kind \(manifest.kind): only intents, tags, rankers and programs are measured"
            )
        }
    }

    /// One JSON object an example.
    func lines(on dataset: Dataset) -> [UInt8] {
        var scratch = IntentModel.Scratch()
        return dataset.examples.enumerated().flatMap { place, example in
            let prediction =
                model?.answer(example.text, scratch: &scratch) ?? predictions[place]
            let line: JSONValue = [
                "text": .string(example.text), "intent": .string(example.intent),
                "predicted": .string(prediction.intent),
                "confidence": .number(Double(prediction.confidence)),
            ]
            return line.serialized() + [UInt8(ascii: "\n")]
        }
    }
}
