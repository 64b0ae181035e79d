import JSON
import Ranking
import Testing

@Suite struct ItemTests {
    @Test func `a file of lines is read and written back`() throws {
        let lines = """
            {"corpus":"article","item":"a","fields":{"title":"T","tags":["x"],"published":5,"url":"u"}}

            {"corpus":"article","item":"b","fields":{}}
            """
        let items = try Item.parse(lines: Array(lines.utf8))
        #expect(items.map(\.id) == ["a", "b"])
        #expect(items[0].title == "T" && items[0].tags == ["x"] && items[0].published == 5)
        #expect(items[0].fields["url"] == "u")
        #expect(try items.map { try Item($0.json) } == items)
    }

    @Test func `an error names the line and the field`() throws {
        let good = #"{"corpus":"article","item":"a","fields":{}}"#
        let bad = #"{"corpus":"article","item":"a","fields":{"tags":["x",1]}}"#
        let field = FieldError(path: "fields.tags[1]", reason: .wrongType(wanted: .string))
        #expect(throws: ItemFileError(line: 2, reason: .field(field))) {
            try Item.parse(lines: Array((good + "\n" + bad).utf8))
        }
        #expect(throws: ItemFileError(line: 1, reason: .json(JSONError(.unexpectedEnd, at: 1)))) {
            try Item.parse(lines: [UInt8(ascii: "{")])
        }
    }
}
