import JSON
import Numerics
import Ranking
import Testing

@Suite struct OnlineMetricTests {
    // MARK: Formulas

    private static let counts: [String: Double] = ["click": 6, "list": 4, "copy": 3, "a_1": 0.5]

    @Test(arguments: [
        ("click", 6.0), (" click / list ", 1.5), ("1 + 2 * 3", 7), ("(1+2)*3", 9),
        ("8 - 2 - 1", 5), ("8 / 2 / 2", 2), ("(click + 2 * copy) / list", 3),
        ("2 * a_1 * (((list)))", 4), (".5 + 1.25", 1.75), ("unheard", 0),
    ])
    func `a formula is computed as one reads it`(text: String, value: Double) throws {
        #expect(try MetricFormula(text).value { Self.counts[$0] ?? 0 } == value)
    }

    @Test(arguments: ["1 / 0", "click / (list - 4)", "1 + 2 / unheard", "0 / 0"])
    func `dividing by nothing gives no value`(text: String) throws {
        #expect(try MetricFormula(text).value { Self.counts[$0] ?? 0 } == nil)
    }

    @Test(arguments: [
        ("", MetricFormulaError.unfinished), ("click /", .unfinished), ("(click", .unfinished),
        ("click list", .unexpected("l", at: 7)), ("click % list", .unexpected("%", at: 7)),
        ("(click", .unfinished), ("click)", .unexpected(")", at: 6)),
        ("1..2", .notANumber("1..2", at: 1)), ("2 * .", .notANumber(".", at: 5)),
        ("- click", .unexpected("-", at: 1)), ("2click", .unexpected("c", at: 2)),
        ("größe", .unexpected("ö", at: 3)),
        (String(repeating: "(", count: 257), .tooLong),
    ])
    func `what is no formula is refused with the place`(
        text: String, error: MetricFormulaError
    ) {
        #expect(throws: error) { try MetricFormula(text) }
    }

    // MARK: Definitions

    private func definition(_ part: String) throws -> RecommenderDefinition {
        try RecommenderDefinition(
            JSONValue(
                parsing: """
                    { "name": "articles", "corpus": "article", "sources": ["editor"],
                      "fetch": [{ "by": "text" }], "score": { "weights": {} }, \(part) }
                    """))
    }

    @Test func `declared metrics stand beside the standard ones, or in their place`() throws {
        let definition = try definition(
            #""features": [], "metrics": { "copies": "copy / impression", "ctr": "click / list" }"#)
        #expect(definition.metrics.map(\.name) == ["ctr", "acceptance", "dcg", "copies"])
        #expect(try definition.metrics[0].formula == MetricFormula("click / list"))
        #expect(try definition.metrics[3].formula == MetricFormula("copy / impression"))
    }

    @Test func `actions are those of metrics and features, and what everybody can do`() throws {
        let usual: Set<Action> = ["impression", "click", "accept", "dismiss", "undo"]
        #expect(try definition(#""features": []"#).actions == usual)
        let definition = try definition(
            """
            "features": [{ "name": "a", "kind": "rate", "of": "item", "action": "like",
                           "per": "view", "strength": 1 },
                         { "name": "b", "kind": "companions", "action": "join" },
                         { "name": "c", "kind": "interacted", "action": "follow" }],
            "metrics": { "copies": "(copy + dcg + hit) / list" }
            """)
        #expect(definition.actions == usual.union(["like", "view", "join", "follow", "copy"]))
    }

    @Test(arguments: [
        (#"{ "a": 7 }"#, "metrics.a", FieldError.Reason.wrongType(wanted: .string)),
        (
            #"{ "a": "x +" }"#, "metrics.a",
            .unsuitable("the formula \(MetricFormulaError.unfinished)")
        ),
        (#"{ "a": "x", "a": "y" }"#, "metrics.a", .repeatedName("a")),
        ("[]", "metrics", .wrongType(wanted: .object)),
    ])
    func `a wrong metric is refused with the way to it`(
        metrics: String, path: String, reason: FieldError.Reason
    ) {
        #expect(throws: FieldError(path: path, reason: reason)) {
            try definition(#""features": [], "metrics": \#(metrics)"#)
        }
    }
}
