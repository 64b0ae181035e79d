// hunch test: whether a model behaves as its author wants.

import JSON
import Registry

struct TestCommand {
    static let command = Command(
        name: "test", nouns: ["model"], summary: "run the behavioural tests of a model",
        help: """
            usage: hunch test model -n NAME[@VERSION] [--json] [--home DIR]

            Runs models/NAME/tests.jsonl, one test a line, and names those that fail; exit code 1 if one
            does. `hunch deploy` runs them before it deploys, and refuses a version that fails.

                {"text": "where is my parcel", "intent": "delivery"}           this answer
                {"text": "cancel my order", "not": "refund"}                   any other
                {"same": "where is my {thing}", "thing": ["bag", "parcel"]}    one answer to all of these
                {"same": ["hi there", "hello there"], "intent": "greeting"}    this answer to all of these
                {"text": "it fails", "add": "give me my money back", "raises": "refund"}
                {"text": "it fails", "add": "thank you", "lowers": "complaint"}
                {"data": "held-out.csv", "precision": 0.9}                     right so often, where it answers
                {"data": "held-out.csv", "slices": "slices.csv", "slice": "short", "precision": 0.8}

            Of tags: "tag" for one, "tags" for exactly these. Of rankers: "item", also with
            "before": ITEM or "within": N, and "user", "groups", "source" of who asks and where. Of
            duplicates: "like" or "not" another text. A "comment" may stand anywhere.

              -n NAME      the model (its newest version), or NAME@VERSION
              --json       print the outcome as one object
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try TestCommand(arguments: $0).run() }

    private let home: Home
    private let model: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "test")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        let reference = try home.registry.resolve(model).reference
        guard let tests = try BehaviouralTests(of: reference.name, in: home.registry) else {
            let path = try home.registry.projectPath(reference.name)
            throw Failure(
                "there is no \(path)/\(BehaviouralTests.name); what may stand in it: hunch test --help"
            )
        }
        let outcome = try tests.run(on: reference, in: home.registry)
        if isJSON {
            let members = [(key: "model", value: JSONValue.string(reference.description))]
            Output.line(JSONValue.object(members + (outcome.json.object ?? [])).description)
        } else {
            outcome.failures.forEach(Output.line)
            Output.line("\(reference): \(outcome.summary)")
        }
        guard outcome.failures.isEmpty else {
            throw Failure("\(reference) fails \(outcome.failures.count) of \(outcome.count) tests")
        }
        if !isJSON { Output.line("next: hunch deploy model -n \(reference)") }
    }
}
