// Training a classifier of intents, from the files of a project to a version.

import Drift
import JSON
import Learning
import NLU
import Ranking
import Numerics
import Reactor
import Registry
import Service

/// What the command line says instead of model.json.
struct TrainingOptions {
    var data: String?
    var validation: String?
    var seed: UInt64?
    var operatingPoint: OperatingPoint?
    /// Whether to take the usual settings without a search, and few folds.
    var isQuick = false
    /// Whether to go on from no version.
    var isFromScratch = false
    /// Whether a fifth is left out, so that versions can be compared on it.
    var leavesOut = false
    /// The branch of the commit, where none is checked out.
    var branch: String?
    /// The environment whose log a recommender learns from, too; nil for none.
    var environment: String?
    /// What is to score for a recommender.
    var scorer = ScorerTrainer.Choice.auto
}

extension Project {
    func trainIntents(
        _ options: TrainingOptions, in registry: Registry,
        report: @escaping @Sendable (String) -> Void
    ) throws -> Manifest {
        if let fastTextFile {
            return try packFastText(fastTextFile, in: registry, report: report)
        }
        let rules = try rules(report: report)
        let data = try trainingData(options)
        for line in data.report { report(line) }
        var settings = IntentTrainer.Settings()
        settings.seed = options.seed ?? UInt64(definition["seed"]?.int ?? 1)
        let recogniser = try entityRecogniser(data.examples, seed: settings.seed, report: report)
        if options.isQuick {
            settings.fit = FitSettings(forExamples: data.examples.examples.count)
            settings.folds = 3
        }
        settings.operatingPoint = try options.operatingPoint ?? operatingPoint
        let trainer = IntentTrainer(
            settings: settings, runner: { inParallel($0, $1) }, progress: { report($0.line) })
        let identity = identity(data, settings, leavesOut: leavesOut(options))
        let start = try options.isFromScratch ? nil : start(identity, data, in: registry)
        if let start { report("going on from \(start.manifest.reference)") }
        let outcome = try train(trainer, data, from: start)
        var classifier = outcome.classifier
        try setDisplay(&classifier.settings)
        if let heldOut = outcome.heldOut { report(heldOut.line) }
        let model = IntentModel(classifier, rules: rules, recogniser: recogniser)
        let reference = reference(outcome, model) ?? start?.reference(for: classifier.intents)
        return try registry.publish(
            name, kind: kind.rawValue, artifact: model.encoded(),
            details: .object(
                identity + details(outcome, data, from: start)
                    + [("reference", reference ?? .null)]),
            time: Int(wallClockMicroseconds()))
    }

    /// The examples to learn from, and those to leave out.
    func trainingData(_ options: TrainingOptions) throws -> TrainingData {
        let path = options.data ?? file(definition["data"]?.string ?? "intents.csv")
        return try TrainingData(
            path, validation: options.validation ?? definition["validation"]?.string.map(file),
            reviewed: file(ReviewedExamples.name), leavesOut: leavesOut(options))
    }

    /// What versions are compared on, and whether model.json names a file of it.
    func heldOut(_ options: TrainingOptions) throws -> (examples: Dataset, isFile: Bool) {
        guard let path = definition["heldOut"]?.string.map(file) else {
            return (fastTextFile == nil ? try trainingData(options).leftOut : Dataset([]), false)
        }
        let bytes = try FileSystem.read(path)
        return (try readDataset(bytes, path, split: .of(.test, in: bytes)), true)
    }

    private func leavesOut(_ options: TrainingOptions) -> Bool {
        options.leavesOut && definition["heldOut"] == nil
    }

    private func train(
        _ trainer: IntentTrainer, _ data: TrainingData, from start: Start?
    ) throws -> IntentTrainer.Outcome {
        do throws(TrainingError) {
            guard let start else {
                return try trainer.train(data.examples, validation: data.validation)
            }
            return try trainer.train(
                data.examples, validation: data.validation, from: start.classifier,
                fit: FitSettings(
                    start.manifest.details["fit"], examples: data.examples.examples.count))
        } catch {
            throw Failure("\(name): \(error)")
        }
    }

    /// What live answers are held against: those to held-out texts that no rule answers.
    private func reference(
        _ outcome: IntentTrainer.Outcome, _ model: IntentModel
    ) -> JSONValue? {
        var builder = ReferenceBuilder(model.countedFeatures)
        var scratch = IntentModel.Scratch()
        var values: [FeatureValue] = []
        for answer in outcome.answers
        where model.firedRule(answer.text, scratch: &scratch) == nil {
            answer.traits.write(to: &values, for: model)
            builder.add(values.span)
        }
        return builder.reference(.heldOut)?.json
    }

    /// What the author says in model.json of when an answer is given.
    private var operatingPoint: OperatingPoint {
        get throws {
            if definition["balanced"]?.bool == true { return .balanced }
            guard let precision = definition["precision"] else { return .usual }
            guard let share = precision.double, share > 0, share <= 1 else {
                throw Failure("\(name): \"precision\" in model.json must be a share such as 0.85")
            }
            return .precision(share)
        }
    }

    /// What the author says of answers while somebody types: `show`, from which confidence on they are
    /// shown, and `restMilliseconds`, after which time without an edit a text is at rest.
    func setDisplay(_ settings: inout IntentClassifier.Settings) throws {
        if let show = try number("show", in: 0...1) { settings.showConfidence = Float(show) }
        if let rest = try number("restMilliseconds", in: 0...60_000) {
            settings.restMilliseconds = Float(rest)
        }
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let value = definition[name] else { return nil }
        guard let number = value.double, range.contains(number) else {
            throw Failure(
                "\(file("model.json")): “\(name)” must lie in \(range.lowerBound)…\(range.upperBound)"
            )
        }
        return number
    }

    // MARK: What is known already

    /// A version to go on from.
    private struct Start {
        let manifest: Manifest
        let classifier: IntentClassifier

        /// What its live answers are held against: taken over, as the threshold is, where nothing is held out.
        ///
        /// Nil for other intents, which it never gave: the first answers will be the reference.
        func reference(for intents: [String]) -> JSONValue? {
            intents == classifier.intents ? manifest.details["reference"] : nil
        }
    }

    /// What a version was trained with; together with the version it went on from, equal ones give
    /// equal weights.
    private func identity(
        _ data: TrainingData, _ settings: IntentTrainer.Settings, leavesOut: Bool
    ) -> [(key: String, value: JSONValue)] {
        let rest: [(key: String, value: JSONValue)] =
            leavesOut ? [("leftOut", .string(LeftOut.rule))] : []
        return [
            ("data", .string(Digest(of: data.bytes).hexadecimal)),
            ("reviewed", data.reviewedDigest.map { .string($0.hexadecimal) } ?? .null),
            ("validation", data.validationDigest.map { .string($0.hexadecimal) } ?? .null),
            ("seed", .number(Double(settings.seed))),
            ("operatingPoint", settings.operatingPoint.json),
        ] + rest
    }

    /// The version to go on from: the newest, where it was trained with the same seed and knows most of the
    /// examples.
    ///
    /// What was trained before begins where it began then, and so gives the same version again.
    private func start(
        _ identity: [(key: String, value: JSONValue)], _ data: TrainingData, in registry: Registry
    ) throws -> Start? {
        let versions = try registry.versions(of: name)
        guard var manifest = versions.first, manifest.kind == kind.rawValue else { return nil }
        let isSame = { (manifest: Manifest, keys: [String]) in
            keys.allSatisfy { key in
                manifest.details[key] ?? .null == identity.first { $0.key == key }?.value ?? .null
            }
        }
        // What was left out of this training, the version must not know either.
        guard isSame(manifest, ["leftOut"]) else { return nil }
        let keys = identity.map(\.key) + ["leftOut"]
        if let known = versions.first(where: { $0.kind == kind.rawValue && isSame($0, keys) }) {
            guard let version = known.details["from"]?.string,
                let older = try? registry.resolve("\(name)@\(version)")
            else { return nil }
            manifest = older
        } else if !isSame(manifest, ["seed"]) {
            return nil
        }
        // Without a validation set the threshold is taken over: it must be what is asked for.
        let point = identity.first { $0.key == "operatingPoint" }?.value
        guard data.validation != nil || manifest.details["operatingPoint"] == point else {
            return nil
        }
        let file = try registry.artifact(of: manifest)
        let model = try IntentModel(Memory(file.unsafeBytes, owner: file))
        guard let classifier = model.classifier,
            IntentTrainer.canContinue(classifier, with: data.examples)
        else { return nil }
        return Start(manifest: manifest, classifier: classifier)
    }

    private func details(
        _ outcome: IntentTrainer.Outcome, _ data: TrainingData, from start: Start?
    ) -> [(key: String, value: JSONValue)] {
        let classifier = outcome.classifier
        return [
            ("from", start.map { .string($0.manifest.reference.version) } ?? .null),
            ("fit", outcome.fit.json),
            ("heldOut", outcome.heldOut?.json ?? .null),
            ("examples", .number(Double(data.examples.examples.count))),
            ("intents", .array(classifier.intents.map { .string($0) })),
            ("threshold", .number(Double(classifier.threshold))),
            ("temperature", .number(Double(classifier.temperature))),
            ("features", .number(Double(classifier.featureCount))),
            ("dataReport", data.findings.json()),
        ]
    }
}

extension IntentTrainer.Progress {
    fileprivate var line: String {
        let part = fold.map { "fold \($0 + 1)" } ?? "all examples"
        return "settings \(candidate + 1), \(part), pass \(pass) of \(passes): "
            + "loss \(rounded(loss))"
    }
}

extension HeldOutMeasures {
    fileprivate var line: String {
        "on \(examples) held-out examples: accuracy \(rounded(accuracy)), "
            + "calibration error \(rounded(expectedCalibrationError))"
            + (areaUnderROC.map { ", out-of-scope AUROC \(rounded($0))" } ?? "")
    }

    fileprivate var json: JSONValue {
        [
            "examples": .number(Double(examples)), "outOfScope": .number(Double(outOfScope)),
            "accuracy": .number(accuracy), "logLoss": .number(logLoss),
            "ece": .number(expectedCalibrationError),
            "outOfScopeAUROC": areaUnderROC.map { .number($0) } ?? .null,
            "precision": .number(precision), "coverage": .number(coverage),
        ]
    }
}

extension OperatingPoint {
    fileprivate var json: JSONValue {
        switch self {
        case .usual: "usual"
        case .balanced: "balanced"
        case .precision(let share): .object([("precision", .number(share))])
        }
    }
}

extension FitSettings {
    fileprivate var json: JSONValue {
        [
            "minimumCount": .number(Double(minimumCount)),
            "labelSmoothing": .number(Double(augmentation.labelSmoothing)),
            "passes": .number(Double(regression.passes)),
        ]
    }

    /// Reads what `json` wrote; what is missing is as usual.
    fileprivate init(_ json: JSONValue?, examples: Int) {
        self.init(forExamples: examples)
        if let count = json?["minimumCount"]?.int { minimumCount = max(count, 1) }
        if let share = json?["labelSmoothing"]?.double {
            augmentation.labelSmoothing = Float(share)
        }
        if let passes = json?["passes"]?.int { regression.passes = max(passes, 1) }
    }
}
