// Asking another program.

import Glibc

/// A program that is run to its end.
enum Subprocess {
    /// What a program says on standard output; nil where it is not there, or fails.
    ///
    /// It is found in PATH, reads nothing and complains to nobody. Variables whose names begin with
    /// one of `hidden` are kept from it.
    static func output(_ words: [String], hiding hidden: [String] = []) -> [UInt8]? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let child = spawn(words, output: ends[1], hiding: hidden)
        close(ends[1])
        guard let child else { return nil }
        let bytes = readAll(ends[0])
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return nil }
        }
        return status == 0 ? bytes : nil
    }

    /// Starts a program that reads nothing and complains to nobody; nil where it is not there.
    static func spawn(
        _ words: [String], output: Int32, hiding hidden: [String] = []
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let arguments = words.map { strdup($0) }
        let variables = environment(hiding: hidden).map { strdup($0) }
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawnp(
            &child, words[0], &actions, nil, arguments + [nil], variables + [nil])
        return code == 0 ? child : nil
    }

    private static func environment(hiding hidden: [String]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let text = next.pointee {
            let variable = String(cString: text)
            if !hidden.contains(where: variable.hasPrefix) { variables.append(variable) }
            next += 1
        }
        return variables
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { bytes += buffer[..<count] }
            guard count > 0 || (count < 0 && errno == EINTR) else { return bytes }
        }
    }
}
