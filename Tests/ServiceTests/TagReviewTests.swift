import JSON
import Numerics
import Testing

/// Why a text was given its tags, and what it should have been given.
@Suite struct TagReviewTests {
    @Test func `a tag of a block and of the document is explained by words of the text`() throws {
        let server = try TestServer(TagsTests.home())
        let ada = try Peer(server, over: .tcp, user: "Ada")
        _ = try ada.ask(["type": "open", "doc": "a/notes"])
        let lines = "👋 Please refund order 4711\nLunch is at noon"
        _ = try ada.ask(edit("a/notes", base: 0, sequence: 1, at: 0, lines))
        let entries = try ada.expectEntries()
        let tagged = entries.filter { !($0["tags"]?.array?.isEmpty ?? true) }
        // The first line, and the document as a whole.
        #expect(tagged.count == 2 && tagged[1]["block"] == nil)
        let units = Array(lines.utf16)
        for entry in tagged {
            let reason = try ada.ask([
                "type": "explain", "prediction": try #require(entry["prediction"]),
            ])
            #expect(reason["label"] == "money" && reason["tag"] == "money")
            let words = try #require(reason["words"]?.array)
            for word in words {
                let range = (word["range"]?.array ?? []).compactMap(\.int)
                try #require(range.count == 2)
                let cut = String(decoding: units[range[0]..<range[1]], as: UTF16.self)
                #expect(cut.lowercased() == word["word"]?.string)
            }
            let strongest = words.max { ($0["share"]?.double ?? 0) < ($1["share"]?.double ?? 0) }
            #expect(strongest?["word"] == "refund")
            let score = try #require(entry["tags"]?.array?[0]["confidence"]?.double)
            let logit = words.reduce(reason["bias"]?.double ?? 0) {
                $0 + ($1["weight"]?.double ?? 0)
            }
            #expect(abs(logit - Double.log(score / (1 - score))) < 1e-2)
            let other = try ada.ask([
                "type": "explain", "prediction": entry["prediction"] ?? .null, "tag": "urgent",
            ])
            #expect(other["label"] == "urgent")
        }
    }

    @Test func `what a text should have been tagged is reviewed and learned`() throws {
        let server = try TestServer(TagsTests.home())
        let folder = server.folder
        let ada = try Peer(server, user: "Ada")
        let results = try ada.ask(["type": "classify", "text": .string(TagsTests.text)])
        let entry = try #require(results["results"]?.array?[0])
        let prediction = try #require(entry["prediction"])
        let report = { (label: JSONValue) in
            try ada.ask(["type": "feedback", "prediction": prediction, "label": label])
        }
        #expect(try report(["urgent", "money", "urgent"])["type"] == "ok")
        #expect(try report(["money", "urgent"])["type"] == "ok")
        #expect(try report([])["type"] == "ok")
        #expect(try report("money")["code"] == "bad_field")
        #expect(try report(["never heard of"])["code"] == "unknown_tag")
        let model = try #require(results["model"]?.string)
        #expect(try server.metric("hunch_reported_error_rate{model=\"\(model)\"}") == 3)

        // Of a document as a whole it is what was read of it.
        _ = try ada.ask(["type": "open", "doc": "a/notes"])
        _ = try ada.ask(edit("a/notes", base: 0, sequence: 1, at: 0, "refund that\nrefund this"))
        let entries = try ada.expectEntries()
        let whole = try #require(entries.first { $0["block"] == nil }?["prediction"])
        _ = try ada.ask(edit("a/notes", base: 1, sequence: 2, at: 0, "so: "))
        let late = try ada.ask(["type": "feedback", "prediction": whole, "label": ["product"]])
        #expect(late["type"] == "ok")

        let listed = try Program.run("review", "-n", "topics", "--json", in: folder)
        let items = try listed.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        try #require(items.count == 2)
        #expect(items[0]["text"]?.string == TagsTests.text && items[0]["tags"] == entry["tags"])
        let expected: JSONValue = [
            ["label": ["money", "urgent"], "count": 2], ["label": [], "count": 1],
        ]
        #expect(items[0]["reports"] == expected)
        #expect(items[1]["text"] == "refund that\nrefund this\n")

        let label = { (i: Int, tags: String) in "\(items[i]["item"]?.string ?? "")=\(tags)" }
        let wrong = try Program(
            ["review", "-n", "topics", "--label", label(0, "money|cash")], in: folder)
        #expect(try wrong.exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("no tag 'cash'"))
        _ = try Program.run(
            "review", "-n", "topics", "--label", label(0, "urgent|money"), "--label", label(1, ""),
            "--add", in: folder)
        let added = folder.text(".hunch/models/topics/reviewed.csv")
        #expect(
            added
                == "text,tags\n\"\(TagsTests.text)\",money|urgent\n\"refund that\nrefund this\n\",\n"
        )
        let written = folder.text(".hunch/models/topics/tags.csv").split(separator: "\n").count - 1
        let manifest = try JSONValue(
            parsing: Program.run("train", "model", "-n", "topics", "--json", in: folder))
        #expect(manifest["details"]?["examples"]?.int == written + 2)
    }
}
