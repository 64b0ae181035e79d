import JSON
import Numerics
import Testing

@Suite struct JSONValueTests {
    @Test(arguments: UInt64(0)..<100)
    func `a tree reads back as written, compact or pretty`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let value = JSONSample.value(depth: 5, using: &random)
        #expect(try JSONValue(parsing: value.serialized()) == value)
        #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value)
    }

    @Test func `pretty text has one member a line, in order`() {
        let value: JSONValue = ["b": 1, "a": ["x", 2.5, nil, [:], []], "c": ["d": true]]
        let text = """
            {
              "b": 1,
              "a": [
                "x",
                2.5,
                null,
                {},
                []
              ],
              "c": {
                "d": true
              }
            }

            """
        #expect(String(decoding: value.serialized(pretty: true), as: UTF8.self) == text)
    }

    @Test func `accessors give the value of the right type only`() {
        let value: JSONValue = ["s": "x", "n": 3, "h": 0.5, "b": true, "a": [1], "z": nil]
        #expect(value["s"]?.string == "x" && value["s"]?.int == nil)
        #expect(value["n"]?.int == 3 && value["n"]?.double == 3)
        #expect(value["h"]?.int == nil && value["h"]?.double == 0.5)
        #expect(value["b"]?.bool == true && value["a"]?.array == [1])
        #expect(value["z"]?.isNull == true && value["none"] == nil && value.object?.count == 6)
    }

    @Test func `of two members with one name the last counts`() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#)["a"]?.int == 2)
    }

    @Test func `equality minds the order of members and the form of letters`() throws {
        #expect(JSONValue.object([("a", 1), ("b", 2)]) != .object([("b", 2), ("a", 1)]))
        #expect(JSONValue.string("\u{e9}") != .string("e\u{301}"))
    }
}
