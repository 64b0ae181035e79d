import JSON
import Registry
import Testing

/// Versions that are tried beside those in use, on files.
@Suite struct RolloutHistoryTests {
    private let home: TemporaryHome
    private let registry: Registry

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
        try registry.write(Environment(), to: "dev")
    }

    /// So many versions of a model, the first of them deployed.
    private func versions(of model: String, _ count: UInt8) throws -> [ModelReference] {
        let versions = try (0..<count).map { number in
            try registry.publish(model, kind: "intents", artifact: [number], time: 1).reference
        }
        try registry.deploy(versions[0], to: "dev", by: "ada", time: 1)
        return versions
    }

    private func shadow(_ reference: ModelReference) throws {
        let rollout = Rollout(reference, .shadow, since: 2, by: "ada")
        _ = try registry.begin(rollout, in: "dev", force: nil)
    }

    @Test func `a deployment ends what is tried of its model, and of no other`() throws {
        let (own, other) = (try versions(of: "m", 3), try versions(of: "n", 2))
        try shadow(own[1])
        try shadow(other[1])
        // Who asks for a branch is answered beside all others.
        let beside = try registry.deploy(own[2], to: "dev", branch: "topic", by: "bob", time: 3)
        #expect(beside.rollouts.map(\.reference) == [own[1], other[1]])
        let after = try registry.deploy(own[2], to: "dev", by: "bob", time: 4)
        #expect(after.rollouts.map(\.reference) == [other[1]])
        #expect(try registry.environment("dev") == after)
        let history = try registry.rollouts(of: "dev")
        #expect(history.map { $0["change"] } == ["begun", "begun", "ended"])
        let last = try #require(history.last)
        #expect(last["version"]?.string == own[1].version && last["time"] == 4)
        #expect(last["by"] == "bob" && last["reason"]?.string == "\(own[2]) was deployed")
    }

    @Test func `a rollback ends it for the reason of the rollback`() throws {
        let versions = try versions(of: "m", 2)
        for why in [nil, "too slow"] {
            try shadow(versions[1])
            try registry.deploy(
                versions[0], to: "dev", why: why, isRollback: true, by: "bob", time: 3)
        }
        let ended = try registry.rollouts(of: "dev").filter { $0["change"] == "ended" }
        #expect(ended.map { $0["reason"] } == ["rolled back", "too slow"])
    }

    @Test func `what is begun, ended and deployed at the same time is all kept`() async throws {
        let models = try (0..<24).map { try versions(of: "m\($0)", 2) }
        for versions in models[..<8] { try shadow(versions[1]) }
        try await withThrowingTaskGroup { group in
            for (number, versions) in models.enumerated() {
                let registry = registry
                group.addTask {
                    let rollout = Rollout(versions[1], .shadow, since: 2, by: "ada")
                    switch number % 3 {
                    case _ where number < 8:
                        _ = try registry.change(
                            rollout, .ended, in: "dev", by: "ada", reason: nil, time: 3)
                    case 0: try registry.deploy(versions[1], to: "dev", by: "ada", time: 3)
                    default: _ = try registry.begin(rollout, in: "dev", force: nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        let environment = try registry.environment("dev")
        let later = models.enumerated().dropFirst(8)
        let (deployed, tried) = (
            later.filter { $0.offset % 3 == 0 }, later.filter { $0.offset % 3 != 0 }
        )
        #expect(
            Set(environment.rollouts.map(\.reference)) == Set(tried.map { $0.element[1] }))
        for (_, versions) in deployed {
            #expect(environment.models.contains { $0.reference == versions[1] })
        }
        #expect(try registry.rollouts(of: "dev").count == 8 + 8 + tried.count)
    }
}
