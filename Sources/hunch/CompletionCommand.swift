// hunch completion: what a shell can propose.

struct CompletionCommand {
    static let command = Command(
        name: "completion", nouns: ["bash", "zsh", "fish"],
        summary: "print what a shell completes commands by",
        help: """
            usage: hunch completion bash|zsh|fish

            Prints a script that completes commands, flags, models and environments, made from what this
            program understands.

                bash   source <(hunch completion bash)             in ~/.bashrc
                zsh    source <(hunch completion zsh)              in ~/.zshrc, after compinit
                fish   hunch completion fish | source              in ~/.config/fish/config.fish
            """
    ) { try CompletionCommand(arguments: $0).run() }

    private let shell: String

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "completion")
        guard let shell = arguments.word(), Self.command.nouns.contains(shell) else {
            throw arguments.error("say which shell: bash, zsh or fish")
        }
        self.shell = shell
        try arguments.end()
    }

    func run() {
        switch shell {
        case "bash": Output.line(Completion.bash)
        case "zsh": Output.line(Completion.zsh)
        default: Output.line(Completion.fish)
        }
    }
}

/// The scripts of the shells.
private enum Completion {
    private static let models = "hunch list models 2>/dev/null | cut -d ' ' -f 1"
    private static let environments = "hunch list envs 2>/dev/null | cut -d ' ' -f 1"
    private static let experiments = "hunch list experiments 2>/dev/null | cut -d ' ' -f 1"

    /// What lists the names that `-n` takes after a noun.
    private static func names(after noun: String) -> String {
        switch noun {
        case "env": environments
        case "experiment": experiments
        default: models
        }
    }

    private static var verbs: [String] {
        var seen: Set<String> = []
        return Command.all.map(\.name).filter { seen.insert($0).inserted }
    }

    private static func nouns(_ verb: String) -> [String] {
        Command.all.filter { $0.name == verb }.flatMap(\.nouns)
    }

    private static func names(_ flags: [Flag]) -> String {
        var seen: Set<String> = []
        return (flags.map(\.name) + ["--help"]).filter { seen.insert($0).inserted }
            .joined(separator: " ")
    }

    /// Flags that take one of a few words, each with the words that any command takes.
    private static var choices: [(flag: String, words: String)] {
        var choices: [String: [String]] = [:]
        for flag in Command.all.flatMap(\.flags) where !flag.choices.isEmpty {
            let known = choices[flag.name] ?? []
            choices[flag.name] = known + flag.choices.filter { !known.contains($0) }
        }
        return choices.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: " ")) }
    }

    /// Flags whose value is a file or a folder.
    private static var paths: String {
        let kinds: Set = ["FILE", "DIR", "OUT", "TRACE"]
        let flags = Command.all.flatMap(\.flags).filter { kinds.contains($0.value ?? "") }
        return Set(flags.map(\.name)).sorted().joined(separator: "|")
    }

    // MARK: bash and zsh

    static var bash: String {
        """
        # Completes hunch in bash.
        _hunch() {
            local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} found
            local verb=${COMP_WORDS[1]} noun=${COMP_WORDS[2]} place=$COMP_CWORD
            case $before in
            \(paths)) COMPREPLY=($(compgen -f -- "$word")); return ;;
            esac
            _hunch_find
            COMPREPLY=($(compgen -W "$found" -- "$word"))
        }
        \(choice)
        complete -o default -F _hunch hunch
        """
    }

    static var zsh: String {
        """
        # Completes hunch in zsh.
        _hunch() {
            local word=${words[CURRENT]} before=${words[CURRENT-1]}
            local verb=${words[2]} noun=${words[3]} place=$((CURRENT - 1)) found
            case $before in
            \(paths)) _files; return ;;
            esac
            _hunch_find
            compadd -- ${=found}
        }
        \(choice)
        compdef _hunch hunch
        """
    }

    /// A function of both shells that sets `found` by `verb`, `noun`, `before` and `place`.
    private static var choice: String {
        var lines = [
            "_hunch_find() {", "    found=", "    case $before in",
            "    -n|--name) case $noun in", "        env) found=$(\(environments)) ;;",
            "        experiment) found=$(\(experiments)) ;;",
            "        *) found=$(\(models)) ;;", "        esac; return ;;",
            "    --env|--from|--to) found=$(\(environments)); return ;;",
        ]
        lines += choices.map { "    \($0.flag)) found=\"\($0.words)\"; return ;;" }
        lines += [
            "    esac", "    case $place:$verb in",
            "    1:*) found=\"\(verbs.joined(separator: " "))\"; return ;;",
        ]
        for verb in verbs where !nouns(verb).isEmpty {
            lines.append(
                "    2:\(verb)) found=\"\(nouns(verb).joined(separator: " "))\"; return ;;")
        }
        lines += ["    esac", "    case $verb:$noun in"]
        for command in Command.all {
            let pattern = (command.nouns.isEmpty ? ["*"] : command.nouns)
                .map { "\(command.name):\($0)" }.joined(separator: "|")
            lines.append("    \(pattern)) found=\"\(names(command.flags))\" ;;")
        }
        return (lines + ["    esac", "}"]).joined(separator: "\n")
    }

    // MARK: fish

    static var fish: String {
        var lines = ["# Completes hunch in fish.", "complete -c hunch -f"]
        for verb in verbs {
            let summary = Command.all.first { $0.name == verb }?.summary ?? ""
            lines.append(
                "complete -c hunch -n __fish_use_subcommand -a \(verb) -d \(quoted(summary))")
            guard !nouns(verb).isEmpty else { continue }
            let list = nouns(verb).joined(separator: " ")
            lines.append(
                "complete -c hunch -n '__fish_seen_subcommand_from \(verb); and not "
                    + "__fish_seen_subcommand_from \(list)' -a '\(list)'")
        }
        for command in Command.all {
            let nouns = command.nouns.joined(separator: " ")
            let condition =
                "__fish_seen_subcommand_from \(command.name)"
                + (nouns.isEmpty ? "" : "; and __fish_seen_subcommand_from \(nouns)")
            lines += command.flags.map { line($0, condition, nouns) }
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ flag: Flag, _ condition: String, _ noun: String) -> String {
        let name =
            flag.name.hasPrefix("--")
            ? "-l \(flag.name.dropFirst(2))" : "-s \(flag.name.dropFirst())"
        let head = "complete -c hunch -n '\(condition)' \(name)"
        guard let value = flag.value else { return head }
        if !flag.choices.isEmpty { return head + " -x -a '\(flag.choices.joined(separator: " "))'" }
        if flag.name == "-n" {
            return head + " -x -a \"(\(names(after: noun)))\""
        }
        if ["--env", "--from", "--to"].contains(flag.name) {
            return head + " -x -a \"(\(environments))\""
        }
        return head + (["FILE", "DIR", "OUT", "TRACE"].contains(value) ? " -r -F" : " -x")
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
            + "'"
    }
}
