// A program that runs beside us, and all that it starts.

internal import Glibc

/// Owns a child process and the process group that it leads.
///
/// The end of this value is the end of the group: whoever is left of it is killed, the child is reaped. Our
/// own end, be it by SIGKILL, is the end of the group too. Where memory is short, the kernel ends it before us.
package struct ProcessGroup: ~Copyable, Sendable {
    /// The child's number, and that of its group.
    package let identifier: Int32
    private let watch: GroupWatch?

    /// Starts the child, in a group of its own whatever the spawn says.
    package init(_ spawn: Spawn) throws(SocketError) {
        var spawn = spawn
        spawn.group = .itsOwn
        identifier = try spawn.start()
        watch = GroupWatch(over: identifier)
        Self.offerToKernel(identifier)
    }

    /// Has the kernel count half of all memory more for the child when it looks for somebody to end.
    ///
    /// Where that is not possible, or the child has ended already, nothing is lost.
    private static func offerToKernel(_ child: Int32) {
        let ours = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC)
        let itsOwn = open("/proc/\(child)/oom_score_adj", O_WRONLY | O_CLOEXEC)
        defer { for file in [ours, itsOwn] where file >= 0 { close(file) } }
        var digits = [UInt8](repeating: 0, count: 16)
        let count = max(read(ours, &digits, digits.count), 0)
        let text = String(decoding: digits[..<count].filter { $0 > 32 }, as: UTF8.self)
        guard let score = Int(text) else { return }
        let higher = String(min(score + 500, 1000))
        _ = write(itsOwn, higher, higher.utf8.count)
    }

    deinit {
        // Before it is reaped: its number, and so the group's, could be another's afterwards.
        Glibc.kill(-identifier, SIGKILL)
        Reaper.reap(identifier)
    }

    /// Sends a signal to all of the group.
    package func send(_ signal: Int32) { Glibc.kill(-identifier, signal) }

    /// Blocks until the child has ended; gives whether it did with exit code 0.
    ///
    /// It is not reaped by that: until the end of this value its number is no other's.
    package func wait() -> Bool {
        var end = siginfo_t()
        while waitid(P_PID, id_t(identifier), &end, WEXITED | WNOWAIT) != 0 {
            guard errno == EINTR else { return false }
        }
        return end.si_code == CLD_EXITED && end._sifields._sigchld.si_status == 0
    }
}
