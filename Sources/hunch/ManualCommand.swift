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

    /// A character as roff names it, whatever the encoding.
    private static func ascii(_ scalar: Unicode.Scalar) -> String {
        if scalar.isASCII { return String(scalar) }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "\\[u" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits + "]"
    }

    /// A line that roff prints as it stands.
    private static func escaped(_ line: Substring) -> String {
        let text = line.split(separator: "\\", omittingEmptySubsequences: false)
            .joined(separator: "\\e").split(separator: "-", omittingEmptySubsequences: false)
            .joined(separator: "\\-").unicodeScalars.map(Self.ascii).joined()
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}
