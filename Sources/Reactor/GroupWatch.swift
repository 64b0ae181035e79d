// What ends a group of processes when we are gone.

internal import CEpoll
internal import Glibc

/// A process in the group of a child that kills the group once we have ended, however we did.
///
/// It is a shell that reads from a pipe whose other end we alone hold: the kernel closes it with us, SIGKILL or
/// not. (The kernel's own signal at the death of a parent means the thread that spawned the child, and
/// threads come and go.) It takes no signal but SIGKILL, and so ends with the group. A process that has left
/// the group, as by setsid, is not reached.
struct GroupWatch: ~Copyable {
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
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe, STDIN_FILENO)
        for stream in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
        }
        _ = posix_spawn_file_actions_addchdir_np(&actions, "/")
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, group)
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        let script = ["/bin/sh", "-c", "read -r _; kill -KILL 0"]
        let words = script.map { strdup($0) }
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(
            &process, "/bin/sh", &actions, &attributes, words + [nil], [nil])
        return code == 0 ? process : nil
    }
}
