import NLU
import Numerics
import Testing

@Suite struct RasaTests {
    private func read(_ text: String) throws(DatasetError) -> Dataset {
        try Dataset(reading: Array(text.utf8))
    }

    private static let project = """
        # comment
        version: "3.1"

        nlu:
        - intent: greet   # the first
          examples: |
            - hey
            - hello: you # there
        - intent: faq/ask_name
          metadata:
            sentiment: 'neutral'
          examples:
            - text: |
                what is your name
              metadata:
                note: "a: \\"b\\""
            - text: who are you
        - synonym: New York
          examples: |
            - NYC
            - big apple
        - regex: zip
          examples: |
            - \\d{5}
        - lookup: city
          examples: |
            - Köln

        - intent: inform
          examples: |
            - 🙂 from [Köln](city) to [NYC]{"entity": "city", "value": "New York"}
        responses:
          utter_greet:
          - text: [anything at all, *goes here
        """

    @Test func `a YAML file gives examples, entities and what is known of them`() throws {
        let dataset = try read(Self.project)
        #expect(
            dataset.examples == [
                Example(text: "hey", intent: "greet"),
                Example(text: "hello: you # there", intent: "greet"),
                Example(text: "what is your name", intent: "faq/ask_name"),
                Example(text: "who are you", intent: "faq/ask_name"),
                Example(
                    text: "🙂 from Köln to NYC", intent: "inform",
                    entities: [
                        EntitySpan(range: 8..<12, type: "city"),
                        EntitySpan(range: 16..<19, type: "city", value: "New York"),
                    ]),
            ])
        #expect(dataset.lines == [7, 8, 14, 17, 31])
        #expect(dataset.knowledge.synonyms.map(\.strings) == [["NYC", "big apple"]])
        #expect(dataset.knowledge.synonyms.map(\.name) == ["New York"])
        #expect(dataset.knowledge.patterns.map(\.strings) == [["\\d{5}"]])
        #expect(dataset.knowledge.lists.map(\.strings) == [["Köln"]])
        #expect(dataset.knowledge.lists.map(\.line) == [25])
    }

    @Test func `items may be indented, and lines may end with CRLF`() throws {
        let dataset = try read(
            "---\r\nnlu:\r\n  - intent: 'it''s'\r\n    examples: |\r\n      - a\r\n\r\n      - b\r\n"
        )
        #expect(dataset.examples.map(\.text) == ["a", "b"])
        #expect(dataset.examples.map(\.intent) == ["it's", "it's"])
        #expect(dataset.lines == [5, 7])
    }

    @Test func `the JSON form counts Unicode scalars`() throws {
        let dataset = try read(
            """
            {"rasa_nlu_data": {
              "common_examples": [
                {"text": "🙂 from Köln", "intent": "inform",
                 "entities": [{"start": 7, "end": 11, "value": "Cologne", "entity": "city"}]},
                {"text": "hi", "intent": "greet", "entities": []}
              ],
              "entity_synonyms": [{"value": "Cologne", "synonyms": ["Köln"]}],
              "regex_features": [{"name": "zip", "pattern": "[0-9]{5}"}],
              "lookup_tables": [{"name": "city", "elements": ["Bonn"]}]
            }}
            """)
        #expect(
            dataset.examples == [
                Example(
                    text: "🙂 from Köln", intent: "inform",
                    entities: [EntitySpan(range: 8..<12, type: "city", value: "Cologne")]),
                Example(text: "hi", intent: "greet"),
            ])
        #expect(dataset.lines == [3, 5])
        #expect(dataset.knowledge.synonyms.map(\.strings) == [["Köln"]])
        #expect(dataset.knowledge.patterns.map(\.strings) == [["[0-9]{5}"]])
        #expect(dataset.knowledge.lists.map(\.strings) == [["Bonn"]])
    }

    @Test(
        arguments: [
            (
                "nlu:\n- intent: a\n  examples: |\n    - b\n    c\n", 5,
                .expected("“- ” and an example")
            ),
            ("nlu:\n- intend: a\n", 2, .unknownMember("intend")),
            ("version: 3\nnul:\n- intent: a\n", 2, .unknownMember("nul")),
            ("nlu:\n- intent: a\n  examples: &x |\n    - b\n", 3, .unsupportedYAML("an anchor")),
            ("nlu:\n- intent: [a]\n", 2, .unsupportedYAML("a collection in brackets")),
            (
                "nlu:\n- intent: a\n  examples: |\n    - b\n---\nnlu:\n", 5,
                .unsupportedYAML("a second document")
            ),
            ("nlu:\n- intent: a\n\texamples: |\n", 3, .unsupportedYAML("a tab as indentation")),
            ("nlu:\n- intent: a\n", 2, .expected("“examples:” of “a”")),
            ("nlu:\n- intent: a\n  intent: b\n", 3, .repeatedMember("intent")),
            ("nlu:\n- intent: a\n  examples: |\n    -\n", 4, .emptyText),
            (
                "nlu:\n- intent: a\n  examples: |\n    - b\n    - [c](d\n", 5,
                .badAnnotation(.unclosed("c"))
            ),
            (
                "nlu:\n- intent: a\n  examples: |\n    - [c]{\"value\": \"x\"}\n", 4,
                .badAnnotation(.withoutEntity("c"))
            ),
            (
                "nlu:\n- intent: a\n  examples: b\n    c\n", 4,
                .unsupportedYAML("a text of several lines without “|”")
            ),
            ("nlu:\n- intent: \"a\n", 2, .unterminatedQuote),
            (
                "{\"rasa_nlu_data\": {\"common_examples\": [\n{\"text\": \"a\"}]}}", 2,
                .missingMember("intent")
            ),
            (
                "{\"rasa_nlu_data\": {\"common_examples\": [\n{\"text\": \"a\", \"intent\": \"b\","
                    + "\"entities\": [{\"start\": 0, \"end\": 2, \"entity\": \"x\"}]}]}}", 2,
                .expected("“start” and “end” of an entity within the text")
            ),
        ] as [(String, Int, DatasetError.Reason)])
    func `a mistake is told with its line`(
        file: String, line: Int, reason: DatasetError.Reason
    ) throws {
        let error = #expect(throws: DatasetError.self) { try read(file) }
        #expect(error?.line == line)
        #expect(error?.reason == reason)
    }
}

@Suite struct AnnotatedTextTests {
    @Test(arguments: [
        ("[a](b)", "a", [EntitySpan(range: 0..<1, type: "b")]),
        ("  x [a b](c:d e) ", "x a b", [EntitySpan(range: 2..<5, type: "c", value: "d e")]),
        ("press [ctrl] (both), []() [", "press [ctrl] (both), []() [", []),
        (
            "[a]{\"entity\": \"b\", \"role\": \"}\", \"value\": 5}!", "a!",
            [EntitySpan(range: 0..<1, type: "b", value: "5")]
        ),
        (
            "[a][{\"entity\": \"b\"}, {\"entity\": \"c\"}]", "a",
            [EntitySpan(range: 0..<1, type: "b")]
        ),
    ])
    func `marks are taken off`(source: String, text: String, entities: [EntitySpan]) throws {
        let annotated = try AnnotatedText(parsing: source)
        #expect(annotated.text == text)
        #expect(annotated.entities == entities)
    }

    @Test(arguments: UInt64(0)..<40)
    func `what is marked is read`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = ["a", "é", "🙂", "東京", "x y", "(z)", "\"", "e\u{301}"]
        var source = ""
        var text = ""
        var entities: [EntitySpan] = []
        for _ in 0..<6 {
            let piece = pieces.randomElement(using: &random) ?? ""
            if Bool.random(using: &random) {
                let start = text.utf16.count
                let type = ["city", "name"].randomElement(using: &random) ?? ""
                let value = Bool.random(using: &random) ? "v w" : nil
                let range = start..<start + piece.utf16.count
                entities.append(EntitySpan(range: range, type: type, value: value))
                source += "[\(piece)](\(type)\(value.map { ":" + $0 } ?? ""))"
            } else {
                source += piece
            }
            text += piece
        }
        let annotated = try AnnotatedText(parsing: source)
        #expect(annotated.text == text)
        #expect(annotated.entities == entities)
        for entity in annotated.entities { #expect(entity.stretch(of: annotated.text) != nil) }
    }
}
