// hunch evaluate: how good a model is on examples that it has not seen.

import JSON
import Learning
import NLU
import Numerics
import Ranking
import Registry

struct EvaluateCommand {
    static let command = Command(
        name: "evaluate", nouns: ["model"], summary: "measure a model on held-out examples",
        help: """
            usage: hunch evaluate model -n NAME[@VERSION] --data FILE [--slices FILE] [--typing]
                       [--against NAME[@VERSION]] [--html OUT] [--predictions OUT] [--json]
                   hunch evaluate model -n RANKER[@VERSION] [--data LOG] [--env dev]
                       [--slices intent,source,user,FIELD] [--against NAME[@VERSION]]... [--json]

            \(ranker)

            A program is asked for every example, as the server would ask it; what it does not answer counts
            as out of scope. Of other models than rankers, accuracy, F1 and calibration regard the likeliest intent, before the
            threshold; what is answered at the threshold stands apart. Intervals are from 1,000 bootstrap resamples.

              -n NAME             the model, or NAME@VERSION
              --data FILE         a ranker's log, as events.jsonl of a project; for others examples in any
                                  format that `hunch train` reads; of a file with splits, the test split;
                                  `out_of_scope` or `oos` examples count apart
              --slices FILE       CSV (`text,slice`): measures each slice by itself; a text may be in several.
                                  Of a ranker the text is the request, or names: intent, source, user
                                  (known or not), or a field of the items that were taken
              --typing            also what is answered while the texts are typed, and with typing errors
              --against NAME      another model or version, side by side: McNemar's exact test on the top
                                  answers, intervals of the differences by paired bootstrap; of a ranker
                                  as often as wanted, in one table
              --seed N            of resamples and typing errors (default: 1)
              --html OUT          write a page with the confusion matrix and the curves as pictures
              --predictions OUT   write one JSON object an example: text, intent, predicted, confidence
              --json              print the measures as one object
            \(Home.help)
            """
    ) { try EvaluateCommand(arguments: $0).run() }

    private static let ranker = """
        A ranker is measured on the lists of a log that it and the others have not learned from: without
        --data of its own log, of model.json and of the environment; if they know all of that, on the last
        fifth, and it is said. Lists that nobody answered are left out. Measures, over lists alike:
        \(RankingReport.definitions.map { "  " + $0.name.padded(to: 14) + $0.meaning }.joined(separator: "\n"))
          logLoss       -log of the chance of what happened, by Platt's scaling of the scores
          ece           distance of chance and share of ten bins, mean over rows
        Equal scores stand in the order shown. Differences are those of NDCG@10 list by list, with the
        interval of a paired bootstrap. Where places were explored, the clicks that this version's order
        would have got there are estimated: by inverse propensities (IPS), these normalised (SNIPS), and
        doubly robust, with intervals of 95 %; for this, unanswered lists count.
        """

    private let home: Home
    private let model: String
    /// Nil for the log of a ranker.
    private let log: String?
    private let slices: String?
    private let against: [String]
    private let predictions: String?
    private let html: String?
    private let seed: UInt64
    private let isTyping: Bool
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "evaluate")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        log = try arguments.value("--data")
        slices = try arguments.value("--slices")
        against = try arguments.values("--against")
        predictions = try arguments.value("--predictions")
        html = try arguments.value("--html")
        seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
        isTyping = arguments.flag("--typing")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        let manifest = try home.registry.resolve(model)
        if manifest.kind == "ranker" {
            let report = try RankerReport(
                manifest, in: home.registry, environment: home.environment, data: log,
                against: against, slices: slices)
            return Output.line(report.text(isJSON: isJSON))
        }
        let data = try data()
        guard against.count < 2 else {
            throw Failure("only rankers are compared with several versions at once")
        }
        if manifest.kind == "tags" || manifest.details["answers"] == "tags" {
            let report = try TagReport(manifest, in: home.registry, data: data, slices: slices)
            return Output.line(report.text(isJSON: isJSON))
        }
        let bytes = try FileSystem.read(data)
        let dataset = try readDataset(bytes, data, split: .of(.test, in: bytes))
        let measured = try MeasuredModel(manifest, on: dataset, in: home.registry)
        if let predictions {
            try FileSystem.writeAtomically(measured.lines(on: dataset), to: predictions)
        }
        let report = try report(measured, on: dataset)
        if let html { try FileSystem.writeAtomically(Array(report.page.utf8), to: html) }
        if isJSON { return Output.line(report.json().description) }
        for line in report.lines { Output.line(line) }
    }

    /// The file of examples, which only a ranker can do without.
    private func data() throws -> String {
        guard let log else { throw UsageError("--data is missing", command: "evaluate") }
        return log
    }

    private func report(_ measured: MeasuredModel, on dataset: Dataset) throws -> EvaluationReport {
        let bootstrap = Bootstrap(seed: seed)
        let path = log ?? ""
        let file = path.split(separator: "/").last.map(String.init) ?? path
        var report = EvaluationReport(
            model: measured.name, data: file, threshold: measured.model?.threshold,
            measured.evaluation, bootstrap: bootstrap)
        if slices != nil { report.add(try readSlices(slices), of: dataset) }
        if let model = measured.model { report.addEntities(of: model, on: dataset) }
        if isTyping {
            guard let model = measured.model else {
                throw Failure("\(measured.name) is a program, which is asked for whole texts only")
            }
            report.typing = TypingEvaluation(model, on: dataset, seed: seed)
        }
        if let against = against.first {
            let other = try MeasuredModel(
                home.registry.resolve(against), on: dataset, in: home.registry)
            let comparison = Comparison(measured.evaluation, other.evaluation, bootstrap)
            report.against = EvaluationReport.Other(model: other.name, comparison: comparison)
        }
        return report
    }
}
