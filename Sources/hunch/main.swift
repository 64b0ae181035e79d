// The command line: finds the command and turns its outcome into an exit code.

import Glibc

do {
    try Command.run(Array(CommandLine.arguments.dropFirst()))
} catch let error as UsageError {
    let help = ["hunch", error.command, "--help"].filter { !$0.isEmpty }.joined(separator: " ")
    Output.error("hunch: \(error.message)\nTry: \(help)")
    exit(2)
} catch {
    Output.error("hunch: \(error)")
    exit(1)
}
