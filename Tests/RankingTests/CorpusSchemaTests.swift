import JSON
import Ranking
import Testing

@Suite struct CorpusSchemaTests {
    private func definition(_ schema: String) throws -> RecommenderDefinition {
        try RecommenderDefinition(JSONValue(parsing: json(schema)))
    }

    private func json(_ schema: String) -> String {
        """
        { "name": "people", "corpus": "people", "sources": ["editor"], "fetch": [],
          "features": [], "score": { "weights": {} }, "schema": \(schema) }
        """
    }

    private static let schema = """
        { "title": "text", "owner": { "type": "text", "required": true }, "tags": "texts",
          "published": "time", "score": "number", "vector": "numbers", "archived": "boolean",
          "visibility": ["public", "private"],
          "size": { "type": ["small", "large"], "required": true } }
        """

    private func check(_ fields: String) throws {
        let item = try Item(
            corpus: "people", id: "1", fields: JSONValue(parsing: "{ \(fields) }"))
        try definition(Self.schema).check(item)
    }

    @Test func `a schema is read with its types`() throws {
        #expect(
            try definition(Self.schema).schema.fields == [
                .init("title", .text), .init("owner", .text, isRequired: true),
                .init("tags", .texts), .init("published", .time), .init("score", .number),
                .init("vector", .numbers), .init("archived", .boolean),
                .init("visibility", .choice(["public", "private"])),
                .init("size", .choice(["small", "large"]), isRequired: true),
            ])
    }

    @Test(arguments: [
        #""owner": "ada", "size": "small""#,
        #""owner": "ada", "size": "large", "score": null, "unheard": [1, { "of": true }]"#,
        #""owner": "", "size": "small", "title": "T", "tags": [], "published": 1, "score": -0.5, "vector": [1, 2], "archived": false, "visibility": "private""#,
    ])
    func `items that are as wanted pass, with fields that the schema does not name`(
        fields: String
    ) throws {
        try check(fields)
    }

    @Test(arguments: [
        (#""size": "small""#, "owner", FieldError.Reason.missing),
        (#""owner": null, "size": "small""#, "owner", .missing),
        (#""owner": "ada""#, "size", .missing),
        (#""owner": 7, "size": "small""#, "owner", .wrongType(wanted: .string)),
        (
            #""owner": "a", "size": "tiny""#, "size",
            .unknownName("tiny", known: ["small", "large"])
        ),
        (#""owner": "a", "size": "small", "score": "1""#, "score", .wrongType(wanted: .number)),
        (
            #""owner": "a", "size": "small", "vector": [1, "2"]"#, "vector[1]",
            .wrongType(wanted: .number)
        ),
        (
            #""owner": "a", "size": "small", "archived": 0"#, "archived",
            .wrongType(wanted: .boolean)
        ),
        (
            #""owner": "a", "size": "small", "visibility": ["public"]"#, "visibility",
            .wrongType(wanted: .string)
        ),
    ])
    func `an item that is otherwise is refused with the field and what is wanted`(
        fields: String, field: String, reason: FieldError.Reason
    ) {
        #expect(throws: FieldError(path: "fields.\(field)", reason: reason)) { try check(fields) }
    }

    private static let types = ["text", "texts", "number", "numbers", "boolean", "time"]

    @Test(arguments: [
        (#"{ "a": "string" }"#, "a", FieldError.Reason.unknownName("string", known: types)),
        (#"{ "a": 7 }"#, "a", .wrongType(wanted: .string)),
        (#"{ "a": [7] }"#, "a[0]", .wrongType(wanted: .string)),
        (#"{ "a": {} }"#, "a.type", .missing),
        (#"{ "a": { "type": "text", "needed": true } }"#, "a.needed", .unknownKey),
        (#"{ "a": "text", "a": "text" }"#, "a", .repeatedName("a")),
        // The stages read this field: it has its type from them.
        (#"{ "title": "number" }"#, "title", .unknownName("number", known: ["text"])),
    ])
    func `a schema that is none is refused with the way to the mistake`(
        schema: String, path: String, reason: FieldError.Reason
    ) {
        #expect(throws: FieldError(path: "schema.\(path)", reason: reason)) {
            try definition(schema)
        }
    }

    @Test func `a file of items is checked when it becomes a recommender`() throws {
        let item = try Item(corpus: "people", id: "ada", fields: ["owner": 1])
        let artifact = RecommenderArtifact(
            definition: try JSONValue(parsing: json(#"{ "owner": "text" }"#)), items: [item])
        let error = FieldError(path: "fields.owner", reason: .wrongType(wanted: .string))
        #expect(throws: RecommenderArtifactError.item("ada", error)) { try Recommender(artifact) }
    }
}
