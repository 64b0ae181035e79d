// How all programs are started.

internal import CEpoll
internal import Glibc

/// A program to be started, and what it is to begin with.
package struct Spawn {
    package enum Group {
        /// Ours, which a terminal may interrupt.
        case ours
        case itsOwn
        case existing(Int32)
    }

    /// The program, which is looked for in PATH unless its name has a slash, and its arguments.
    package let words: [String]
    /// Standard input, output and errors: descriptors of ours, or nil for /dev/null.
    package var streams: [Int32?] = [nil, nil, nil]
    /// Where it runs; nil for where we do.
    package var folder: String?
    package var group = Group.ours
    /// Variables of ours whose names begin with one of these are kept from it.
    package var hidden: [String] = []
    /// Whether it takes no signal but SIGKILL.
    ///
    /// Otherwise it has the usual answers to all signals, whatever we ignore or block.
    package var isDeaf = false

    package init(_ words: [String]) {
        precondition(!words.isEmpty)
        self.words = words
    }

    /// Starts it in our session; gives its number, by which it must be reaped.
    ///
    /// - Throws: where it is not there, or the folder is not.
    package func start() throws(SocketError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        add(to: &actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        set(&attributes)
        let arguments = words.map { strdup($0) }
        let variables = environment.map { strdup($0) }
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawnp(
            &child, words[0], &actions, &attributes, arguments + [nil], variables + [nil])
        guard code == 0 else { throw SocketError("start \(words[0])", code: code) }
        return child
    }

    private func add(to actions: inout posix_spawn_file_actions_t) {
        for (number, stream) in streams.enumerated() {
            let number = Int32(number)
            if let stream {
                posix_spawn_file_actions_adddup2(&actions, stream, number)
            } else {
                let mode = number == STDIN_FILENO ? O_RDONLY : O_WRONLY
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", mode, 0)
            }
        }
        if let folder { _ = posix_spawn_file_actions_addchdir_np(&actions, folder) }
    }

    private func set(_ attributes: inout posix_spawnattr_t) {
        var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        switch group {
        case .ours: break
        case .itsOwn:
            flags |= POSIX_SPAWN_SETPGROUP
            posix_spawnattr_setpgroup(&attributes, 0)
        case .existing(let number):
            flags |= POSIX_SPAWN_SETPGROUP
            posix_spawnattr_setpgroup(&attributes, number)
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        if !isDeaf { sigemptyset(&signals) }
        posix_spawnattr_setsigmask(&attributes, &signals)
    }

    private var environment: [String] {
        var variables: [String] = []
        var next = environ
        while let text = next.pointee {
            let variable = String(cString: text)
            if !hidden.contains(where: variable.hasPrefix) { variables.append(variable) }
            next += 1
        }
        return variables
    }
}
