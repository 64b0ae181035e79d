// A program that runs beside us, and all that it starts.

internal import Glibc

/// Owns a child process and the process group that it leads.
///
/// The end of this value is the end of the group: whoever is left of it is killed, the child is reaped. Our
/// own end, be it by SIGKILL, is the end of the group too.
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
