import Foundation
import JSON
import Numerics
import Testing

/// Inputs on which every strict reader of RFC 8259 agrees.
@Suite struct JSONCorpusTests {
    static let accepted = [
        "0", "-0", "-0.0", "1", "-1", "10", "0.5", "1e5", "1E5", "1e+5", "1e-5", "0e0", "1.25e+10",
        "123456789012345678901234567890", "true", "false", "null", " null ", "\t\r\n 1 \t\r\n",
        "\"\"",
        "\"a\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0041\"", "\"\\uD834\\uDD1E\"",
        "\"\\u0000\"",
        "\"\u{7f}\"", "\"\u{2028}\"", "\"é😀\"", "[]", "[ ]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[],[]]",
        "{}", "{ }", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ { } ] }", "{\"\":0}",
        "{\"a\":{\"a\":{}}}",
        "[null,true,false,\"x\",0,{}]", "\"//not a comment\"", "[\"\\u00e9\\ud83d\\ude00\"]",
    ]

    static let refused = [
        "", " ", "nul", "nulL", "True", "tru", "truee", "NaN", "Infinity", "-Infinity", "undefined",
        "+1", "-", "--1", "-a", "01", "-01", "00", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1e+-1",
        "0x10", "1_000", "1 2", "1,", "１", "'a'", "\"", "\"a", "a\"", "\"\\\"", "\"\\", "\"\\a\"",
        "\"\\u\"", "\"\\u12\"", "\"\\u123\"", "\"\\u00G0\"", "\"\\U0041\"", "\"\u{1f}\"", "\"\n\"",
        "\"\\\n\"", "[", "]", "[1", "[1,",
        "[,1]",
        "[1,]", "[,]", "[1,,2]", "[1;2]", "[1}", "[1:2]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\",1}", "{a:1}", "{1:1}", "{'a':1}",
        "{\"a\":1 \"b\":2}", "{\"a\":1]", "{null:1}", "[]]", "{}{}", "[1]//x", "/*x*/1", "#1",
        "\u{feff}1", "\u{a0}1", "\u{c}1", "1\0", "[1\u{2028}]",
    ]

    @Test(arguments: accepted) func `valid JSON is accepted`(json: String) throws {
        let value = try JSONValue(parsing: json)
        #expect(try JSONValue(parsing: value.serialized()) == value)
        #expect(throws: Never.self) { try Self.skip([UInt8](json.utf8)) }
    }

    @Test(arguments: refused) func `invalid JSON is refused, read or skipped`(json: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: json) }
        #expect(throws: JSONError.self) { try Self.skip([UInt8](json.utf8)) }
    }

    @Test(arguments: [
        (#""\ud800""#, JSONError.Reason.loneSurrogate), (#""\udc00x""#, .loneSurrogate),
        (#""\ud800\ud800\udc00""#, .loneSurrogate), ("1e400", .numberOutOfRange),
        ("-1e999999999999999999999", .numberOutOfRange),
    ])
    func `what is JSON but no value can be skipped`(json: String, reason: JSONError.Reason) throws {
        let error = try #require(throws: JSONError.self) { try JSONValue(parsing: json) }
        #expect(error.reason == reason && error.concernsValue)
        #expect(throws: Never.self) { try Self.skip([UInt8](json.utf8)) }
    }

    @Test(arguments: UInt64(0)..<40)
    func `random mutations are judged as Foundation judges them`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            var json = JSONSample.value(depth: 4, using: &random).serialized()
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                Self.mutate(&json, using: &random)
            }
            let text = String(decoding: json, as: UTF8.self)
            let ours = Result { () throws(JSONError) in try JSONValue(parsing: json) }
            let theirs = try? JSONDecoder().decode(FoundationTree.self, from: Data(json))
            // Foundation guesses other encodings by their zero bytes.
            if !json.contains(0) {
                #expect(
                    (try? ours.get()).map { theirs?.equals($0) ?? false } ?? (theirs == nil),
                    "\(text)")
            }
            if case .failure(let error) = ours, error.concernsValue { continue }
            #expect(((try? ours.get()) == nil) == ((try? Self.skip(json)) == nil), "\(text)")
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `random bytes never crash`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet =
            [UInt8](#"{}[]",:\u0123456789eE+-.truefalsn "#.utf8) + [0, 0x1f, 0x80, 0xc3, 0xf0]
        for _ in 0..<200 {
            let count = Int.random(in: 0...60, using: &random)
            let json = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let isValue = (try? JSONValue(parsing: json)) != nil
            if isValue { #expect(throws: Never.self) { try Self.skip(json) } }
        }
    }

    static func skip(_ json: [UInt8]) throws(JSONError) {
        var reader = JSONReader(json.span)
        try reader.skipValue()
        try reader.finish()
    }

    static func mutate(_ json: inout [UInt8], using random: inout SplitMix64) {
        let bytes = [UInt8](#"{}[]",:\ut0123456789eE+-. "#.utf8) + [0, 0x80, 0xc3]
        let byte = bytes.randomElement(using: &random) ?? 0
        let i = Int.random(in: 0..<max(json.count, 1), using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: json.insert(byte, at: i)
        case 1 where !json.isEmpty: json.remove(at: i)
        default: if !json.isEmpty { json[i] = byte }
        }
    }
}

/// What Foundation makes of a JSON text.
private enum FoundationTree: Decodable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([FoundationTree])
    case object([String: FoundationTree])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let boolean = try? value.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([FoundationTree].self) {
            self = .array(array)
        } else if let object = try? value.decode([String: FoundationTree].self) {
            self = .object(object)
        } else {
            self = .number(try value.decode(Double.self))
        }
    }

    func equals(_ ours: JSONValue) -> Bool {
        switch (self, ours) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a.elementsEqual(b) { $0.equals($1) }
        case (.object(let a), .object(let b)): equals(a, b)
        default: false
        }
    }

    /// Foundation keeps the first of two members with one name, we keep both.
    private func equals(
        _ theirs: [String: FoundationTree], _ ours: [(key: String, value: JSONValue)]
    ) -> Bool {
        var first: [String: JSONValue] = [:]
        for member in ours where first[member.key] == nil { first[member.key] = member.value }
        return first.count == theirs.count
            && theirs.allSatisfy { name, value in first[name].map { value.equals($0) } ?? false }
    }
}
