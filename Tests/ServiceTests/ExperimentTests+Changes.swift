// What happens to experiments from outside: others that begin, deployments, other definitions.

import JSON
import Testing

extension ExperimentTests {
    @Test func `one whose model is not live any more is stopped all the same`() throws {
        let folder = try home()
        let words = ["--arms", "A,B=articles:limit=2", "--metric", "click"]
        _ = try Program.run(["create", "experiment", "-n", "x"] + words, in: folder)
        let path = ".hunch/environments/dev/environment.json"
        let file = try JSONValue(parsing: folder.text(path))
        try folder.write(file.merging(["models": []]).description, to: path)
        let server = try TestServer(folder)
        let stopped = try Program.run("stop", "experiment", "-n", "x", in: folder)
        #expect(stopped.contains("stopped 'x', on the running server"))
        #expect(try server.get("/v2/health/ready").status == 200)
        _ = try Program.run("delete", "experiment", "-n", "x", in: folder)
    }

    @Test func `experiments that begin at once on the files are all there`() throws {
        let folder = try home()
        let names = (0..<6).map { "x\($0)" }
        let words = ["--arms", "A,B=articles:limit=2", "--metric", "click"]
        let programs = try names.map {
            try Program(["create", "experiment", "-n", $0] + words, in: folder)
        }
        for program in programs { #expect(try program.exitStatus() == 0) }
        let listed = try Program.run("list", "experiments", in: folder)
        #expect(names.allSatisfy(listed.contains), "\(listed)")
    }

    @Test func `a deployment beside an experiment is told, and its report tells it`() throws {
        let folder = try home()
        let words = ["--arms", "A,B=articles:limit=2", "--metric", "click"]
        _ = try Program.run(["create", "experiment", "-n", "x"] + words, in: folder)
        let before = try Program.run("show", "experiment", "-n", "x", in: folder)
        #expect(!before.contains("while it ran"))
        let path = ".hunch/models/articles/model.json"
        try folder.write(
            folder.text(path).replacing(#""limit": 4"#, with: #""limit": 3"#), to: path)
        let trained = try Program.run("train", "model", "-n", "articles", "--json", in: folder)
        let version =
            "articles@" + (try JSONValue(parsing: trained.trimmed)["version"]?.string ?? "")
        let deployed = try Program.run("deploy", "model", "-n", "articles", in: folder)
        #expect(deployed.contains("experiment 'x' compares with it from now on"))
        // The same version once more changes nothing.
        let again = try Program.run("deploy", "model", "-n", "articles", in: folder)
        #expect(!again.contains("compares"))
        let report = try Program.run("show", "experiment", "-n", "x", in: folder)
        #expect(report.contains("while it ran") && report.contains(version), "\(report)")
        let json = try JSONValue(
            parsing: Program.run("show", "experiment", "-n", "x", "--json", in: folder).trimmed)
        #expect(json["deployments"]?.array?.compactMap { $0["model"]?.string } == [version])
        _ = try Program.run("stop", "experiment", "-n", "x", in: folder)
        _ = try Program.run("rollback", "model", "-n", "articles", in: folder)
        let ended = try Program.run("show", "experiment", "-n", "x", "--json", in: folder)
        #expect(try JSONValue(parsing: ended.trimmed)["deployments"]?.array?.count == 1)
    }

    @Test func `another unit is not taken by one that runs, nor its counts by another version`()
        throws
    {
        let folder = try home()
        let create = ["create", "experiment", "-n", "x"]
        let arms = ["--arms", "A,B=articles:limit=2", "--metric", "click"]
        let begun = try Program.run(create + arms + ["--json"], in: folder)
        #expect(try refusal(create + ["--unit", "document"], folder).contains("without --unit"))
        _ = try Program.run(create + ["--unit", "user", "--traffic", "50%"], in: folder)
        let changed = try JSONValue(parsing: begun.trimmed).merging([
            "arms": [
                ["name": "A", "share": 0.5],
                ["name": "B", "share": 0.5, "recommender": "articles", "settings": ["limit": 1]],
            ]
        ])
        try folder.write(changed.description, to: "x.json")
        let told = try Program.run("create", "experiment", "-f", "x.json", in: folder)
        #expect(told.contains("begins anew"))
    }
}
