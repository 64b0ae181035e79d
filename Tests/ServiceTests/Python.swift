// Homes with a model that is a program in Python.

import Foundation
import Glibc
import JSON
import Testing

/// Programs in Python, and the processes that they are.
enum Python {
    static let isThere = access("/usr/bin/python3", X_OK) == 0

    static let hasScikitLearn =
        isThere && (try? Folder().shell(["python3", "-c", "import sklearn, joblib"])) == 0

    /// Fits a pipeline, and writes down what it says of a text.
    static let fit = """
        import joblib, json
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        texts = ["refund my money", "money back please", "where is my parcel", "the parcel is late", "hello", "good day"]
        labels = ["refund", "refund", "delivery", "delivery", "greeting", "greeting"]
        pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression()).fit(texts, labels)
        joblib.dump(pipeline, "fitted.joblib")
        [shares] = pipeline.predict_proba(["my parcel"])
        answer = {"intent": pipeline.predict(["my parcel"])[0], "confidence": float(max(shares))}
        with open("expected.json", "w") as file: json.dump(answer, file)

        """

    /// Heeds no signal that can be caught.
    static let stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    /// Goes on when there is nothing to answer any more.
    static let immortal = "while True: time.sleep(1000)\n"

    /// Answers with the first word of a text, or fails as that word says.
    static let obedient = """
        import json, os, sys, time

        def answer(text):
            return {"intent": text.split()[0], "confidence": 0.75} if "nothing" not in text else {}

        print('{"ready": true}', flush=True)
        for line in sys.stdin:
            batch = json.loads(line)
            answers = [answer(text) for text in batch["texts"]]
            word = batch["texts"][0].split()[0]
            if word == "crash": os._exit(3)
            if word == "hang": time.sleep(1000)
            if word == "silence": continue
            if word == "garbage": print("what? {", flush=True)
            if word == "few": answers = answers[1:]
            if word == "stranger": batch["id"] += 7
            if word == "half":
                sys.stdout.write('{"id": %d, "answ' % batch["id"])
                sys.stdout.flush()
                os._exit(0)
            if word == "flood":
                while True: sys.stderr.write("no end of complaints\\n" * 1000)
            print(json.dumps({"id": batch["id"], "answers": answers}), flush=True)

        """

    /// The processes that run in a folder of a home's programs.
    static func processes(in folder: Folder) -> Set<Int32> {
        let home = folder.path + "/.hunch/programs"
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return Set(
            numbers.compactMap(Int32.init).filter { number in
                let place = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(number)/cwd")
                return place?.hasPrefix(home) ?? false
            })
    }

    /// A home with a program that does what texts say; it has few tests, so that all of it is deployed.
    static func home(
        _ definition: JSONValue = ["answers": "intent", "concurrency": 1],
        _ program: String = obedient
    ) throws -> Folder {
        let folder = try Demo.copy()
        _ = try Program.run(
            "create", "model", "-n", "words", "--kind", "external", in: folder)
        try change(folder, definition, program)
        _ = try Program.run(
            "deploy", "model", "-n", "words", "--documents", "words/*", in: folder)
        return folder
    }

    /// Gives the project another program, and takes its tests away.
    static func change(_ folder: Folder, _ definition: JSONValue, _ program: String) throws {
        let head: JSONValue = [
            "name": "words", "kind": "external", "command": ["python3", "model.py"],
            "timeoutMillis": 2000, "restartMillis": [1, 50],
        ]
        let members = (head.object ?? []) + (definition.object ?? [])
        try folder.write(
            JSONValue.object(members).description, to: ".hunch/models/words/model.json")
        try folder.write(program, to: ".hunch/models/words/model.py")
        try? FileManager.default.removeItem(
            atPath: folder.path + "/.hunch/models/words/tests.jsonl")
    }
}
