// hunch evaluate: how good a model is on examples that it has not seen.

import JSON
import Learning
import NLU
import Numerics
import Registry

struct EvaluateCommand {
    static let command = Command(
        name: "evaluate", summary: "measure a model on held-out examples",
        help: """
            usage: hunch evaluate model -n NAME[@VERSION] --data FILE [--predictions OUT] [--json]

            Accuracy, F1 and calibration regard the likeliest intent, before the threshold; what is
            answered at the threshold stands apart.

              -n NAME             the model, or NAME@VERSION
              --data FILE         CSV (`text,intent`) or JSON lines; `out_of_scope` or `oos` rows count apart
              --predictions OUT   write one JSON object an example: text, intent, predicted, confidence
              --json              print the measures as one object
            \(Home.help)
            """
    ) { try EvaluateCommand(arguments: $0).run() }

    private let home: Home
    private let model: String
    private let data: String
    private let predictions: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "evaluate")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        data = try arguments.required("--data")
        predictions = try arguments.value("--predictions")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        let manifest = try home.registry.resolve(model)
        guard manifest.kind == "intents" else {
            throw Failure(
                "\(manifest.reference) is of the kind \(manifest.kind): only intents are measured")
        }
        let file = try home.registry.artifact(of: manifest)
        let model = try IntentModel(Memory(file.unsafeBytes, owner: file))
        guard let classifier = model.classifier else {
            throw Failure("\(manifest.reference) has no classifier to measure")
        }
        let dataset = try readDataset(FileSystem.read(data), data)
        if let predictions { try write(dataset, model, to: predictions) }
        let evaluation = Evaluation(classifier, on: dataset)
        let measures = measures(evaluation, manifest.reference.description)
        if isJSON { return Output.line(JSONValue.object(measures).description) }
        for (name, value) in measures {
            let text = value.string ?? value.int.map(String.init) ?? rounded(value.double ?? 0)
            let padding = String(repeating: " ", count: max(22 - name.count, 1))
            Output.line(name + padding + text)
        }
    }

    private func measures(
        _ evaluation: Evaluation, _ model: String
    ) -> [(key: String, value: JSONValue)] {
        let confusion = evaluation.confusion
        var measures: [(key: String, value: JSONValue)] = [
            ("model", .string(model)), ("examples", .number(Double(evaluation.inScopeCount))),
            ("accuracy", .number(evaluation.accuracy)),
            ("macroPrecision", .number(confusion.macro(\.precision))),
            ("macroRecall", .number(confusion.macro(\.recall))),
            ("macroF1", .number(confusion.macro(\.f1))),
            ("weightedF1", .number(confusion.weighted(\.f1))),
            ("logLoss", .number(evaluation.logLoss)),
            ("ece", .number(evaluation.reliability.expectedError)),
            ("answeredAccuracy", .number(evaluation.answeredAccuracy)),
        ]
        if evaluation.outOfScopeCount > 0 {
            measures += [
                ("outOfScope", .number(Double(evaluation.outOfScopeCount))),
                ("outOfScopeRecall", .number(evaluation.outOfScopeRecall)),
                ("outOfScopeAUROC", .number(evaluation.outOfScopeAUROC)),
            ]
        }
        return measures
    }

    private func write(_ dataset: Dataset, _ model: IntentModel, to path: String) throws {
        var scratch = IntentModel.Scratch()
        var lines: [UInt8] = []
        for example in dataset.examples {
            let prediction = model.answer(example.text, scratch: &scratch)
            let line: JSONValue = [
                "text": .string(example.text), "intent": .string(example.intent),
                "predicted": .string(prediction.intent),
                "confidence": .number(Double(prediction.confidence)),
            ]
            lines += line.serialized() + [UInt8(ascii: "\n")]
        }
        try FileSystem.writeAtomically(lines, to: path)
    }
}
