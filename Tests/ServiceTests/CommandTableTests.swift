import Foundation
import JSON
import Testing

/// Help, completion, manual and configuration, which come of one table.
@Suite struct CommandTableTests: CommandSuite {
    let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func complaint(_ words: [String]) throws -> (code: Int32, text: String) {
        let before = folder.text("errors.txt").count
        let code = try Program(words, in: folder).exitStatus()
        return (code, String(folder.text("errors.txt").dropFirst(before)))
    }

    /// What bash proposes for the last of the words.
    private func proposals(_ words: String...) throws -> [String] {
        let list = words.map { "'\($0)'" }.joined(separator: " ")
        try folder.write(
            """
            source completion.bash
            COMP_WORDS=(\(list)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _hunch
            printf '%s\\n' "${COMPREPLY[@]}" > proposals.txt
            """, to: "try.bash")
        try folder.write(run("completion", "bash"), to: "completion.bash")
        #expect(try folder.shell(["bash", "try.bash"]) == 0)
        return folder.text("proposals.txt").split(separator: "\n").map(String.init)
    }

    /// The verbs with their nouns, as the overview lists them.
    private func commands() throws -> [[String]] {
        let overview = try run("--help")
        let table = overview.split(separator: "\n\nhunch COMMAND")[0].split(separator: "\n")
        return table.filter { $0.hasPrefix("  ") }.flatMap { line in
            let title = line.trimmingPrefix(while: { $0 == " " }).split(separator: "  ")[0]
            let words = title.split(separator: " ").map(String.init)
            guard words.count > 1 else { return [words] }
            return words[1].split(separator: "|").map { [words[0], String($0)] }
        }
    }

    @Test func `bash is proposed verbs, nouns and flags`() throws {
        #expect(try proposals("hunch", "dep") == ["deploy"])
        #expect(
            try proposals("hunch", "create", "") == ["model", "env", "deployment", "experiment"])
        #expect(try proposals("hunch", "create", "env", "--fr") == ["--from"])
        #expect(try proposals("hunch", "create", "model", "--kind", "t") == ["tags"])
        #expect(try proposals("hunch", "serve", "--d") == ["--demo"])
        #expect(try proposals("hunch", "completion", "") == ["bash", "zsh", "fish"])
    }

    @Test func `every command and every flag of its help is completed, and no other`() throws {
        let bash = try run("completion", "bash")
        let (zsh, fish) = (try run("completion", "zsh"), try run("completion", "fish"))
        for command in try commands() {
            let help = try Program.run(command + ["--help"], in: folder)
            #expect(help.hasPrefix("usage: hunch \(command[0])"), "\(command)")
            let flags = help.split(separator: "\n").compactMap { line -> String? in
                let words = line.split(separator: " ")
                return words.first.flatMap { $0.hasPrefix("-") ? String($0) : nil }
            }
            for flag in flags.map({ $0.replacing(",", with: "") }) {
                #expect(bash.contains(flag) && zsh.contains(flag), "\(command) \(flag)")
                #expect(fish.contains(flag.drop { $0 == "-" }), "\(command) \(flag)")
                let (code, text) = try complaint(command + [flag, "x@y", "--no-such-flag"])
                #expect(code == 2, "\(command) \(flag): \(text)")
                #expect(
                    !text.contains("'\(flag)' is not known here"), "\(command) \(flag): \(text)")
            }
        }
    }

    @Test func `no flag is taken that the help does not tell`() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/hunch")
        let help = try commands().map { try Program.run($0 + ["--help"], in: folder) }.joined()
        for file in try FileManager.default.contentsOfDirectory(
            at: sources, includingPropertiesForKeys: nil)
        {
            let text = try String(contentsOf: file, encoding: .utf8)
            let taken = text.matches(
                of:
                    /(?:value|values|flag|integer|required|choice|positive)\((?:"-[a-z]", )?"(--[a-z-]+)"/
            )
            for flag in taken.map({ String($0.output.1) }) where flag != "--name" {
                #expect(help.contains(flag), "\(file.lastPathComponent): \(flag)")
            }
        }
    }

    @Test func `a flag goes before the environment, that before the file, that before the default`()
        throws
    {
        try folder.write(#"{"home": "filed", "keep": 7}"#, to: "hunch.json")
        _ = try run("create", "env", "-n", "a")
        #expect(try folder.shell(["test", "-d", "filed/environments/a"]) == 0)
        let words = ["env", "HUNCH_HOME=variable", Program.path, "create", "env", "-n", "b"]
        #expect(try folder.shell(words) == 0)
        #expect(try folder.shell(["test", "-d", "variable/environments/b"]) == 0)
        _ = try run("create", "env", "-n", "c", "--home", "given")
        #expect(try folder.shell(["test", "-d", "given/environments/c"]) == 0)
    }

    @Test(arguments: [
        (#"{"prot": 7}"#, "there is no flag --prot"), ("[]", "must hold an object"),
        (#"{"port": true}"#, "a text or a number"), ("{", "hunch.json"),
        (#"{"dry-run": "x"}"#, "there is no flag --dry-run with a value"),
    ])
    func `a file of settings that means nothing is refused`(text: String, reason: String) throws {
        try folder.write(text, to: "hunch.json")
        let (code, message) = try complaint(["list", "models"])
        #expect(code == 2 && message.contains(reason), "\(message)")
    }

    @Test func `of a flag that stands twice the last one counts, in either form`() throws {
        let created = try run("create", "env", "-n=a", "--name", "b", "--port=7001", "--port=7002")
        #expect(created.contains("environments/b"))
        #expect(try run("list", "envs", "--json", "--json").contains(#""port":7002"#))
        let taken = try complaint(["create", "env", "-n", "c", "--port", "7002"])
        #expect(taken.code == 1 && taken.text.contains("'b' has port 7002"))
        let tried = ["deploy", "model", "-n", "m", "--canary", "5%", "--documents", "a/*"]
        #expect(try complaint(tried).code == 2)
    }

    @Test func `the manual has every command and the order of settings`() throws {
        let page = try run("man")
        for command in try commands() { #expect(page.contains(".SS hunch \(command[0])")) }
        #expect(page.contains("HUNCH_CONFIG") && page.contains(".SH EXIT STATUS"))
        #expect(page.utf8.allSatisfy { $0 < 0x80 })
        let lines = page.split(separator: "\n")
        #expect(lines.allSatisfy { !$0.hasPrefix("'") })
    }
}
