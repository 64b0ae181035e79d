import Registry
import Testing

@Suite struct DeploymentHistoryTests {
    /// `1` is a deployment of version 1 to where the model is, `2:a/*` one of 2 to these documents.
    private func history(_ words: String...) throws -> DeploymentHistory {
        DeploymentHistory(
            try words.enumerated().map { time, word in
                let parts = word.split(separator: ":")
                return Deployment(
                    time: time, reference: try version(String(parts[0])),
                    documents: parts.count > 1 ? DocumentPattern(String(parts[1])) : nil, by: "ada")
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
        #expect(try previous(history("1", "2", "3", "2")) == ["*": "1"])
        #expect(try previous(history("1", "2", "3", "2", "1")) == ["*": nil])
    }

    @Test func `what was rolled back is not come back to`() throws {
        #expect(try previous(history("1", "2", "1", "3")) == ["*": "1"])
        #expect(try previous(history("1", "2", "3", "1", "4", "5")) == ["*": "4"])
    }

    @Test func `deploying again what is live changes nothing`() throws {
        #expect(try previous(history("1", "2", "2", "2")) == ["*": "1"])
        #expect(try previous(history("1")) == ["*": nil])
    }

    @Test func `a version that is gone is passed over`() throws {
        #expect(try previous(history("1", "2", "3"), without: "2") == ["*": "1"])
    }

    @Test func `documents have their own trails, and the last deployment's are rolled back`() throws
    {
        let places = try history("1:a/*", "1:b/*", "2:a/*", "3:a/*")
        #expect(previous(places) == ["a/*": "2"])
        #expect(try previous(history("1:a/*", "2:b/*", "3")) == ["a/*": "1", "b/*": "2"])
        #expect(try previous(history("1:a/*", "2:b/*")) == ["b/*": nil])
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

    @Test func `returns are told from versions that are new`() throws {
        #expect(try history("1", "2", "2", "1", "2").returns == [false, false, false, true, false])
        #expect(try history("1:a/*", "2:b/*", "1").returns == [false, false, false])
    }

    @Test(arguments: UInt64(0)..<100)
    func `rolling back until nothing is left takes every version at most once`(seed: UInt64) throws
    {
        var words: [String] = []
        var state = seed &* 6_364_136_223_846_793_005 &+ 1
        for _ in 0..<12 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            words.append("\(state >> 61)")
        }
        var deployments = try words.enumerated().map { time, word in
            Deployment(time: time, reference: try version(word), documents: nil, by: "ada")
        }
        var seen = [deployments[11].reference]
        while true {
            let history = DeploymentHistory(deployments)
            let places = history.previous(of: "m", live: history.models(at: .max)) { _ in true }
            guard let next = places[0].version else { break }
            #expect(!seen.contains(next))
            seen.append(next)
            deployments.append(
                Deployment(time: deployments.count, reference: next, documents: nil, by: "ada"))
        }
        #expect(seen.last == deployments[0].reference)
    }
}
