// hunch man: the manual page.

import Service

struct ManualCommand {
    static let command = Command(
        name: "man", summary: "print the manual page",
        help: """
            usage: hunch man

            Prints the manual as a page for man(1), made from the help of all commands.

                hunch man > ~/.local/share/man/man1/hunch.1 && man hunch
                hunch man | man -l -
            """
    ) { try ManualCommand(arguments: $0).run() }

    init(arguments: [String]) throws(UsageError) {
        try Arguments(arguments, command: "man").end()
    }

    func run() { Output.line(Self.page) }

    private static var page: String {
        var lines = [
            ".TH HUNCH 1 \"\" \"hunch \(Server.version)\"", ".SH NAME",
            "hunch \\- live inference for collaborative editors", ".SH SYNOPSIS",
            ".B hunch", ".I COMMAND", "[\\fINOUN\\fR] [\\fIFLAGS\\fR]", ".SH COMMANDS",
        ]
        for command in Command.all {
            lines += [".SS hunch \(command.title)", ".nf"]
            lines += command.help.split(separator: "\n", omittingEmptySubsequences: false).map(
                escaped)
            lines.append(".fi")
        }
        lines += [".SH SETTINGS", ".nf"]
        lines += Configuration.help.split(separator: "\n", omittingEmptySubsequences: false).map(
            escaped)
        lines += [
            ".fi", ".SH EXIT STATUS", "0 on success, 1 on failure, 2 on wrong usage.",
        ]
        return lines.joined(separator: "\n")
    }

    /// A line that roff prints as it stands.
    private static func escaped(_ line: Substring) -> String {
        let text = line.split(separator: "\\", omittingEmptySubsequences: false)
            .joined(separator: "\\e").split(separator: "-", omittingEmptySubsequences: false)
            .joined(separator: "\\-")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}
