// Models trained anew at their times, beside a server that must not notice.

import Dispatch
import Glibc
import Reactor
import Registry
import Service
import Synchronization

/// Runs the schedules of an environment as `hunch retrain --background`, one process at a time.
///
/// The schedules are read anew at every look, so that a change needs no restart. A model whose time comes
/// again while it waits or is at work is not queued twice. A run that was interrupted by a stop of the
/// server is gone on with at its next time.
final class ScheduledRetraining: Sendable {
    /// Seconds between two looks at the clock.
    private static let interval = 15.0

    private let home: Home
    private let server: Server
    private let looks = DispatchQueue(label: "hunch.schedules")
    /// Where it is waited for the process.
    private let runs = DispatchQueue(label: "hunch.retraining")
    private let state: Mutex<State>

    private struct State {
        var clock: ScheduleClock
        /// Waiting or at work.
        var models: Set<String> = []
        /// The process group at work.
        var group: pid_t?
        var isStopped = false
        var timer: (any DispatchSourceTimer)?
    }

    init(_ home: Home, _ server: Server) {
        self.home = home
        self.server = server
        state = Mutex(State(clock: ScheduleClock(start: Int(wallClockMicroseconds()))))
    }

    /// Looks at the clock from now on; with `isCatchingUp` every schedule is due at once, too.
    func start(isCatchingUp: Bool) {
        if isCatchingUp { enqueue(schedules.keys.sorted()) }
        state.withLock { state in
            let timer = DispatchSource.makeTimerSource(queue: looks)
            timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
            timer.setEventHandler { [weak self] in self?.look(at: Int(wallClockMicroseconds())) }
            timer.resume()
            state.timer = timer
        }
    }

    /// Begins nothing more, and ends what is at work.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.timer?.cancel()
            // Under the lock: its number is no other's before it was taken out of there.
            if let group = state.group { kill(-group, SIGTERM) }
        }
    }

    /// A file that cannot be read, because somebody is at it, has its schedules at the next look.
    private var schedules: [String: Schedule] {
        (try? home.registry.environment(home.environment).schedules) ?? [:]
    }

    private func look(at time: Int) {
        let schedules = schedules
        enqueue(state.withLock { $0.clock.due(schedules, at: time) })
    }

    private func enqueue(_ models: [String]) {
        for model in models where state.withLock({ $0.models.insert(model).inserted }) {
            runs.async { [self] in
                retrain(model)
                state.withLock { _ = $0.models.remove(model) }
            }
        }
    }

    // MARK: One run

    private func retrain(_ model: String) {
        let words =
            [
                "env", "HUNCH_USER=schedule", "/proc/\(getpid())/exe", "retrain", "model", "-n",
                model,
            ]
            + ["--env", home.environment, "--home", home.registry.home, "--resume", "--background"]
        let before = lastRun(of: model)
        let began = { [server] in server.noteRetraining(of: model, "began", outcome: "") }
        guard let isDone = carryOut(words, whenBegun: began) else { return }
        let run = lastRun(of: model)
        let isNew = run != before
        server.noteRetraining(
            of: model, isDone ? "done" : "failed",
            outcome: isNew
                ? run?.outcome ?? "" : "it could not begin: hunch retrain model -n \(model)")
    }

    /// Runs a process to its end, unless the server is stopping; gives whether it ended well.
    ///
    /// It ends with the server, but is of its session: a session of its own would have its share of the cores,
    /// however low its priority.
    private func carryOut(_ words: [String], whenBegun: () -> Void) -> Bool? {
        let group = state.withLock { state -> ProcessGroup? in
            guard !state.isStopped, let group = try? ProcessGroup(Spawn(words)) else { return nil }
            state.group = group.identifier
            return group
        }
        guard let group else { return nil }
        whenBegun()
        let isDone = group.wait()
        state.withLock { $0.group = nil }
        return isDone
    }

    private func lastRun(of model: String) -> Run? {
        // What cannot be read tells nothing: the event then says that it could not begin.
        (try? home.registry.runs(of: model))?.last
    }
}
