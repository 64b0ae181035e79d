// One of the programs that answer for a model: its process, and how it stands with it.

internal import JSON
internal import Numerics
internal import Reactor
internal import Wire

/// A process that is started, asked one batch at a time, and started anew when it fails.
///
/// It has no socket loop and no clock: descriptors are watched and times are given by its owner.
struct ExternalProgram: ~Copyable {
    enum Stage {
        /// No process runs.
        case waiting(until: Instant)
        case starting(until: Instant)
        case idle
        case busy(until: Instant)
        /// It was asked to end.
        case ending(until: Instant)
        case ended
    }

    /// What came out of it.
    enum Event {
        case ready
        case answers([JSONValue])
        /// It cannot be asked any more, and why.
        case broken(String)
    }

    /// What a token of the loop names, beside the place of the program.
    enum Stream: UInt64 {
        case output, errors, input
    }

    private(set) var stage: Stage
    private var process: ChildProcess?
    private var lines = LineFramer(maximumLength: 1 << 20)
    private var complaints = ProgramComplaints()
    private var unsent: [UInt8] = []
    private var sent = 0
    /// Of the last batch.
    private var number = 0
    /// Since it last answered.
    private var failures = 0
    private var random: SplitMix64

    init(seed: UInt64, at now: Instant) {
        random = SplitMix64(seed: seed)
        stage = .waiting(until: now)
    }

    /// When something is to be done if nothing comes.
    var deadline: Instant? {
        switch stage {
        case .waiting(let time), .starting(let time), .busy(let time), .ending(let time): time
        case .idle, .ended: nil
        }
    }

    /// What the process is called and its descriptors, as long as it runs.
    var identifier: Int32? { look { $0.identifier } }
    var output: Int32? { look { $0.output } }
    var errors: Int32? { look { $0.errors } }
    var input: Int32? { look { $0.input } ?? nil }

    private func look<Value>(_ body: (borrowing ChildProcess) -> Value) -> Value? {
        switch process {
        case .some(let process): body(process)
        case nil: nil
        }
    }

    var isIdle: Bool { if case .idle = stage { true } else { false } }
    var isEnded: Bool { if case .ended = stage { true } else { false } }
    /// Whether its input is full.
    var isStuck: Bool { sent < unsent.count }

    // MARK: Starting and ending

    /// Takes the process that was started for it.
    mutating func begin(_ process: consuming ChildProcess, until deadline: Instant) {
        self.process = consume process
        lines = LineFramer(maximumLength: 1 << 20)
        complaints = ProgramComplaints()
        unsent = []
        sent = 0
        stage = .starting(until: deadline)
    }

    /// Kills the process, if there is one, and waits: twice as long as the time before, up to a half of that
    /// at random less, so that programs that failed together do not start together.
    mutating func fail(at now: Instant, restart: [Int]) {
        process = nil
        let limit = min(restart[1], restart[0] << min(failures, 20))
        failures += 1
        let wait = limit - Int.random(in: 0...limit / 2, using: &random)
        stage = .waiting(until: now.advanced(byMilliseconds: wait))
    }

    /// Asks the process to end, if there is one; it is killed at the deadline.
    mutating func end(until deadline: Instant) {
        guard process != nil else { return stage = .ended }
        process?.terminate()
        stage = .ending(until: deadline)
    }

    /// Kills what is left of the process.
    mutating func kill() {
        process = nil
        stage = .ended
    }

    // MARK: Asking

    /// Sends a batch, as far as its input takes it; gives what went wrong.
    mutating func ask(
        _ texts: [String], _ definition: ExternalDefinition, until deadline: Instant
    ) -> Event? {
        number += 1
        unsent = definition.line(asking: texts, number: number)
        sent = 0
        stage = .busy(until: deadline)
        return sendOn()
    }

    /// Sends what is left of a batch.
    mutating func sendOn() -> Event? {
        while sent < unsent.count {
            switch process?.write(unsent, from: sent) {
            case .bytes(let count): sent += count
            case .failed(let error): return .broken("\(error)")
            case .wouldBlock, .endOfStream, nil: return nil
            }
        }
        unsent = []
        sent = 0
        return nil
    }

    /// Reads once what it says; gives what came of that.
    mutating func receive(into buffer: inout [UInt8]) -> [Event] {
        guard let output else { return [] }
        switch process?.read(output, into: &buffer) {
        case .bytes(let count): return take(Array(buffer[..<count]))
        case .endOfStream: return [.broken("it has ended")]
        case .failed(let error): return [.broken("\(error)")]
        case .wouldBlock, nil: return []
        }
    }

    /// Reads once what it complains of; gives the lines that pass, or nil when there are no more.
    mutating func receiveErrors(into buffer: inout [UInt8], at now: Instant) -> [String]? {
        guard let errors else { return nil }
        switch process?.read(errors, into: &buffer) {
        case .bytes(let count): return complaints.take(buffer[..<count], at: now)
        case .wouldBlock: return []
        case .endOfStream, .failed, nil: return nil
        }
    }

    /// When its complaints may be read on, if they are too many.
    var pause: Instant? { complaints.pause }

    private mutating func take(_ input: [UInt8]) -> [Event] {
        var events: [Event] = []
        var offset = 0
        while let line = lines.next(in: input.span, from: &offset) {
            let event: Event =
                switch line {
                case .inInput(let range): take(ProgramLine(Array(input[range])))
                case .assembled: take(ProgramLine(lines.assembled))
                case .tooLong: .broken("a line is longer than a mebibyte")
                }
            events.append(event)
            if case .broken = event { break }
        }
        return events
    }

    private mutating func take(_ line: ProgramLine) -> Event {
        switch (stage, line) {
        case (.starting, .ready):
            stage = .idle
            return .ready
        case (.busy, .answers(let answers, let number)) where number == self.number && !isStuck:
            stage = .idle
            failures = 0
            return .answers(answers)
        case (.starting, .unknown(let text)):
            return .broken("its first line does not say that it is ready: \(text)")
        case (.starting, _): return .broken("its first line does not say that it is ready")
        case (_, .unknown(let text)):
            return .broken("a line is no answer to what was asked: \(text)")
        default: return .broken("a line is no answer to what was asked")
        }
    }
}
