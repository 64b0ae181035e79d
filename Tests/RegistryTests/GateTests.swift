import JSON
import Registry
import Testing

@Suite struct GateTests {
    private let home: TemporaryHome
    private let registry: Registry

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
        try registry.write(Environment(), to: "dev")
    }

    private func publish(_ gate: JSONValue?) throws -> ModelReference {
        let details: JSONValue = gate.map { ["gate": $0] } ?? [:]
        return try registry.publish(
            "m", kind: "tags", artifact: [1], details: details, time: 1
        ).reference
    }

    @Test func `a version that falls short takes a reason, which the history keeps`() throws {
        let reference = try publish(["passes": false, "failures": ["tag 'a'", "slice 'b'"]])
        for force in [nil, ""] as [String?] {
            #expect(
                throws: RegistryError.belowGate(reference, failures: ["tag 'a'", "slice 'b'"])
            ) { try registry.deploy(reference, to: "dev", force: force, by: "ada", time: 1) }
        }
        #expect(try registry.environment("dev") == Environment())
        #expect(try registry.deployments(to: "dev").isEmpty)
        try registry.deploy(reference, to: "dev", force: "a demo", by: "ada", time: 2)
        let history = try registry.deployments(to: "dev")
        #expect(history.map(\.forced) == ["a demo"] && history.map(\.by) == ["ada"])
    }

    @Test(arguments: [nil, ["passes": true, "failures": []]] as [JSONValue?])
    func `a version that does not fall short needs none`(gate: JSONValue?) throws {
        let reference = try publish(gate)
        try registry.deploy(reference, to: "dev", by: "ada", time: 1)
        try registry.deploy(reference, to: "dev", force: "needless", by: "ada", time: 2)
        #expect(try registry.deployments(to: "dev").map(\.forced) == [nil, nil])
    }

    @Test func `the approved tags stay until a new list is given`() throws {
        let reference = try publish(nil)
        let pattern = DocumentPattern("a/*")
        func tags() throws -> [[String]?] { try registry.environment("dev").models.map(\.tags) }
        try registry.deploy(reference, to: "dev", by: "ada", time: 1)
        #expect(try tags() == [nil])
        try registry.deploy(reference, to: "dev", tags: ["x", "y"], by: "ada", time: 2)
        try registry.deploy(reference, to: "dev", documents: pattern, by: "ada", time: 3)
        #expect(try tags() == [["x", "y"], ["x", "y"]])
        try registry.deploy(reference, to: "dev", documents: pattern, tags: [], by: "ada", time: 4)
        #expect(try tags() == [[], []])
        #expect(try registry.deployments(to: "dev").map(\.tags) == [nil, ["x", "y"], nil, []])
    }

    @Test func `only tags that the version knows can be approved`() throws {
        let details: JSONValue = ["tags": [["tag": "x", "threshold": 0.5], ["tag": "y"]]]
        let tagger = try registry.publish(
            "t", kind: "tags", artifact: [1], details: details, time: 1
        ).reference
        #expect(
            throws: RegistryError.unknownTags(tagger, unknown: ["X", "z"], known: ["x", "y"])
        ) { try registry.deploy(tagger, to: "dev", tags: ["X", "y", "z"], by: "ada", time: 1) }
        let other = try registry.publish("i", kind: "intents", artifact: [1], time: 1).reference
        #expect(throws: RegistryError.unknownTags(other, unknown: ["x"], known: [])) {
            try registry.deploy(other, to: "dev", tags: ["x"], by: "ada", time: 1)
        }
        #expect(try registry.environment("dev") == Environment())
        try registry.deploy(tagger, to: "dev", tags: ["y"], by: "ada", time: 2)
        // The list stays when a version comes that knows less: what is unknown is never answered.
        let less = try registry.publish(
            "t", kind: "tags", artifact: [2], details: ["tags": [["tag": "x"]]], time: 2
        ).reference
        try registry.deploy(less, to: "dev", by: "ada", time: 3)
        #expect(try registry.environment("dev").models.map(\.tags) == [["y"]])
    }
}
