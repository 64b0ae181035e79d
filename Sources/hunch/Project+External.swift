// A project whose model is a program of the author's own.

import Glibc
import JSON
import Numerics
import Reactor
import Registry
import Service
import Wire

extension Project {
    /// The files of a new project with a program that answers, in Python.
    static func externalFiles(_ name: String) -> [(path: String, bytes: [UInt8])] {
        let definition: JSONValue = [
            "name": .string(name), "kind": "external", "answers": "intent",
            "command": ["python3", "model.py"], "timeoutMillis": 200, "startMillis": 10_000,
            "concurrency": 2, "batch": 16, "queue": 256, "restartMillis": [100, 5000],
        ]
        return [
            ("model.json", definition.serialized(pretty: true)),
            ("model.py", Array(externalProgram.utf8)), ("README.md", readme(name, externalText)),
        ]
    }

    private static let externalProgram = """
        # Answers texts: one line of JSON in, one out. Put a model of your own in place of the words.
        import json, sys

        WORDS = {"refund": {"refund", "money", "charged"}, "delivery": {"parcel", "courier", "tracking"}}

        def answer(text):
            hits = {intent: len(words & set(text.lower().split())) for intent, words in WORDS.items()}
            intent = max(hits, key=hits.get)
            if hits[intent] == 0: return {"intent": "out_of_scope", "confidence": 1}
            return {"intent": intent, "confidence": hits[intent] / sum(hits.values())}

        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            batch = json.loads(line)
            print(json.dumps({"id": batch["id"], "answers": [answer(text) for text in batch["texts"]]}), flush=True)

        """

    private static let externalText = """
        Says what a text wants, or what it is about, by a program in any language. It runs in this folder;
        a version has all files of it but hidden ones, README.md and tests.jsonl. The program speaks lines of
        JSON on its standard input and output:

            it says    {"ready": true}                                     once, when it can be asked
            it gets    {"id": 7, "texts": ["a text", "another one"]}
            it says    {"id": 7, "answers": [{"intent": "refund", "confidence": 0.9}, …]}

        one answer a text, in their order, and each line flushed. An answer may have a `"ranking"`: a list of
        intents with their confidences. With `"answers": "tags"` in model.json an answer is
        `{"tags": [{"tag": "money", "confidence": 0.8}]}`, and model.json lists the tags that it may say: `"tags": ["money"]`.

        What it writes to standard error goes to the event log (`hunch tail --events program`). At the end of
        its standard input it is to end; it is killed if it does not, and if the server is. `hunch evaluate` and
        `hunch predict --explain` ask it as the server does. model.json says how it is run:

            command         the program and its arguments
            timeoutMillis   for the answers to a batch; past that it is killed and started anew
            startMillis     for the first line; also the longest that a text waits
            concurrency     programs side by side
            batch           texts in one line, at most
            queue           texts that wait, at most; a block of a document that comes then is asked again later,
                            another text is not answered
            restartMillis   the first and the longest wait before it is started anew
        """

    func packExternal(in registry: Registry, report: (String) -> Void) throws -> Manifest {
        let external: ExternalDefinition
        do throws(ExternalDefinitionError) {
            external = try ExternalDefinition(definition)
        } catch {
            throw Failure("\(file("model.json")): \(error)")
        }
        let files = try programFiles()
        report("\(name): \(files.count) files")
        let tags = external.tags.map { tag -> JSONValue in ["tag": .string(tag)] }
        let list = files.map { file -> JSONValue in
            ["path": .string(file.path), "digest": .string(Digest(of: file.bytes).hexadecimal)]
        }
        return try registry.publish(
            name, kind: kind.rawValue, artifact: ExternalArtifact(external, files: files).encoded(),
            details: [
                "answers": .string(external.answers.rawValue), "tags": .array(tags),
                "files": .array(list), "command": definition["command"] ?? [],
            ], time: Int(wallClockMicroseconds()))
    }

    /// What the program is made of, in the order of its paths.
    private func programFiles() throws -> [ExternalArtifact.File] {
        var files: [ExternalArtifact.File] = []
        var bytes = 0
        for path in try paths(in: "") {
            let content = try FileSystem.read(file(path))
            bytes += content.count
            guard bytes <= Self.mostProgramBytes else {
                throw Failure("\(file(".")) holds more than \(Self.mostProgramBytes >> 20) MiB")
            }
            let isExecutable = access(file(path), X_OK) == 0 && isExecutable(file(path))
            files.append(.init(path: path, bytes: content, isExecutable: isExecutable))
        }
        return files
    }

    private static var mostProgramBytes: Int { 512 << 20 }

    /// Whether a mark of the file says so: to root everything else may look executable.
    private func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IXUSR != 0
    }

    private func paths(in folder: String) throws -> [String] {
        let left: Set = ["README.md", BehaviouralTests.name, ReviewedExamples.name, "model.json"]
        return try FileSystem.list(file(folder)).flatMap { name -> [String] in
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            if name == "__pycache__" || left.contains(path) { return [] }
            return FileSystem.isFolder(file(path)) ? try paths(in: path) : [path]
        }
    }
}
