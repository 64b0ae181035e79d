// A model that is a program, as long as anybody uses it.

internal import Dispatch
package import Numerics
internal import Reactor
package import Registry
internal import Synchronization
internal import Telemetry
package import Wire

/// Has programs run from its making until its end.
///
/// It ends with the last deployment that names it, when no shard asks it any more.
final class ExternalModel: Sendable {
    let definition: ExternalDefinition
    private let worker: ExternalWorker
    private let isExplaining = Atomic(false)

    /// Unpacks the files into a folder and starts the programs there; `running` counts the model until they
    /// have ended, and nobody may replace the folder.
    ///
    /// They have `patience` times the time that the model says.
    ///
    /// - Throws: `ArchiveError`, `ExternalDefinitionError`, `ExternalArtifactError`, `RegistryError`.
    init(
        _ artifact: Memory, of model: ModelReference, in folder: String, eventLog: EventLog,
        metrics: ProgramMetrics, running: DispatchGroup, patience: Int = 1
    ) throws {
        let artifact = try ExternalArtifact(artifact)
        try artifact.unpack(into: folder)
        let hold = try FolderHold(folder)
        var definition = artifact.definition
        definition.timeoutMillis *= patience
        definition.startMillis *= patience
        self.definition = definition
        worker = ExternalWorker(
            definition, in: folder, model: model.description, eventLog: eventLog, metrics: metrics)
        running.enter()
        worker.start { withExtendedLifetime(hold) { running.leave() } }
    }

    deinit { stop() }

    /// Has the programs end: their input is closed, then comes SIGTERM, and after a second SIGKILL.
    func stop() { worker.stop() }

    func ask(_ question: ExternalQuestion) { worker.ask(question) }

    /// Asks for many texts at once, unless others who do so wait: then there are no answers at all.
    func explain(_ texts: [String], reply: @escaping @Sendable ([ResultContent?]) -> Void) {
        let none = [ResultContent?](repeating: nil, count: texts.count)
        guard !isExplaining.exchange(true, ordering: .acquiringAndReleasing) else {
            return reply(none)
        }
        ask(
            ExternalQuestion(texts: texts) { [weak self] answers, _ in
                self?.isExplaining.store(false, ordering: .releasing)
                reply(answers ?? none)
            })
    }

    /// What the model says of each text; nil where it says nothing in its time, or its programs do not start.
    ///
    /// It blocks. No more texts than may wait are asked at once.
    func answers(to texts: [String]) -> [ResultContent?] {
        let reply = Reply()
        ask(
            ExternalQuestion(texts: texts, isTrial: true) { answers, _ in
                reply.answers.withLock { $0 = answers ?? texts.map { _ in nil } }
                reply.areThere.signal()
            })
        reply.areThere.wait()
        return reply.answers.withLock { $0 }
    }

    private final class Reply: Sendable {
        let answers = Mutex<[ResultContent?]>([])
        let areThere = DispatchSemaphore(value: 0)
    }
}

/// A model that is a program, for one who asks it without a server.
package final class ExternalTrial {
    private let model: ExternalModel
    private let folder: String
    private let running = DispatchGroup()
    private let eventLog = EventLog()
    package let definition: ExternalDefinition

    /// Starts the programs in a folder of their own; they have ended when this has.
    ///
    /// In a process of low priority, which is theirs, too, they have ten times the time: whatever else runs here
    /// must not decide whether they pass.
    package init(
        _ artifact: Memory, of reference: ModelReference, in registry: Registry
    ) throws {
        // One that ends while it is being asked is an answer less, not our end.
        Signals.ignoreBrokenPipes()
        Signals.letChildrenBeReaped()
        folder = registry.trialPath(reference)
        model = try ExternalModel(
            artifact, of: reference, in: folder, eventLog: eventLog, metrics: ProgramMetrics(),
            running: running, patience: Priority.isLow ? 10 : 1)
        definition = model.definition
    }

    deinit {
        model.stop()
        running.wait()
        // What cannot be removed now, `hunch gc` finds.
        try? FileSystem.remove(folder)
    }

    /// What the model says of a text; it blocks.
    ///
    /// - Throws: `ProgramFailure` where it says nothing.
    package func answer(to text: String) throws(ProgramFailure) -> ResultContent {
        guard let answer = model.answers(to: [text])[0] else { throw failure }
        return answer
    }

    /// What the model says of each text, nil where it says nothing; it blocks.
    ///
    /// As many are asked at once as its programs take in a line each, so that none waits in vain; those without an
    /// answer once more, one by one, as a text that ends the program takes others' answers with it.
    package func answers(to texts: [String]) -> [ResultContent?] {
        let most = min(definition.queue, definition.concurrency * definition.batch)
        var silent = 0
        return stride(from: 0, to: texts.count, by: most).flatMap { start in
            let texts = Array(texts[start..<min(start + most, texts.count)])
            return zip(texts, model.answers(to: texts)).map { text, answer in
                // After so many in a row it is not the texts.
                if answer != nil || texts.count == 1 || silent == Self.mostSilent { return answer }
                let again = model.answers(to: [text])[0]
                silent = again == nil ? silent + 1 : 0
                return again
            }
        }
    }

    private static let mostSilent = 8

    /// Why it says nothing.
    package var failure: ProgramFailure {
        let fields = eventLog.read(from: 0).events.flatMap(\.fields)
        let reasons = fields.filter { ["reason", "line"].contains($0.name.description) }
        return ProgramFailure(
            reasons: reasons.compactMap { field in
                if case .string(let text) = field.value { text } else { nil }
            })
    }
}

/// Why a program says nothing, as far as it is known: what the server and the program itself noted.
package struct ProgramFailure: Error, CustomStringConvertible {
    let reasons: [String]

    package var description: String {
        // What was said again and again is said once, where it was said last.
        var seen: Set<String> = []
        let last = reasons.reversed().filter { seen.insert($0).inserted }.prefix(5).reversed()
        let why = last.isEmpty ? "" : ": " + last.joined(separator: "; ")
        return "the program gives no answer\(why)"
    }
}

/// What is counted of the programs of one version.
struct ProgramMetrics: Sendable {
    var starts = Counter()
    var timeouts = Counter()
    var unanswered = Counter()
    var refused = Counter()
}

/// The families that the programs of all versions count in.
struct ProgramFamilies: Sendable {
    private let starts: MetricFamily<Counter>
    private let timeouts: MetricFamily<Counter>
    private let unanswered: MetricFamily<Counter>
    private let refused: MetricFamily<Counter>

    init(_ metrics: Metrics) {
        starts = metrics.counter(
            "hunch_program_starts_total", help: "Programs started for a version, anew or first.",
            labels: ["model"])
        timeouts = metrics.counter(
            "hunch_program_timeouts_total",
            help: "Programs killed as they did not start or answer in time.", labels: ["model"])
        unanswered = metrics.counter(
            "hunch_program_unanswered_total", help: "Texts that programs gave no answer to.",
            labels: ["model"])
        refused = metrics.counter(
            "hunch_program_refused_total",
            help:
                "Texts that found no room among those that wait; of documents they are asked again.",
            labels: ["model"])
    }

    subscript(model: String) -> ProgramMetrics {
        ProgramMetrics(
            starts: starts[model], timeouts: timeouts[model], unanswered: unanswered[model],
            refused: refused[model])
    }
}
