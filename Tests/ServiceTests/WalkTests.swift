import Foundation
import JSON
import Testing

/// The tutorial of README.md, typed line by line, and what must be true in between.
@Suite struct WalkTests {
    private static let hasGit = ["/usr/bin/git", "/usr/local/bin/git", "/bin/git"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let complaint = "my package arrived broken and i want to be compensated"

    @Test(.enabled(if: hasGit, "git is not there"))
    func `from nothing to production and back, and no editor notices`() throws {
        let walk = try Walk("From nothing to production and back")
        let first = try answer(walk)
        try walk.take("Staging and production")
        let production = try Peer(walk.server("production"), user: "Pia")
        #expect(try production.say("please refund order 7", in: "walk/1").model == first.model)
        try correct(first, walk)
        let second = try shadow(beside: first.model, walk)
        try growCanary(second, walk)
        try experiment(walk)

        #expect(try walk.take("What was tried in dev").contains("on the running server"))
        #expect(try production.say("please refund order 8", in: "walk/2").model == second)
        let third = try breakProduction(walk)
        #expect(try production.say("please refund order 9", in: "walk/3").model == second)

        let history = try walk.take("And back").split(separator: "\n")
        #expect(try production.say("please refund order 10", in: "walk/4").model == first.model)
        let live = history.filter { $0.contains("desk@") && $0.first?.isNumber == true }
        let names = live.map { line in
            [first.model, second].first { line.contains($0) } ?? String(line)
        }
        #expect(names.sorted() == [first.model, first.model, second].sorted(), "\(history)")
        #expect(walk.isOver)

        let (report, isFlawless) = try walk.endLoad()
        #expect(isFlawless && report.contains("every reply came, in order and right"), "\(report)")
        for version in [first.model, second, third] { #expect(report.contains(version)) }
        print(report)
    }

    /// Up to the first live answer, which is wrong.
    private func answer(_ walk: Walk) throws -> Said {
        let start = ContinuousClock.now
        try walk.take("From an empty folder to a live answer")
        let peer = try Peer(walk.server("dev"), user: "Ada")
        let said = try peer.say(complaint, in: "walk/first")
        print("from an empty folder to the first live answer: \(ContinuousClock.now - start)")
        #expect(said.model.hasPrefix("desk@") && said.intent != "refund", "\(said)")
        return said
    }

    /// A user calls the answer wrong, which waits for somebody to look at it.
    private func correct(_ said: Said, _ walk: Walk) throws {
        let peer = try Peer(walk.server("dev"), user: "Ada")
        let report: JSONValue = [
            "type": "feedback", "prediction": said.prediction, "label": "refund",
        ]
        #expect(try peer.ask(report)["type"] == "ok")
        #expect(try walk.take("A user has corrected").contains(complaint))
    }

    private func newest(_ walk: Walk) throws -> String {
        let shown = try Program.run("show", "model", "-n", "desk", "--json", in: walk.folder)
        let version = try JSONValue(parsing: shown.trimmed)["version"]?.string
        return "desk@" + (try #require(version, "\(shown)"))
    }

    /// Nobody but operators sees what the new version says of the line; gives its name.
    private func shadow(beside first: String, _ walk: Walk) throws -> String {
        let control = try walk.watch("dev", ["shadow"])
        try walk.take("Trained anew and no worse")
        let second = try newest(walk)
        let peer = try Peer(walk.server("dev"), user: "Ada")
        #expect(try peer.say(complaint, in: "walk/shadow").model == first)
        let event = try control.expect("event")
        #expect(event["model"]?.string == second && event["says"] == "refund", "\(event)")
        return second
    }

    /// The test's own traffic promotes the new version.
    private func growCanary(_ second: String, _ walk: Walk) throws {
        let control = try walk.watch("dev", ["rollout"])
        try walk.take("It answers half")
        let peer = try Peer(walk.server("dev"), user: "Ada")
        var changes: [String] = []
        for number in 0..<3000 where changes.last != "promoted" {
            _ = try peer.say("please refund order \(number)", in: "walk/canary-\(number)")
            _ = try control.ask(["type": "ping"])
            changes += control.takeAll().compactMap { $0["change"]?.string }
        }
        #expect(changes.suffix(3) == ["begun", "grown", "promoted"], "\(changes)")
        let said = try peer.say(complaint, in: "walk/promoted")
        #expect(said.model == second && said.intent == "refund")
    }

    /// Lists are clicked in both arms, and the arm that is shipped is everybody's.
    private func experiment(_ walk: Walk) throws {
        try walk.take("Two settings")
        var counts: Set<Int> = []
        for number in 0..<30 {
            let (peer, list) = try ask(walk, as: "user\(number)")
            let items = list["items"]?.array ?? []
            counts.insert(items.count)
            let click: JSONValue = [
                "type": "interact", "recommendation": list["prediction"] ?? .null,
                "item": items.first?["item"] ?? .null, "action": "click",
            ]
            #expect(try peer.ask(click)["type"] == "ok")
        }
        #expect(counts.count == 2 && counts.contains(2))
        let told = try walk.take("Half of the users got short lists")
        #expect(told.contains("click/list") && told.contains("shipped B"), "\(told)")
        for number in 0..<6 {
            let (_, list) = try ask(walk, as: "user\(number)")
            #expect(list["items"]?.array?.count == 2)
        }
    }

    private func ask(_ walk: Walk, as user: String) throws -> (peer: Peer, list: JSONValue) {
        let peer = try Peer(walk.server("dev"), user: user)
        let results = try peer.ask([
            "type": "recommend", "source": "editor", "query": "a refund for the delivery and login",
        ])
        return (peer, try #require(results["results"]?.array?.first))
    }

    /// What the 200 editors write has the mistake halted; gives the version that it was.
    private func breakProduction(_ walk: Walk) throws -> String {
        let control = try walk.watch("production", ["rollout"])
        try walk.take("A mistake that no test sees")
        let halted = try control.first { $0["change"] == "halted" }
        #expect(halted["reason"]?.string?.hasPrefix("answers out of scope") == true, "\(halted)")
        let broken = try newest(walk)
        #expect(halted["model"]?.string == broken)
        return broken
    }
}
