import Numerics
import Registry
import Testing

@Suite struct DeploymentHistoryTests {
    /// `1` is a deployment of version 1 to where the model is, `2:a/*` one of 2 to these documents, `<1` a
    /// rollback to 1; with `+` before it, it is done at the time of the one before.
    private func history(_ words: String...) throws -> DeploymentHistory {
        var time = -1
        return DeploymentHistory(
            try words.map { word in
                if !word.hasPrefix("+") { time += 1 }
                let word = word.drop { $0 == "+" }
                let isRollback = word.hasPrefix("<")
                let parts = word.dropFirst(isRollback ? 1 : 0).split(separator: ":")
                return Deployment(
                    time: time, reference: try version(String(parts[0])),
                    documents: parts.count > 1 ? DocumentPattern(String(parts[1])) : nil, by: "ada",
                    isRollback: isRollback)
            })
    }

    private func version(_ name: String) throws -> ModelReference {
        try ModelReference(name: "m", version: name)
    }

    private func previous(
        _ history: DeploymentHistory, without gone: String? = nil
    ) -> [String: String?] {
        let live = history.models(at: .max)
        let places = history.previous(of: "m", live: live) { $0.version != gone }
        return Dictionary(
            uniqueKeysWithValues: places.map { ($0.documents.text, $0.version?.version) })
    }

    @Test func `a rollback goes to the version before, and twice to the one before that`() throws {
        #expect(try previous(history("1", "2", "3")) == ["*": "2"])
        #expect(try previous(history("1", "2", "3", "<2")) == ["*": "1"])
        #expect(try previous(history("1", "2", "3", "<2", "<1")) == ["*": nil])
    }

    @Test func `what was rolled back is not come back to`() throws {
        #expect(try previous(history("1", "2", "<1", "3")) == ["*": "1"])
        #expect(try previous(history("1", "2", "3", "<2", "<1", "4", "5")) == ["*": "4"])
    }

    @Test func `a version that is deployed again is a step on, as any other`() throws {
        #expect(try previous(history("1", "2", "1")) == ["*": "2"])
        #expect(try previous(history("1", "2", "1", "<2")) == ["*": "1"])
        #expect(try previous(history("1", "4", "2", "4")) == ["*": "2"])
        #expect(try previous(history("1", "4", "2", "4", "<2")) == ["*": "4"])
        #expect(try previous(history("1", "2", "1", "<2", "<1")) == ["*": nil])
    }

    @Test func `deploying again what is live changes nothing`() throws {
        #expect(try previous(history("1", "2", "2", "2")) == ["*": "1"])
        #expect(try previous(history("1")) == ["*": nil])
    }

    @Test func `a version that is gone is passed over`() throws {
        #expect(try previous(history("1", "2", "3"), without: "2") == ["*": "1"])
        // Where what lay between is gone, a version is not its own predecessor.
        #expect(try previous(history("1", "2", "3", "2"), without: "3") == ["*": "1"])
        #expect(try previous(history("2", "3", "2"), without: "3") == ["*": nil])
        let gone = try history("1", "2", "3", "4")
        let places = gone.previous(of: "m", live: gone.models(at: .max)) { $0.version == "1" }
        #expect(places.map { $0.missing.map(\.version) } == [["3", "2"]])
    }

    @Test func `documents have their own trails, and the last deployment's are rolled back`() throws
    {
        let places = try history("1:a/*", "1:b/*", "2:a/*", "3:a/*")
        #expect(previous(places) == ["a/*": "2"])
        #expect(try previous(history("1:a/*", "2:b/*", "3")) == ["a/*": "1", "b/*": "2"])
        #expect(try previous(history("1:a/*", "2:b/*")) == ["b/*": nil])
    }

    @Test func `what was deployed at once goes back at once, and what changed nothing counts not`()
        throws
    {
        let both = ["a/*": "1", "b/*": "1"]
        #expect(try previous(history("1:a/*", "+1:b/*", "2:a/*", "+2:b/*")) == both)
        #expect(try previous(history("1:a/*", "1:b/*", "2", "2:a/*")) == both)
        #expect(try previous(history("1:a/*", "1:b/*", "2", "<1:a/*")) == ["a/*": nil])
    }

    @Test func `a rollback brings back the tags that the version came in place of, not others`()
        throws
    {
        func approved(_ steps: (version: String, tags: [String]?, isRollback: Bool)...) throws
            -> DeploymentHistory.Return.Approved?
        {
            let history = DeploymentHistory(
                try steps.enumerated().map { time, step in
                    Deployment(
                        time: time, reference: try version(step.version), documents: nil, by: "ada",
                        tags: step.tags, isRollback: step.isRollback)
                })
            return history.previous(of: "m", live: history.models(at: .max)) { _ in true }
                .first?.approved
        }
        #expect(try approved(("1", ["a"], false), ("2", nil, false)) == nil)
        #expect(try approved(("1", ["a"], false), ("2", ["b"], false))?.tags == ["a"])
        let unlisted = try #require(try approved(("1", nil, false), ("2", ["b"], false)))
        #expect(unlisted.tags == nil)
        // What was approved since is nothing to take back.
        #expect(
            try approved(("1", ["a"], false), ("2", ["b"], false), ("2", ["c"], false)) == nil)
        let twice = try approved(
            ("0", nil, false), ("1", ["a"], false), ("2", ["b"], false), ("1", ["a"], true))
        #expect(twice != nil && twice?.tags == nil)
    }

    @Test func `a version that was put there by hand is left for the one that was deployed`() throws
    {
        let history = try history("1", "2")
        let live = [DeployedModel(reference: try version("9"), documents: DocumentPattern("*"))]
        #expect(
            history.previous(of: "m", live: live) { _ in true }.map(\.version?.version) == ["2"])
    }

    @Test func `what was live at a time is what was deployed until then`() throws {
        let history = try history("1", "2:a/*", "3")
        #expect(history.models(at: -1).isEmpty)
        #expect(history.models(at: 0).map(\.reference.version) == ["1"])
        #expect(history.models(at: 1).map(\.reference.version) == ["1", "2"])
        #expect(history.models(at: 2).map(\.reference.version) == ["3", "3"])
    }

    @Test(arguments: UInt64(0)..<100)
    func `rollbacks go back over what was live, step by step`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var deployments: [Deployment] = []
        /// What was live, each once in a row.
        var live: [ModelReference] = []
        for time in 0..<24 {
            let isRollback = live.count > 1 && Bool.random(using: &random)
            let history = DeploymentHistory(deployments)
            let place = history.previous(of: "m", live: history.models(at: .max)) { _ in true }
            if isRollback {
                live.removeLast()
                #expect(place[0].version == live.last)
            } else {
                let next = try version("\(Int.random(in: 0..<4, using: &random))")
                if live.last != next { live.append(next) }
            }
            deployments.append(
                Deployment(
                    time: time, reference: try #require(live.last), documents: nil, by: "ada",
                    isRollback: isRollback))
        }
    }
}
