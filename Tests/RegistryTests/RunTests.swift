import JSON
import Numerics
import Registry
import Testing

@Suite struct RunTests {
    private let home: TemporaryHome
    private let registry: Registry

    init() throws {
        home = try TemporaryHome()
        registry = home.registry
    }

    private func run(_ id: String = "20261101T120000Z") -> Run {
        Run(id: id, model: "m", environment: "dev", by: "ada", settings: ["data": "f.csv"])
    }

    @Test(arguments: UInt64(0)..<40)
    func
        `a run that is interrupted anywhere goes on where it was, and does each step to its end once`(
            seed: UInt64
        ) throws
    {
        var random = SplitMix64(seed: seed)
        var run = run()
        var done: [Run.Step] = []
        for time in 0..<1000 {
            guard let step = run.next else { break }
            #expect(step == Run.Step.allCases[done.count])
            run.begin(step, at: time)
            try registry.write(run)
            if Bool.random(using: &random) {
                run.finish(["step": .string(step.rawValue)], at: time)
                try registry.write(run)
                done.append(step)
            }
            // The process is gone, and another reads what was written.
            run = try #require(try registry.runs(of: "m").last)
        }
        #expect(done == Run.Step.allCases && run.status == .done && run.next == nil)
        #expect(run.output(of: .gate) == ["step": "gate"])
    }

    @Test func `a step that failed ends the run and says why`() throws {
        var run = run()
        run.begin(.data, at: 1)
        run.finish([:], at: 2)
        run.begin(.train, at: 3)
        run.fail("no examples", at: 4)
        try registry.write(run)
        #expect(try registry.runs(of: "m") == [run])
        #expect(run.status == .failed && run.next == nil)
        #expect(run.failed?.step == .train && run.failed?.failure == "no examples")
    }

    @Test func `data are read anew until something was trained from them`() {
        var run = run()
        run.begin(.data, at: 1)
        run.finish([:], at: 2)
        run.begin(.train, at: 3)
        run.readDataAnew()
        #expect(run.next == .data)
        run.begin(.data, at: 4)
        run.finish([:], at: 5)
        run.begin(.train, at: 6)
        run.finish([:], at: 7)
        run.readDataAnew()
        #expect(run.next == .test)
    }

    @Test func `runs have names of their own in the order of time, and one process at a time`()
        throws
    {
        for expected in ["19700101T000001Z", "19700101T000001Z-2"] {
            let id = try registry.newRunID("m", time: 1_000_000)
            #expect(id == expected)
            try registry.write(run(id))
        }
        #expect(try registry.newRunID("m", time: 2_000_000) == "19700101T000002Z")
        #expect(try registry.runs(of: "m").map(\.id) == ["19700101T000001Z", "19700101T000001Z-2"])
        let hold = try registry.holdRuns(of: "m")
        let other = try registry.holdRuns(of: "m")
        #expect(hold != nil && other == nil)
        withExtendedLifetime(hold) {}
        #expect(try registry.retrainedModels() == ["m"])
    }
}
