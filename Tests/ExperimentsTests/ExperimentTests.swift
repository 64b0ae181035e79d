import Experiments
import JSON
import Testing

@Suite struct ExperimentTests {
    private static let example = """
        {
          "name": "order", "unit": "user", "salt": "order", "traffic": 0.2, "holdout": 0.05,
          "layer": { "name": "articles", "slots": [0, 5000] },
          "start": 1767225600, "stop": 1769904000, "state": "running",
          "arms": [{ "name": "A", "share": 0.5 },
                   { "name": "B", "share": 0.3, "model": "articles@3f2a" },
                   { "name": "C", "share": 0.2, "recommender": "articles",
                     "settings": { "limit": 8 } }],
          "metrics": {
            "primary": { "name": "ctr", "kind": "ratio", "of": "click", "per": "impression" },
            "secondary": [{ "name": "accepting", "kind": "conversion", "of": "accept" }],
            "guardrails": [{ "name": "dismissals", "kind": "mean", "of": "dismiss",
                             "better": "lower", "margin": 0.05 }] }
        }
        """

    @Test func `a definition is read with all its parts`() throws {
        let experiment = try Experiment(JSONValue(parsing: Self.example))
        #expect(experiment.arms.map(\.name) == ["A", "B", "C"])
        #expect(experiment.arms[0].treatment == .deployed)
        #expect(experiment.arms[1].treatment == .model("articles@3f2a"))
        #expect(
            experiment.arms[2].treatment
                == .settings(recommender: "articles", patch: ["limit": 8]))
        #expect(experiment.buckets == BucketTable(shares: [5000, 3000, 2000]))
        #expect(experiment.traffic == 2000 && experiment.holdout == 500)
        #expect(experiment.layer == .init(name: "articles", slots: 0..<5000))
        #expect(experiment.start == 1_767_225_600 && experiment.stop == 1_769_904_000)
        #expect(
            experiment.metrics.events == ["click", "impression", "accept", "dismiss"])
        #expect(experiment.metrics.guardrails[0].margin == 0.05)
    }

    @Test func `what is left out is usual: all traffic, users, running, the name as salt`() throws {
        let experiment = try Experiment(
            JSONValue(
                parsing: """
                    { "name": "x", "arms": [{ "name": "A", "share": 0.1234 },
                                            { "name": "B", "share": 0.8766 }],
                      "metrics": { "primary": { "name": "m", "kind": "mean", "of": "e" } } }
                    """))
        #expect(experiment.unit == .user && experiment.salt == "x" && experiment.state == .running)
        #expect(experiment.traffic == 10_000 && experiment.holdout == 0)
        #expect(experiment.buckets.shares == [1234, 8766])
    }

    @Test(arguments: UInt64(0)..<100)
    func `a definition reads back as written`(seed: UInt64) throws {
        var random = RandomExperiment(seed: seed)
        let experiment = random.next()
        let bytes = experiment.json.serialized(pretty: true)
        #expect(try Experiment(JSONValue(parsing: bytes)) == experiment)
    }

    @Test(
        arguments: [
            (#"{ "name": "" }"#, "name", .unsuitable("must not be empty")),
            (
                #"{ "unit": "team" }"#, "unit",
                .unknownName("team", known: ["user", "session", "document"])
            ),
            (#"{ "colour": 1 }"#, "colour", .unknownKey),
            (#"{ "traffic": 1.5 }"#, "traffic", .outOfRange(0...1)),
            (#"{ "holdout": 0.00005 }"#, "holdout", .unsuitable("must be a multiple of 0.0001")),
            (
                #"{ "layer": { "name": "l", "slots": [5, 5] } }"#, "layer.slots[1]",
                .outOfRange(6...10_000)
            ),
            (
                #"{ "layer": { "name": "l", "slots": [5] } }"#, "layer.slots",
                .wrongLength(1, wanted: 2)
            ),
            (#"{ "stop": 1767225600 }"#, "stop", .unsuitable("must be after the start")),
            (#"{ "state": "shipped" }"#, "shipped", .missing),
            (
                #"{ "state": "shipped", "shipped": "Z" }"#, "shipped",
                .unknownName("Z", known: ["A", "B", "C"])
            ),
            (#"{ "shipped": "A" }"#, "shipped", .unsuitable("goes with the state 'shipped' only")),
            (
                #"{ "arms": [{ "name": "A", "share": 1 }] }"#, "arms",
                .unsuitable("must be at least two")
            ),
            (
                #"{ "arms": [{ "name": "A", "share": 0.5 }, { "name": "A", "share": 0.5 }] }"#,
                "arms[1].name", .repeatedName("A")
            ),
            (
                #"{ "arms": [{ "name": "A", "share": 0.5 }, { "name": "B", "share": 0.6 }] }"#,
                "arms", .unsuitable("have shares that add up to 1.1: at most 1, above 0")
            ),
            (
                #"{ "arms": [{ "name": "A", "share": 0.5 }, { "name": "B" }] }"#, "arms[1].share",
                .missing
            ),
            (
                #"{ "arms": [{ "name": "A", "share": 0.5, "model": "m", "recommender": "r" }, {}] }"#,
                "arms[0].recommender", .unsuitable("does not go with 'model'")
            ),
            (
                #"{ "arms": [{ "name": "A", "recommender": "r" }, {}] }"#, "arms[0].settings",
                .missing
            ),
            (
                #"{ "arms": [{ "name": "A", "settings": [] }, {}] }"#, "arms[0].settings",
                .wrongType(wanted: .object)
            ),
            (
                """
                { "arms": [{ "name": "A", "share": 0.5, "buckets": [[0, 5000]] },
                           { "name": "B", "share": 0.5, "buckets": [[4999, 9999]] }] }
                """, "arms", .unsuitable("must have each bucket at most once")
            ),
            (
                """
                { "arms": [{ "name": "A", "share": 0.5, "buckets": [[0, 5001]] },
                           { "name": "B", "share": 0.5, "buckets": [[5001, 10000]] }] }
                """, "arms", .unsuitable("have other buckets than their shares say")
            ),
            (#"{ "earlier": [{ "until": 1 }] }"#, "earlier[0].shares", .missing),
            (#"{ "metrics": { "primary": null } }"#, "metrics.primary", .missing),
            (
                #"{ "metrics": { "primary": { "name": "a", "kind": "ratio", "per": null } } }"#,
                "metrics.primary.per", .missing
            ),
            (
                #"{ "metrics": { "secondary": [{ "name": "ctr", "kind": "mean", "of": "b" }] } }"#,
                "metrics.secondary[0].name", .repeatedName("ctr")
            ),
            (
                """
                { "metrics": { "secondary": null,
                               "guardrails": [{ "name": "g", "kind": "mean", "of": "b" }] } }
                """, "metrics.guardrails[0].margin", .missing
            ),
        ] as [(String, String, FieldError.Reason)])
    func `a mistake is named with its place`(
        patch: String, path: String, reason: FieldError.Reason
    ) throws {
        let wrong = try JSONValue(parsing: Self.example).merging(JSONValue(parsing: patch))
        #expect(throws: FieldError(path: path, reason: reason)) { try Experiment(wrong) }
    }

    @Test func `settings of an arm are a merge patch over a definition`() throws {
        let experiment = try Experiment(JSONValue(parsing: Self.example))
        guard case .settings(_, let patch) = experiment.arms[2].treatment else {
            Issue.record("no settings")
            return
        }
        let definition: JSONValue = ["name": "articles", "limit": 5]
        #expect(definition.merging(patch) == ["name": "articles", "limit": 8])
    }
}
