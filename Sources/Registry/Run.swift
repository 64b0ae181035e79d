// One retraining of a model, step by step.

package import JSON

/// The content of `run.json`: what was done, what came of it, and where to go on.
package struct Run: Equatable, Sendable {
    /// In the order in which they are taken.
    package enum Step: String, CaseIterable, Sendable {
        /// What there is to learn from.
        case data
        case train
        /// The behavioural tests of the project.
        case test
        /// Against the version that is live.
        case evaluate
        /// Makes the version known as the candidate.
        case register
        /// Whether it may take the place of what is live.
        case gate
        case deploy
    }

    package enum Status: String, CaseIterable, Sendable {
        case running, done, failed
    }

    /// A step that was begun.
    package struct Record: Equatable, Sendable {
        package let step: Step
        package fileprivate(set) var status: Status
        /// Microseconds since 1970.
        package let began: Int
        package fileprivate(set) var ended: Int?
        package fileprivate(set) var output: JSONValue
        /// Why it failed.
        package fileprivate(set) var failure: String?
    }

    /// The name of its folder: the time of its beginning.
    package let id: String
    package let model: String
    package let environment: String
    package let by: String
    /// What the command line said.
    package let settings: JSONValue
    package private(set) var records: [Record] = []

    package init(
        id: String, model: String, environment: String, by: String, settings: JSONValue = [:]
    ) {
        self.id = id
        self.model = model
        self.environment = environment
        self.by = by
        self.settings = settings
    }

    /// What is to be done next: the step that was under way, or the first that was not begun; nil at the end.
    package var next: Step? {
        guard status == .running else { return nil }
        return Step.allCases.first { step in
            !records.contains { $0.step == step && $0.status == .done }
        }
    }

    /// Whether it is under way or was interrupted, came to its end, or failed.
    package var status: Status {
        if records.last?.status == .failed { return .failed }
        return records.last?.step == Step.allCases.last && records.last?.status == .done
            ? .done : .running
    }

    /// The step that failed.
    package var failed: Record? { records.last.flatMap { $0.status == .failed ? $0 : nil } }

    /// What came of a step that is done.
    package func output(of step: Step) -> JSONValue? {
        records.first { $0.step == step && $0.status == .done }?.output
    }

    /// Begins a step, which must be the next; one that was under way begins anew.
    package mutating func begin(_ step: Step, at time: Int) {
        precondition(step == next)
        records.removeAll { $0.step == step }
        records.append(Record(step: step, status: .running, began: time, output: .null))
    }

    /// Ends the step that is under way.
    package mutating func finish(_ output: JSONValue, at time: Int) {
        end(.done, at: time)
        records[records.count - 1].output = output
    }

    /// Ends the step that is under way, and with it the run.
    package mutating func fail(_ reason: String, at time: Int) {
        end(.failed, at: time)
        records[records.count - 1].failure = reason
    }

    /// Goes back to the data, where nothing was trained yet: there may be more of them by now.
    package mutating func readDataAnew() {
        guard output(of: .train) == nil else { return }
        records = []
    }

    private mutating func end(_ status: Status, at time: Int) {
        precondition(records.last?.status == .running)
        records[records.count - 1].status = status
        records[records.count - 1].ended = time
    }
}

// MARK: As JSON

extension Run {
    init(_ node: JSONNode) throws(RegistryError) {
        self.init(
            id: try node.member("run").name(), model: try node.member("model").name(),
            environment: try node.member("env").name(), by: try node.member("by").string(),
            settings: try node.member("settings").value)
        for element in try node.member("steps").elements() {
            records.append(
                Record(
                    step: try element.member("step").choice(of: Step.self),
                    status: try element.member("status").choice(of: Status.self),
                    began: try element.member("began").integer(in: 0 ... .max),
                    ended: try element["ended"]?.integer(in: 0 ... .max),
                    output: element["output"]?.value ?? .null,
                    failure: try element["failure"]?.string()))
        }
    }

    package var json: JSONValue {
        [
            "run": .string(id), "model": .string(model), "env": .string(environment),
            "by": .string(by), "status": .string(status.rawValue), "settings": settings,
            "steps": .array(records.map(\.json)),
        ]
    }
}

extension Run.Record {
    fileprivate var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("step", .string(step.rawValue)), ("status", .string(status.rawValue)),
            ("began", .number(Double(began))),
        ]
        if let ended { members.append(("ended", .number(Double(ended)))) }
        if !output.isNull { members.append(("output", output)) }
        if let failure { members.append(("failure", .string(failure))) }
        return .object(members)
    }
}
