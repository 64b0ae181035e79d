import JSON
import Testing

@Suite struct EntitiesTests {
    /// A folder with a model that knows intents, a list of cities and some patterns.
    private static func folder() throws -> Folder {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "travel", in: folder)
        // Those of the sample data, which this one replaces.
        try folder.write("", to: ".hunch/models/travel/tests.jsonl")
        let definition: JSONValue = [
            "name": "travel", "kind": "intents", "data": "travel.csv", "seed": 1,
            "entities": [
                "city": ["values": ["New York": ["NYC"], "Berlin": []]],
                "line": ["file": "lines.csv", "fuzzy": false],
                "flight": ["pattern": #"[a-z]{2} ?\d{3,4}"#],
            ], "patterns": ["date", "time"],
        ]
        let places = ["berlin", "paris", "rome", "oslo", "home"]
        let rows = places.flatMap { ["fly to \($0),fly", "rain in \($0),weather"] }
        let project = ".hunch/models/travel/"
        try folder.write(definition.description, to: project + "model.json")
        try folder.write(
            (["text,intent"] + rows).joined(separator: "\n"), to: project + "travel.csv")
        try folder.write("Red Line, red\nBlue Line\n", to: project + "lines.csv")
        _ = try Program.run("deploy", "model", "-n", "travel", in: folder)
        return folder
    }

    /// Entities by their type and value, with what they cover of a text.
    private func found(_ entry: JSONValue?, in text: String) -> [String] {
        (entry?["entities"]?.array ?? []).map { entity in
            let range = entity["range"]?.array?.compactMap(\.int) ?? []
            let units = Array(text.utf16)[range[0]..<range[1]]
            let words = String(decoding: units, as: UTF16.self)
            return "\(entity["entity"]?.string ?? ""): \(words) = \(entity["value"]?.string ?? "")"
        }
    }

    /// The first entry at a revision of the block that begins at an offset.
    private func first(
        _ peer: Peer, startingAt offset: Int, revision: JSONValue
    ) throws -> JSONValue? {
        while true {
            let results = try peer.expect("results", kind: "intent")
            let entry = results["results"]?.array?.first {
                $0["range"]?.array?.first?.int == offset
            }
            if let entry, results["revision"] == revision { return entry }
        }
    }

    @Test func `entities are in the results, and their change alone is news`() throws {
        let folder = try Self.folder()
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        let text = "😀 fly to NYC tomorrow at 2pm"
        let answer = try peer.ask(["type": "classify", "text": .string(text)])
        let cities = ["city: NYC = New York", "date: tomorrow = day+1", "time: 2pm = 14:00"]
        #expect(found(answer["results"]?.array?.first, in: text) == cities)

        // Ranges count from the start of the block, wherever it stands.
        _ = try peer.ask(["type": "open", "doc": "travel/notes"])
        _ = try peer.ask(edit("travel/notes", base: 0, sequence: 1, at: 0, "hello\n" + text))
        let entry = try first(peer, startingAt: 6, revision: 1)
        #expect(found(entry, in: text) == cities)

        // No word that the intents know has changed, but an entity has.
        let at = 6 + text.utf16.count - 3
        let change: JSONValue = [["retain": .number(Double(at))], ["insert": "3"], ["delete": 1]]
        _ = try peer.ask(
            ["type": "edit", "doc": "travel/notes", "base": 1, "seq": 2, "ops": change])
        let later = try first(peer, startingAt: 6, revision: 2)
        #expect(later?["intent"] == entry?["intent"])
        #expect(found(later, in: text).last == "time: 2pm = 15:00")
        let unknown = try peer.ask(["type": "classify", "text": "nothing here"])
        #expect(unknown["results"]?.array?.first?["entities"]?.array?.isEmpty == true)
    }

    @Test func `a command without a server finds the same`() throws {
        let folder = try Self.folder()
        let text = "the red from berln on 3 May 2026, then LH 441"
        let output = try Program.run("predict", "-n", "travel", "--json", text, in: folder)
        let entry = try JSONValue(parsing: output.trimmed)
        let expected = [
            "line: red = Red Line", "city: berln = Berlin", "date: 3 May 2026 = 2026-05-03",
            "flight: LH 441 = ",
        ]
        #expect(found(entry, in: text) == expected)
    }

    @Test func `a pattern that is none is refused with its entity and what to do`() throws {
        let folder = try Self.folder()
        let definition: JSONValue = [
            "name": "travel", "kind": "intents", "data": "travel.csv",
            "entities": ["flight": ["pattern": "[a-z"]],
        ]
        try folder.write(definition.description, to: ".hunch/models/travel/model.json")
        let program = try Program(["train", "model", "-n", "travel"], in: folder)
        #expect(try program.exitStatus() == 1)
        let said = folder.text("errors.txt")
        #expect(said.contains("entity flight, pattern '[a-z': the class […] is not closed"))
    }
}
