import Glibc
import Journal
import Testing

@Suite struct KilledProcessTests {
    @Test func `a process killed again and again loses no acknowledged edit`() async throws {
        let folder = try TemporaryFolder()
        let program = try Self.program()
        var acknowledged = [Int](repeating: 0, count: 4)
        for round in 0..<12 {
            try runAndKill(program, folder.journal, after: 37 * round * round + 1, &acknowledged)
            let settings = JournalSettings(history: 50, checkpointPages: 50)
            let journal = try Journal(path: folder.journal, settings: settings)
            for (number, revision) in acknowledged.enumerated() {
                let name = "crash/\(number)"
                let stored = try await journal.load(name)
                #expect(stored.revision >= revision)
                for edit in stored.edits {
                    #expect(edit.payload == Array("\(name) \(edit.revision)".utf8))
                }
                if let snapshot = stored.snapshot {
                    #expect(snapshot.payload == Array("\(name) \(snapshot.revision)".utf8))
                }
            }
            try journal.close(within: .seconds(60))
            #expect(try sqlite(folder.journal, "PRAGMA integrity_check") == ["ok"])
        }
    }

    /// Kills the process as soon as it has acknowledged so many edits; notes all that it said.
    private func runAndKill(
        _ program: String, _ journal: String, after count: Int, _ acknowledged: inout [Int]
    ) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let child = try spawn(program, journal, pipe: ends)
        close(ends[1])
        defer { close(ends[0]) }
        let output = try #require(fdopen(dup(ends[0]), "r"))
        defer { fclose(output) }
        var line = [CChar](repeating: 0, count: 64)
        var lines = 0
        while fgets(&line, 64, output) != nil {
            lines += 1
            let text = String(decoding: line.prefix { $0 != 10 }.map(UInt8.init), as: UTF8.self)
            let numbers = text.split(separator: " ").compactMap { Int($0) }
            // The last line may be cut off.
            guard line.contains(10), numbers.count == 2 else { break }
            acknowledged[numbers[0]] = max(acknowledged[numbers[0]], numbers[1])
            if lines == count { kill(child, SIGKILL) }
        }
        var status: Int32 = 0
        #expect(waitpid(child, &status, 0) == child)
        #expect(status & 0x7f == SIGKILL, "it ended by itself")
        #expect(lines >= count)
    }

    private func spawn(_ program: String, _ journal: String, pipe: [Int32]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO)
        for end in pipe { posix_spawn_file_actions_addclose(&actions, end) }
        let arguments = [strdup(program), strdup(journal)]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        try #require(posix_spawn(&child, program, &actions, nil, arguments + [nil], [nil]) == 0)
        return child
    }

    /// The program lies beside the tests.
    private static func program() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        try #require(count > 0)
        let path = String(
            decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let slash = try #require(path.lastIndex(of: "/"))
        let program = path[...slash] + "journal-crash"
        try #require(access(String(program), X_OK) == 0, "\(program) is not there")
        return String(program)
    }
}
