import JSON
import Testing

/// What authors do with versions on the command line.
@Suite struct VersionCommandTests: CommandSuite {
    let folder: Folder

    init() throws {
        folder = try Folder()
        _ = try Program.run("create", "model", "-n", "r", "--kind", "rules", in: folder)
    }

    private func train() throws -> String {
        "r@" + (try #require(try json("train", "model", "-n", "r")["version"]?.string))
    }

    private func git(_ words: String...) throws {
        let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        try #require(try folder.shell(["git"] + identity + words) == 0, "git \(words)")
    }

    @Test func `lineage names the commit, its branch, and whether all was in it`() throws {
        func revisions() throws -> [JSONValue?] {
            let lineage = try json("show", "model", "-n", "r")["lineage"]
            return try #require(lineage?.array).map { $0["git"] }
        }
        _ = try train()
        #expect(try revisions() == [nil])
        try git("init", "-q", "-b", "main")
        try git("add", ".hunch/models")
        try git("commit", "-q", "-m", "A model")
        _ = try train()
        try folder.write("a draft", to: ".hunch/models/r/draft.txt")
        _ = try train()
        try git("checkout", "-q", "-b", "topic")
        _ = try train()
        try git("checkout", "-q", "--detach")
        _ = try train()
        _ = try run("train", "model", "-n", "r", "--branch", "release")
        let all = try revisions()
        #expect(all.map { $0?["branch"] } == [nil, "main", "main", "topic", nil, "release"])
        #expect(all.map { $0?["clean"] } == [nil, true, false, false, false, false])
        #expect(all[1]?["commit"]?.string?.count == 40)
        #expect(
            try json("list", "versions", "-n", "r")["model"]?.string != nil, "one version still")
    }

    @Test func `what is read from outside the folder is to be in the commit, too`() throws {
        func phrase(_ text: String) -> String {
            "{\"rules\":[{\"name\":\"a\",\"intent\":\"b\",\"phrase\":\"\(text)\"}]}"
        }
        func clean(_ model: String) throws -> [JSONValue?] {
            let lineage = try json("show", "model", "-n", model)["lineage"]
            return try #require(lineage?.array).map { $0["git"]?["clean"] }
        }
        try folder.write(phrase("x"), to: "rules.json")
        try folder.write(
            #"{"kind":"rules","rules":"../../../rules.json"}"#, to: ".hunch/models/r/model.json")
        try folder.write("", to: ".hunch/models/r/tests.jsonl")
        try git("init", "-q", "-b", "main")
        try git("add", ".hunch/models", "rules.json")
        try git("commit", "-q", "-m", "A model")
        let first = try train()
        try folder.write(phrase("y"), to: "rules.json")
        let second = try train()
        try git("add", "rules.json")
        try git("commit", "-q", "-m", "Other rules")
        #expect(try train() == second)
        #expect(try clean(first) == [true])
        #expect(try clean(second) == [false, true])
    }

    @Test func `a tag means nothing else, and newest is the newest`() throws {
        try git("init", "-q", "-b", "main")
        try git("add", ".hunch/models")
        try git("commit", "-q", "-m", "A model")
        let version = try train()
        let newest = try json("show", "model", "-n", "r@newest")["version"]?.string
        #expect(newest.map { "r@" + $0 } == version)
        for word in ["main", "newest"] {
            #expect(try refusal("tag", "model", "-n", "r", word).contains("choose another tag"))
        }
        _ = try run("tag", "model", "-n", "r", "mainly")
    }

    @Test func `a version that cannot be read is deleted by its name`() throws {
        let version = try train()
        let name = version.dropFirst(2)
        try folder.write("{", to: ".hunch/registry/r/\(name)/manifest.json")
        #expect(try refusal("list", "versions", "-n", "r").contains("delete model -n \(version)"))
        _ = try run("delete", "model", "-n", version)
        #expect(try refusal("show", "model", "-n", "r").contains("hunch train"))
    }

    @Test func `lists refuse a model that nobody knows`() throws {
        _ = try run("create", "env", "-n", "dev")
        for noun in ["runs", "deployments"] {
            #expect(try run("list", noun, "-n", "r").isEmpty)
            #expect(try refusal("list", noun, "-n", "nope").contains("no version of nope"))
        }
    }

    @Test func `lineage names the files and settings, and a diff what became of them`() throws {
        let first = try train()
        let lineage = try json("show", "model", "-n", first)["lineage"]?.array?[0]
        #expect(lineage?["files"]?.array?.map { $0["name"] } == ["model.json", "rules.json"])
        #expect(lineage?["tool"]?.string?.hasPrefix("hunch ") == true)
        let rules = #"{"rules":[{"name":"a","intent":"b","phrase":"c"}],"tests":[]}"#
        try folder.write(rules, to: ".hunch/models/r/rules.json")
        let second = try train()
        let difference = try json("diff", "model", "-n", first, second)
        let rows = try #require(difference["differences"]?.array)
        let names = rows.map { "\($0["section"]?.string ?? "") \($0["name"]?.string ?? "")" }
        #expect(names == ["files rules.json", "details intents", "details rules"])
        #expect(rows.last?["a"] == 4 && rows.last?["b"] == 1)
        #expect(try run("diff", "model", "-n", first, first).contains("do not differ"))
    }

    @Test func `tags and notes are shown, and a tag stands for its version`() throws {
        let version = try train()
        _ = try run("tag", "model", "-n", version, "champion")
        _ = try run("note", "model", "-n", "r@champion", "as", "good as any")
        let shown = try json("show", "model", "-n", "r@champion")
        #expect(shown["tags"] == ["champion"])
        #expect(shown["notes"]?.array?.first?["text"] == "as good as any")
        #expect(try run("show", "model", "-n", "r").contains("as good as any"))
        _ = try run("deploy", "model", "-n", "r@champion")
        #expect(try run("tag", "model", "-n", "r", "champion", "--remove").contains(version))
        #expect(try refusal("show", "model", "-n", "r@champion").contains("hunch list versions"))
        #expect(try refusal("tag", "model", "-n", "r", code: 2).contains("which tag"))
    }

    @Test func `a deployed version is not deleted, an unused one is`() throws {
        let first = try train()
        _ = try run("deploy", "model", "-n", first)
        #expect(try refusal("delete", "model", "-n", first).contains("'dev'"))
        #expect(try refusal("delete", "model", "-n", "r", code: 2).contains("@VERSION"))
        try folder.write(
            #"{"rules":[{"name":"a","intent":"b","phrase":"c"}]}"#,
            to: ".hunch/models/r/rules.json")
        let second = try train()
        _ = try run("delete", "model", "-n", second)
        #expect(try json("list", "versions", "-n", "r")["model"] == .string(first))
    }

    @Test func `versions tell their bytes, and gc leaves what is deployed`() throws {
        try folder.write("", to: ".hunch/models/r/tests.jsonl")
        for phrase in ["a", "b", "c"] {
            try folder.write(
                #"{"rules":[{"name":"a","intent":"b","phrase":"\#(phrase)"}]}"#,
                to: ".hunch/models/r/rules.json")
            _ = try train()
            if phrase == "a" { _ = try run("deploy", "model", "-n", "r") }
        }
        #expect(try run("list", "versions", "-n", "r").contains("3 versions, "))
        #expect(try run("gc", "--keep", "1", "--dry-run").contains("1 versions would be"))
        #expect(try run("gc", "--keep", "1").contains("1 versions deleted"))
        #expect(try run("gc", "--keep", "0").contains("1 versions deleted"))
        let left = try json("list", "versions", "-n", "r")
        #expect(left["deployed"] == ["dev"] && left["bytes"]?.int ?? 0 > 100)
    }

    @Test func `one file carries a version to another home, unless it was damaged`() throws {
        let version = try train()
        #expect(try json("export", "model", "-n", "r", "-o", "r.hunch")["file"] == "r.hunch")
        #expect(try json("tag", "model", "-n", "r", "best")["model"] == .string(version))
        _ = try run("export", "model", "-n", "r", "-o", "r.hunch")
        let imported = try run("import", "model", "r.hunch", "--home", "other")
        #expect(imported.contains("imported \(version)"))
        let again = try json("import", "model", "r.hunch", "--home", "other")
        #expect(again["model"] == .string(version) && again["new"] == false)
        #expect(try run("list", "versions", "-n", "r", "--home", "other").contains(version))
        #expect(try folder.shell(["sh", "-c", "(cat r.hunch; echo x) > cut.hunch"]) == 0)
        let complaint = try refusal("import", "model", "cut.hunch", "--home", "third")
        #expect(complaint.contains("cut.hunch is damaged"))
        #expect(try refusal("import", "model", "missing.hunch").contains("cannot open"))
        #expect(try refusal("export", "r.hunch", code: 2).contains("model, training"))
    }
}
