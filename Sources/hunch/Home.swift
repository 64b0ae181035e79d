// Where a command finds its files.

import Registry

/// `$HUNCH_HOME`, and the environment that a command works on.
struct Home {
    let registry: Registry
    let environment: String

    /// Takes `--home` and `--env`.
    init(_ arguments: inout Arguments) throws(UsageError) {
        registry = Registry(home: try arguments.value("--home") ?? ".hunch")
        environment = try arguments.value("--env") ?? "dev"
        guard isName(environment) else {
            throw arguments.error("--env: '\(environment)' cannot be the name of an environment")
        }
    }

    /// Creates the environment where there is none: it serves no model yet, to everybody.
    func prepare() throws {
        guard !(try registry.environments().contains(environment)) else { return }
        try registry.write(
            Environment(models: [], limits: [:], keys: [], origins: []), to: environment)
    }

    static let help = """
          --home DIR    where all files are (default: $HUNCH_HOME or .hunch)
          --env NAME    the environment (default: dev)
        """
}
