// What ends a group of processes when we are gone.

internal import CEpoll
internal import Glibc

/// A process in the group of a child that kills the group once we have ended, however we did.
///
/// It is a shell that reads from a pipe whose other end we alone hold: the kernel closes it with us, SIGKILL or
/// not. (The kernel's own signal at the death of a parent means the thread that spawned the child, and
/// threads come and go.) It takes no signal but SIGKILL, and so ends with the group. A process that has left
/// the group, as by setsid, is not reached.
struct GroupWatch: ~Copyable, Sendable {
    private let process: pid_t
    private let lifeline: Int32

    /// Nil where there is no /bin/sh: then the child must heed the end of its standard input.
    init?(over group: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return nil }
        let process = Self.spawn(reading: ends[0], in: group)
        close(ends[0])
        guard let process else {
            close(ends[1])
            return nil
        }
        self.process = process
        lifeline = ends[1]
    }

    /// The group must have been killed.
    deinit {
        close(lifeline)
        Reaper.reap(process)
    }

    private static func spawn(reading pipe: Int32, in group: Int32) -> pid_t? {
        var spawn = Spawn(["/bin/sh", "-c", "read -r _; kill -KILL 0"])
        spawn.streams[0] = pipe
        spawn.folder = "/"
        spawn.group = .existing(group)
        // All of them: each begins with nothing.
        spawn.hidden = [""]
        spawn.isDeaf = true
        return try? spawn.start()
    }
}
