// Retraining a model, step by step.

import Glibc
import JSON
import Reactor
import Registry
import Wire

/// Carries out a run from where it stands, and writes down each step before and after it.
///
/// Each step can be done again: equal data give the same version, a test that was run is not run again,
/// and what is live already is not deployed.
struct Retraining {
    private(set) var run: Run
    let project: Project
    let home: Home

    init(_ run: Run, _ project: Project, _ home: Home) {
        self.run = run
        self.project = project
        self.home = home
    }

    /// Does what is left.
    ///
    /// - Throws: why a step failed.
    mutating func carryOut() throws {
        try home.registry.write(run)
        let log = try RunLog(home.registry.logPath(of: run))
        while let step = run.next {
            run.begin(step, at: now)
            try home.registry.write(run)
            log.line("begins", of: step)
            do {
                let output = try perform(step, log)
                run.finish(output, at: now)
                log.line("done: \(output)", of: step)
            } catch {
                run.fail("\(error)", at: now)
                log.line("failed: \(error)", of: step)
                try home.registry.write(run)
                throw Failure(
                    "retraining \(run.model) failed at the step \(step.rawValue): \(error)\n"
                        + "see \(log.path); to begin anew: hunch retrain model -n \(run.model)")
            }
            try home.registry.write(run)
        }
    }

    private var now: Int { Int(wallClockMicroseconds()) }

    /// What came of it, for people.
    var summary: [String] {
        [Run.Step.data, .train, .evaluate, .deploy].compactMap { step in
            run.output(of: step).map { output in
                let cells = (output.object ?? []).filter { !$0.value.isNull }.map {
                    "\($0.key) \($0.value.string ?? $0.value.description)"
                }
                return "\(step.rawValue): \(cells.joined(separator: ", "))"
            }
        }
    }

    // MARK: Steps

    private func perform(_ step: Run.Step, _ log: RunLog) throws -> JSONValue {
        switch step {
        case .data: return try gather { log.line($0, of: .data, isQuiet: true) }
        case .train:
            let manifest = try project.train(options, in: home.registry) {
                log.line($0, of: .train, isQuiet: true)
            }
            return [
                "model": .string(manifest.reference.description),
                "sha256": .string(manifest.artifactDigest),
            ]
        case .test: return try test()
        case .evaluate: return try evaluate()
        case .register: return try register()
        case .gate: return try judge()
        case .deploy: return try deploy()
        }
    }

    var options: TrainingOptions {
        var options = TrainingOptions()
        options.data = run.settings["data"]?.string
        options.environment = home.environment
        options.leavesOut = true
        return options
    }

    /// The version that was trained.
    private var candidate: ModelReference {
        get throws {
            try ModelReference(parsing: run.output(of: .train)?["model"]?.string ?? "")
        }
    }

    /// The version that is in use, if there is one.
    private var live: ModelReference? {
        get throws {
            try home.registry.environment(home.environment).models
                .first { $0.line == run.model }?.reference
        }
    }

    private func test() throws -> JSONValue {
        let tests = try BehaviouralTests(of: run.model, in: home.registry)
        guard let outcome = try tests?.run(on: candidate, in: home.registry) else {
            return ["count": 0, "failures": []]
        }
        return [
            "count": .number(Double(outcome.count)),
            "failures": .array(outcome.failures.map { .string($0) }),
        ]
    }

    private func evaluate() throws -> JSONValue {
        let live = try live
        let comparison = try VersionComparison(
            candidate, with: live == candidate ? nil : live, project, options, home)
        return [
            "live": live.map { .string($0.description) } ?? .null,
            "compared": .string(comparison.statement), "worse": .boolean(comparison.isWorse),
        ]
    }

    private func register() throws -> JSONValue {
        let registry = home.registry
        let (reference, tag) = (try candidate, "candidate")
        try registry.tag(reference, as: tag)
        let compared = run.output(of: .evaluate)?["compared"]?.string ?? ""
        let text = "run \(run.id), for '\(home.environment)': \(compared)"
        if try !registry.notes(of: reference).contains(where: { $0.text == text }) {
            try registry.record(Note(time: now, by: run.by, text: text), of: reference)
        }
        return ["tag": .string(tag)]
    }

    private func judge() throws -> JSONValue {
        let manifest = try home.registry.manifest(of: candidate)
        var failures = manifest.gateFailures
        failures +=
            run.output(of: .test)?["failures"]?.array?.compactMap(\.string) ?? []
        if run.output(of: .evaluate)?["worse"]?.bool == true {
            failures.append(run.output(of: .evaluate)?["compared"]?.string ?? "")
        }
        guard failures.isEmpty else { throw Failure(failures.joined(separator: "; ")) }
        return ["passed": true]
    }

    private func deploy() throws -> JSONValue {
        let (reference, live) = (try candidate, try live)
        guard live != reference else {
            return ["model": .string(reference.description), "outcome": "it is live already"]
        }
        let rollout = live == nil ? nil : run.settings["rollout"]
        let tried = try home.registry.environment(home.environment).rollouts
        guard rollout == nil || !tried.contains(where: { $0.reference == reference }) else {
            return ["model": .string(reference.description), "outcome": "it is tried already"]
        }
        let deployed = try home.deploy(
            reference, force: run.settings["force"]?.string, rollout: rollout)
        return [
            "model": .string(reference.description),
            "outcome": .string(rollout == nil ? "deployed" : "tried"),
            "previous": deployed.previous.map { .string($0) } ?? .null,
            "where": .string(deployed.place),
        ]
    }
}

/// What the steps of a run say, in a file and on standard error.
final class RunLog: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Writes a line; where it is quiet, only in the file.
    func line(_ text: String, of step: Run.Step, isQuiet: Bool = false) {
        let text = "\(step.rawValue): \(text)"
        Output.write("\(date(Int(wallClockMicroseconds()))) \(text)\n", to: descriptor)
        if !isQuiet { Output.error(text) }
    }
}
