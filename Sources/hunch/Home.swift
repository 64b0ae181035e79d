// Where a command finds its files.

import Glibc
import Reactor
import Registry

/// `$HUNCH_HOME`, and the environment that a command works on.
struct Home {
    let registry: Registry
    let environment: String

    /// The environment of those who name none.
    private static let usual = "dev"

    /// Takes `--home` and `--env`.
    init(_ arguments: inout Arguments) throws(UsageError) {
        registry = Registry(home: try arguments.value("--home") ?? ".hunch")
        environment = try arguments.value("--env") ?? Self.usual
        guard isName(environment) else {
            throw arguments.error("--env: '\(environment)' cannot be the name of an environment")
        }
    }

    /// Where its server listens unless it is told otherwise; the usual port where there is no such
    /// environment and none was named.
    ///
    /// - Throws: `.unknownEnvironment` of one that was.
    var port: Int {
        get throws(RegistryError) {
            let known = try registry.environments()
            guard known.contains(environment) || environment != Self.usual else {
                return ServeCommand.usualPort
            }
            return try registry.environment(environment).port ?? ServeCommand.usualPort
        }
    }

    /// The same home with another environment.
    private init(_ registry: Registry, environment: String) {
        self.registry = registry
        self.environment = environment
    }

    func at(environment: String) -> Home { Home(registry, environment: environment) }

    /// The environments whose files can be read; of the others it says on standard error what is wrong.
    func readableEnvironments() throws(RegistryError) -> [(name: String, environment: Environment)]
    {
        var readable: [(name: String, environment: Environment)] = []
        for name in try registry.environments() {
            do throws(RegistryError) {
                readable.append((name, try registry.environment(name)))
            } catch {
                Output.error("hunch: the environment '\(name)' is left out: \(error)")
            }
        }
        return readable
    }

    /// Who gives the commands: `$HUNCH_USER`, or whoever is logged in.
    static var user: String {
        for name in ["HUNCH_USER", "USER"] {
            if let value = getenv(name), value.pointee != 0 { return String(cString: value) }
        }
        return getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(geteuid())"
    }

    /// Creates `dev` where it is not there: it serves no model yet, to everybody.
    ///
    /// Others are made by `hunch create env`, so that a slip of the pen makes none.
    func prepare() throws {
        guard environment == Self.usual, try !registry.environments().contains(environment) else {
            return
        }
        try registry.create(
            Environment(), as: environment, by: Self.user, time: Int(wallClockMicroseconds()))
    }

    static let help = """
          --home DIR    where all files are (default: $HUNCH_HOME or .hunch)
          --env NAME    the environment (default: dev)
        """
}
