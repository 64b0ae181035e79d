import JSON
import Testing

@Suite struct TrainCommandTests {
    private func train(_ folder: Folder, _ options: String...) throws -> JSONValue {
        let words = ["train", "model", "-n", "plants", "--json"] + options
        return try JSONValue(parsing: try Program.run(words, in: folder).trimmed)
    }

    private func project(_ kind: String) throws -> Folder {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "plants", "--kind", kind, in: folder)
        guard kind == "intents" else { return folder }
        let rows = (0..<8).flatMap { ["rose \($0),flower", "fern \($0),leaf", "oak \($0),tree"] }
        try folder.write(
            (["text,intent"] + rows).joined(separator: "\n"), to: ".hunch/models/plants/intents.csv"
        )
        return folder
    }

    @Test(arguments: ["intents", "tags", "rules", "ranker", "duplicates"])
    func `equal data and seeds give the same bytes and name, whenever and wherever`(
        kind: String
    ) throws {
        let (folder, elsewhere) = (try project(kind), try project(kind))
        let first = try train(folder, "--from-scratch", "--seed", "3")
        let again = try train(folder, "--from-scratch", "--seed", "3")
        let there = try train(elsewhere, "--from-scratch", "--seed", "3")
        #expect(first["artifact"]?["sha256"]?.string?.count == 64)
        #expect(again == first)
        #expect(there["artifact"] == first["artifact"])
        #expect(there["version"] == first["version"] && there["details"] == first["details"])
        #expect(there["time"] != first["time"], "they were made at different times")
    }

    @Test func `what was trained before gives the same version, whatever came between`() throws {
        let folder = try project("intents")
        let path = ".hunch/models/plants/intents.csv"
        let rows = folder.text(path)
        let first = try train(folder)
        try folder.write(rows + "\npine,tree\n", to: path)
        let other = try train(folder)
        #expect(other["version"] != first["version"])
        #expect(other["details"]?["from"] == first["version"])
        try folder.write(rows, to: path)
        #expect(try train(folder)["version"] == first["version"])
        // A seed that is new begins anew, as it does in an empty home.
        let seeded = try train(folder, "--seed", "2")
        let elsewhere = try train(try project("intents"), "--seed", "2")
        #expect(seeded["version"] == elsewhere["version"])
    }

    @Test(arguments: ["intents", "tags"])
    func `another seed gives another version`(kind: String) throws {
        let folder = try project(kind)
        let one = try train(folder, "--from-scratch", "--seed", "3")
        let other = try train(folder, "--from-scratch", "--seed", "4")
        #expect(one["version"] != other["version"])
    }

    @Test func `a ranker learns the same from the same log`() throws {
        let folders = try (0..<2).map { _ in
            let folder = try Folder()
            try folder.write(Self.log(lists: 300), to: "events.jsonl")
            _ = try Program.run("import", "events", "events.jsonl", "-n", "plants", in: folder)
            return folder
        }
        let versions = try folders.map { try train($0, "--seed", "3") }
        #expect(versions[0]["details"]?["lists"]?.int == 300)
        #expect(versions[0]["artifact"] == versions[1]["artifact"])
        #expect(versions[0]["version"] == versions[1]["version"])
    }

    /// Lists of three of nine items, of which mostly the one with the smallest price is clicked.
    private static func log(lists: Int) -> String {
        var lines = (0..<9).map { item in
            #"{"event":"item","id":"i\#(item)","timestamp":"1600000000000","item":"item\#(item)","#
                + #""fields":[{"name":"price","value":\#(item * 10 + 1)}]}"#
        }
        for list in 0..<lists {
            let time = 1_600_000_100_000 + list * 10_000
            let items = (0..<3).map { (list * 5 + $0 * 4 + list / 9) % 9 }
            let shown = items.map { #"{"id":"item\#($0)"}"# }.joined(separator: ",")
            lines.append(
                #"{"event":"ranking","id":"r\#(list)","timestamp":"\#(time)","user":"u\#(list % 7)","#
                    + #""session":"s","fields":[],"items":[\#(shown)]}"#)
            let clicked = list.isMultiple(of: 5) ? items[1] : items.min() ?? 0
            lines.append(
                #"{"event":"interaction","id":"c\#(list)","ranking":"r\#(list)","timestamp":"\#(time + 500)","#
                    + #""user":"u\#(list % 7)","session":"s","type":"click","item":"item\#(clicked)","fields":[]}"#
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
