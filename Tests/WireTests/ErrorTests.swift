import JSON
import Testing
import Wire

@Suite struct ErrorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        let code: ErrorCode
        var detail = ""
        var id: MessageID? = 7
        var document: String?
        var testDescription: String { text }
    }

    static let cases = [
        Case(text: "", code: .invalidJSON, detail: "the input ends too early at byte 0", id: nil),
        Case(text: "null", code: .invalidJSON, detail: "a message is an object", id: nil),
        Case(text: #"[{"id":7}]"#, code: .invalidJSON, detail: "a message is an object", id: nil),
        Case(
            text: #"{"id":7,"type":"ping""#, code: .invalidJSON, detail: "the input ends too early"),
        Case(text: #"{"id":7,"type":"ping"} x"#, code: .invalidJSON, detail: "something follows"),
        Case(text: #"{"type":"nope","id":7,}"#, code: .invalidJSON, detail: "unexpected '}'"),
        Case(text: #"{"type":"nope","id":7}"#, code: .unknownType, detail: "[nope]"),
        Case(text: #"{"type":"nope","id":7,"doc":"a/b"}"#, code: .unknownType, document: "a/b"),
        Case(text: #"{"id":7}"#, code: .missingField, detail: "[type]"),
        Case(
            text: #"{"id":7,"type":null}"#, code: .badField,
            detail: "[type: null instead of string]"),
        Case(text: #"{"type":"ping","id":null}"#, code: .badField, detail: "[id: ", id: nil),
        Case(text: #"{"type":"ping","id":1.5}"#, code: .badField, detail: "[id: ", id: nil),
        Case(text: #"{"type":"open","id":7}"#, code: .missingField, detail: "[doc]"),
        Case(text: #"{"type":"open","doc":"a","id":7}"#, code: .badField, detail: "[doc: must be"),
        Case(
            text: #"{"type":"open","doc":"a/b","from":3,"id":7}"#, code: .missingField,
            detail: "[epoch]", document: "a/b"),
        Case(
            text: #"{"type":"edit","doc":"a/b","base":-1,"seq":1,"ops":[],"id":7}"#,
            code: .badField,
            detail: "[base: must not be negative]", document: "a/b"),
        Case(
            text: #"{"type":"edit","doc":"a/b","base":1,"seq":0,"ops":[],"id":7}"#, code: .badField,
            detail: "[seq: must be at least 1]", document: "a/b"),
        Case(
            text: #"{"type":"edit","doc":"a/b","base":99999999999999999999,"id":7}"#,
            code: .badField,
            detail: "[base: the number is out of range]", document: "a/b"),
        Case(
            text: #"{"type":"edit","doc":"a/b","base":1,"seq":1,"ops":[{"retain":0}],"id":7}"#,
            code: .badField, detail: "[ops: a retain or delete must be", document: "a/b"),
        Case(
            text: #"{"type":"edit","doc":"a/b","base":1,"seq":1,"ops":[{}],"id":7}"#,
            code: .badField, detail: "[ops: each op must have one of", document: "a/b"),
        Case(
            text:
                #"{"type":"edit","doc":"a/b","base":1,"seq":1,"ops":[{"insert":"\ud83d"}],"id":7}"#,
            code: .badField, detail: "[ops: an escaped surrogate", document: "a/b"),
        Case(
            text: #"{"type":"edit","doc":"a/b","base":1,"seq":1,"#
                + #""ops":[{"retain":2147483647},{"delete":9}],"id":7}"#,
            code: .badField, detail: "[ops: no text is as long as this]", document: "a/b"),
        Case(
            text: #"{"type":"edit","doc":"a/b","base":1,"seq":1,"ops":[3],"id":7}"#,
            code: .badField, detail: "[ops: number instead of object]", document: "a/b"),
        Case(
            text: #"{"type":"recommend","source":"s","block":"b1","id":7}"#, code: .missingField,
            detail: "[doc]"),
        Case(
            text: #"{"type":"recommend","source":"s","block":"17","id":7}"#, code: .badField,
            detail: "[block: must be a block such as"),
        Case(
            text: #"{"type":"hello","protocol":"1","id":7}"#, code: .badField, detail: "[protocol: "
        ),
        Case(
            text: #"{"type":"hello","protocol":1,"session":"ABC","id":7}"#, code: .badField,
            detail: "[session: must be 32"),
        Case(
            text: #"{"type":"presence","doc":"a/b","id":7}"#, code: .missingField, document: "a/b"),
        Case(
            text: #"{"type":"item","corpus":"c","item":"i","fields":[],"id":7}"#, code: .badField,
            detail: "[fields: must be an object]"),
        Case(text: #"{"type":"item","corpus":"c","item":"i","id":7}"#, code: .missingField),
        Case(text: #"{"type":"explain","id":7}"#, code: .missingField, detail: "[prediction]"),
    ]

    @Test(arguments: cases)
    func `each mistake has its code, and the request its id`(given: Case) throws {
        let refused = try #require(throws: RefusedMessage.self) {
            try ClientMessage(text: given.text)
        }
        #expect(refused.error.code == given.code)
        #expect(refused.error.message.hasPrefix(given.code.sentence))
        #expect(refused.error.message.contains(given.detail), "\(refused.error.message)")
        #expect(refused.id == given.id && refused.error.document == given.document)
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `a hundred thousand levels are refused, the id before them is read`(level: String) throws {
        let deep = String(repeating: level, count: 100_000)
        for text in [
            #"{"id":"x","type":"classify","text":"# + deep,
            #"{"id":"x","type":"ping","unknown":"# + deep,
            #"{"id":"x","deep":"# + deep,
        ] {
            let refused = try #require(throws: RefusedMessage.self) {
                try ClientMessage(text: text)
            }
            #expect(refused.id == "x")
            #expect(refused.error.code == (text.contains("classify") ? .badField : .tooDeep))
        }
    }

    @Test func `the id is read even when it stands behind the mistake`() throws {
        let refused = try #require(throws: RefusedMessage.self) {
            try ClientMessage(text: #"{"type":"edit","base":"x","doc":"a/b","id":"late"}"#)
        }
        #expect(refused.id == "late" && refused.error.document == "a/b")
    }

    @Test func `codes are words, sentences are sentences, and no two are alike`() {
        for code in ErrorCode.allCases {
            #expect(code.rawValue.utf8.allSatisfy { $0 == 0x5f || 0x61...0x7a ~= $0 })
            #expect(code.sentence.hasSuffix(".") && code.sentence.count > 20)
        }
        #expect(Set(ErrorCode.allCases.map(\.sentence)).count == ErrorCode.allCases.count)
    }

    @Test func `an answer to a mistake is an error message`() {
        let refused = RefusedMessage(id: 3, error: WireError(.wrongBase, document: "a/b"))
        #expect(
            String(decoding: ServerMessage(refusing: refused).bytes, as: UTF8.self)
                == #"{"type":"error","id":3,"code":"wrong_base","message":"#
                + #""\#(ErrorCode.wrongBase.sentence)","doc":"a/b"}"#)
    }
}
