import JSON
import Testing

@Suite struct RulesTests {
    @Test func `a new project of rules answers at once`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "mine", "--kind", "rules", in: folder)
        _ = try Program.run("train", "model", "-n", "mine", in: folder)
        let text = "please cancel my plan"
        let line = try Program.run("predict", "-n", "mine", "--json", text, in: folder)
        let answer = try JSONValue(parsing: line)
        #expect(answer["intent"] == "cancel_plan" && answer["rule"] == "cancel plan")
        #expect(answer["confidence"]?.double == 1)
        #expect(
            try Program.run("predict", "-n", "mine", text, in: folder)
                == "cancel_plan\trule 'cancel plan'\n")
    }

    @Test func `rules before a learned model are in its artifact`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "mine", in: folder)
        try folder.write(
            #"{"name": "mine", "kind": "intents", "data": "d.csv", "rules": "r.json"}"#,
            to: ".hunch/models/mine/model.json")
        try folder.write(
            "text,intent\nred rose,flower\nwhite rose,flower\nold fern,leaf\nwet fern,leaf",
            to: ".hunch/models/mine/d.csv")
        try folder.write(
            #"{"rules": [{"name": "r", "intent": "stone", "any": "pebble"}]}"#,
            to: ".hunch/models/mine/r.json")
        _ = try Program.run("train", "model", "-n", "mine", in: folder)
        let line = try Program.run("predict", "-n", "mine", "--json", "red pebble", in: folder)
        let answer = try JSONValue(parsing: line)
        #expect(answer["intent"] == "stone" && answer["rule"] == "r")
        #expect(answer["ranking"]?.array?.count == 2)
    }

    @Test func `training refuses rules whose tests fail, and says which`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "mine", "--kind", "rules", in: folder)
        try folder.write(
            #"{"rules": [{"name": "a", "intent": "x", "phrase": "one"}], "#
                + #""tests": [{"text": "one", "intent": "x"}, {"text": "two", "intent": "x"}]}"#,
            to: ".hunch/models/mine/rules.json")
        let train = try Program(["train", "model", "-n", "mine"], in: folder)
        #expect(try train.exitStatus() == 1)
        let errors = folder.text("errors.txt")
        #expect(errors.contains("1 of 2 tests fail"))
        #expect(errors.contains("test 2, 'two': x expected, but no rule fired"))
    }
}
