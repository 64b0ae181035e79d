// Tags in a project: an approved list, tagged texts, and the precision that is demanded.

import JSON
import Learning
import NLU
import Reactor
import Registry

extension Project {
    /// The files of a new project of tags.
    static func tagFiles(_ name: String) -> [(path: String, bytes: [UInt8])] {
        let definition: JSONValue = [
            "name": .string(name), "kind": "tags", "data": "tags.csv",
            "tags": .array(["money", "delivery", "account", "product", "urgent"]),
            "precision": 0.85, "seed": 1,
        ]
        return [
            ("model.json", definition.serialized(pretty: true)),
            ("tags.csv", asset("demo/tags.csv")), ("README.md", readme(name, tagText)),
        ]
    }

    private static let tagText = """
        Says what a text is about: any number of the `tags` of model.json, the approved list. `tags.csv` holds
        one example a line, `text,tags`, with `|` between tags; a text without tags is about none of them.

        `precision` is how often answers must be right. It is measured on texts that were held out, over all
        answers, by tag, and by slice where `"slices"` names a file of `text,slice`. A tag with fewer than 10
        held-out texts, or for which no confidence is right often enough, is never answered. A model that falls short
        is not deployed, unless by force: `hunch deploy model … --force "reason"`, which goes into the history.
        """

    /// The approved list of model.json.
    func approvedTags() throws -> [String] {
        let wrong = Failure("\(name): \"tags\" of model.json must be a list of different names")
        guard let list = definition["tags"]?.array else { throw wrong }
        let tags = list.compactMap(\.string).filter { !$0.isEmpty }
        guard !tags.isEmpty, tags.count == list.count, Set(tags).count == tags.count else {
            throw wrong
        }
        return tags
    }

    func trainTags(
        _ options: TrainingOptions, in registry: Registry, report: (String) -> Void
    ) throws -> Manifest {
        let tags = try approvedTags()
        let path = options.data ?? file(definition["data"]?.string ?? "tags.csv")
        let bytes = try FileSystem.read(path)
        let reviewed = file(ReviewedExamples.name)
        let later = FileSystem.exists(reviewed) ? try FileSystem.read(reviewed) : nil
        let dataset = try amended(readTags(bytes, path), by: later, reviewed, report)
        for (tag, count) in dataset.tagCounts where !tags.contains(tag) {
            report("\(path): '\(tag)', in \(count) examples, is not on the list and not learned")
        }
        let validation = try (options.validation ?? definition["validation"]?.string.map(file))
            .map { try readTags(FileSystem.read($0), $0) }
        let settings = try tagSettings(options)
        let outcome = try TagTrainer(settings: settings, runner: { inParallel($0, $1) }).train(
            dataset, tags: tags, validation: validation,
            slices: readSlices(definition["slices"]?.string.map(file)), progress: report)
        for line in outcome.gate.report { report(line) }
        return try registry.publish(
            name, kind: kind.rawValue, artifact: outcome.model.encoded(),
            details: [
                "data": .string(Digest(of: bytes).hexadecimal),
                "reviewed": later.map { .string(Digest(of: $0).hexadecimal) } ?? .null,
                "examples": .number(Double(dataset.examples.count)),
                "seed": .number(Double(settings.seed)),
                "fit": [
                    "passes": .number(Double(outcome.regression.passes)),
                    "learningRate": .number(Double(outcome.regression.learningRate)),
                ],
                "features": .number(Double(outcome.model.featureCount)),
                "tags": .array(outcome.model.rows), "gate": outcome.gate.json,
            ], time: Int(wallClockMicroseconds()))
    }

    /// The examples with what `hunch review` has added, in the place of what they say of the same texts.
    private func amended(
        _ dataset: TagDataset, by later: [UInt8]?, _ path: String, _ report: (String) -> Void
    ) throws -> TagDataset {
        guard let later else { return dataset }
        let examples = try readTags(later, path)
        report("with \(examples.examples.count) examples from a review")
        return dataset.amended(by: examples)
    }

    private func tagSettings(_ options: TrainingOptions) throws -> TagTrainer.Settings {
        var settings = TagTrainer.Settings()
        settings.seed = options.seed ?? UInt64(definition["seed"]?.int ?? 1)
        if let precision = definition["precision"] {
            guard let value = precision.double, value > 0, value < 1 else {
                throw Failure("\(name): \"precision\" of model.json must lie between 0 and 1")
            }
            settings.precision = value
        }
        return settings
    }
}

/// Reads tagged examples; an error names file and line.
func readTags(_ bytes: [UInt8], _ path: String) throws -> TagDataset {
    do throws(DatasetError) {
        return try TagDataset(reading: bytes)
    } catch {
        throw Failure("\(path), \(error)")
    }
}

/// Reads the slices of a file, or none without one.
func readSlices(_ path: String?) throws -> Slices {
    guard let path else { return Slices() }
    let bytes = try FileSystem.read(path)
    do throws(DatasetError) {
        return try Slices(reading: bytes)
    } catch {
        throw Failure("\(path), \(error)")
    }
}

extension TagModel {
    /// The tags as a manifest lists them; one that is never answered has no threshold.
    fileprivate var rows: [JSONValue] {
        zip(tags, settings).map { tag, setting in
            [
                "tag": .string(tag),
                "threshold": setting.isAnswered ? .number(Double(setting.threshold)) : .null,
            ]
        }
    }
}

extension PrecisionGate {
    /// What is said of it in a manifest; `Registry.deploy` reads `passes` and `failures`.
    fileprivate var json: JSONValue {
        [
            "demanded": .number(demanded), "passes": .boolean(passes),
            "failures": .array(failures.map { .string($0.description) }),
            "measures": .array(measures.map(\.json)),
        ]
    }

    /// What people should know of it.
    fileprivate var report: [String] {
        let judged = measures.filter(\.isJudged).map(\.description)
        guard !passes else { return judged }
        return judged
            + ["below the demanded precision of \(rounded(demanded)): not deployed without --force"]
    }
}

extension PrecisionGate.Measure {
    private var name: String {
        switch scope {
        case .all: "all answers"
        case .tag(let name): "tag '\(name)'"
        case .slice(let name): "slice '\(name)'"
        }
    }

    fileprivate var description: String {
        let texts = isValidation ? "the validation set" : "held-out folds"
        guard count.answers > 0 else { return "\(name), on \(texts): nothing is answered" }
        return "\(name), on \(texts): precision \(rounded(count.precision)) "
            + "(\(count.hits) of \(count.answers)), recall \(rounded(count.recall))"
    }

    fileprivate var json: JSONValue {
        let (kind, name): (String, JSONValue) =
            switch scope {
            case .all: ("all", .null)
            case .tag(let name): ("tag", .string(name))
            case .slice(let name): ("slice", .string(name))
            }
        return [
            "scope": .string(kind), "name": name,
            "on": .string(isValidation ? "validation" : "folds"),
            "answers": .number(Double(count.answers)), "right": .number(Double(count.hits)),
            "occurrences": .number(Double(count.occurrences)), "judged": .boolean(isJudged),
        ]
    }
}
