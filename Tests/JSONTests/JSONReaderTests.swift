import JSON
import Testing

@Suite struct JSONReaderTests {
    @Test func `members are read key by key and elements one by one`() throws {
        let text =
            #" { "type" : "edit", "base":12 ,"ops":[{"retain":3},{"insert":"x"}], "last":null } "#
        var reader = JSONReader([UInt8](text.utf8).span)
        var seen: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": seen.append(try reader.string())
            case "base": seen.append("\(try reader.integer())")
            case "ops":
                try reader.beginArray()
                while try reader.nextElement() {
                    try reader.beginObject()
                    while let key = try reader.nextKey() {
                        seen.append(key.string)
                        try reader.skipValue()
                    }
                }
            default: seen.append("\(key.string) \(try reader.takeNull())")
            }
        }
        try reader.finish()
        #expect(seen == ["edit", "12", "retain", "insert", "last true"])
    }

    @Test func `an escaped name is the same name`() throws {
        let bytes = [UInt8](#"{"t\u0079pe":1}"#.utf8)
        var reader = JSONReader(bytes.span)
        try reader.beginObject()
        guard let key = try reader.nextKey() else {
            Issue.record("no name")
            return
        }
        let matches = "type" ~= key
        #expect(matches && key.string == "type")
    }

    @Test(arguments: [
        (#""\u00e9\n\/""#, "é\n/"), (#""\ud83d\uDE00""#, "😀"), (#""\\\"""#, "\\\""),
        (#""0123456789 é 😀 \u0000""#, "0123456789 é 😀 \0"), (#""""#, ""), ("\"\u{7f}\"", "\u{7f}"),
    ])
    func `a string gives its text`(json: String, text: String) throws {
        var reader = JSONReader([UInt8](json.utf8).span)
        #expect(try reader.string() == text)
        try reader.finish()
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("-17", -17), ("9223372036854775807", .max),
        ("-9223372036854775808", .min), ("3.0", 3), ("1e2", 100), ("1200e-2", 12),
        ("9007199254740992.0", 1 << 53),
    ])
    func `an integer may be written with a point or an exponent`(json: String, value: Int) throws {
        var reader = JSONReader([UInt8](json.utf8).span)
        #expect(try reader.integer() == value)
        try reader.finish()
    }

    @Test(arguments: [
        ("9223372036854775808", JSONError.Reason.numberOutOfRange),
        ("-9223372036854775809", .numberOutOfRange), ("1e16", .numberOutOfRange),
        ("1e999999999999999999999", .numberOutOfRange), ("1.5", .notAnInteger),
        ("1e-1", .notAnInteger), ("\"1\"", .unexpectedType(.string, wanted: .number)),
        ("null", .unexpectedType(.null, wanted: .number)), ("", .unexpectedEnd),
    ])
    func `what is no integer is refused`(json: String, reason: JSONError.Reason) {
        #expect(throws: JSONError(reason, at: 0)) {
            var reader = JSONReader([UInt8](json.utf8).span)
            _ = try reader.integer()
        }
    }

    @Test(arguments: [
        ("0.1", 0.1), ("-0.0", -0.0), ("1e22", 1e22), ("1e23", 1e23),
        ("5e-324", .leastNonzeroMagnitude),
        ("2.2250738585072011e-308", Double(bitPattern: 0xf_ffff_ffff_ffff)), ("0e999999999999", 0),
        ("1.7976931348623157e308", .greatestFiniteMagnitude), ("9007199254740993", 0x1p53),
        ("123456789012345678901234567890", 123456789012345678901234567890.0),
    ])
    func `a double is the nearest one`(json: String, value: Double) throws {
        var reader = JSONReader([UInt8](json.utf8).span)
        #expect(try reader.double().bitPattern == value.bitPattern)
    }

    @Test(arguments: [
        (#"["\ud83d"]"#, JSONError(.loneSurrogate, at: 2)),
        (#"["\ud83dx"]"#, JSONError(.loneSurrogate, at: 2)),
        (#"["\ud83d\u0041"]"#, JSONError(.loneSurrogate, at: 2)),
        (#"["a\ude00"]"#, JSONError(.loneSurrogate, at: 3)),
        (#"["\x"]"#, JSONError(.invalidEscape, at: 2)),
        (#"["\u12g4"]"#, JSONError(.invalidEscape, at: 2)),
        ("[\"a\tb\"]", JSONError(.controlCharacterInString, at: 3)),
        ("[1] 2", JSONError(.trailingBytes, at: 4)),
        ("[1 2]", JSONError(.unexpectedByte(UInt8(ascii: "2")), at: 3)),
        ("[01]", JSONError(.invalidNumber, at: 1)),
        ("[1,]", JSONError(.unexpectedByte(0x5d), at: 3)),
        ("[1e400]", JSONError(.numberOutOfRange, at: 1)),
        ("[\"a", JSONError(.unexpectedEnd, at: 3)),
    ])
    func `an error names its place`(json: String, error: JSONError) {
        #expect(throws: error) { try JSONValue(parsing: json) }
    }

    @Test func `bytes that are not UTF-8 are refused where they stand`() {
        for bytes: [UInt8] in [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
        ] {
            let json: [UInt8] = [0x5b, 0x22, 0x61] + bytes + [0x22, 0x5d]
            #expect(throws: JSONError(.invalidUTF8, at: 3)) { try JSONValue(parsing: json) }
            #expect(throws: JSONError(.invalidUTF8, at: 3)) {
                var reader = JSONReader(json.span)
                try reader.skipValue()
            }
        }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `a hundred thousand levels give an error`(opening: String) {
        let json = [UInt8](String(repeating: opening, count: 100_000).utf8)
        let error = JSONError(
            .tooDeep(limit: JSONReader.maximumDepth),
            at: JSONReader.maximumDepth * opening.utf8.count)
        #expect(throws: error) { try JSONValue(parsing: json) }
        #expect(throws: error) {
            var reader = JSONReader(json.span)
            try reader.skipValue()
        }
    }

    @Test func `the deepest nesting allowed is read and skipped`() throws {
        let half = JSONReader.maximumDepth / 2
        let json = [UInt8](
            (String(repeating: "[{\"a\":", count: half) + "1" + String(repeating: "}]", count: half))
                .utf8)
        #expect(try JSONValue(parsing: json).serialized() == json)
        var reader = JSONReader(json.span)
        try reader.skipValue()
        try reader.finish()
    }
}
