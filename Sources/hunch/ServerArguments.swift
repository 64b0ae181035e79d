// Which server a command talks to.

import Client
import Glibc
import Reactor
import Registry

extension ServerAddress {
    /// Takes `--url`, or `--host`, `--port` and `--transport`; `nil` if none is given.
    ///
    /// A host without a port has that of the environment.
    static func take(
        _ arguments: inout Arguments, _ home: Home
    ) throws(UsageError) -> ServerAddress? {
        let url = try arguments.value("--url")
        let host = try arguments.value("--host")
        let port = try arguments.integer("--port", in: 1...65535)
        let transport = try arguments.choice("--transport", of: Transport.self)
        if let url {
            guard host == nil, port == nil, transport == nil else {
                throw arguments.error("--url stands alone, without --host, --port and --transport")
            }
            guard let server = ServerAddress(url: url) else {
                throw arguments.error(
                    "--url takes ws://HOST:PORT/ws, tcp://HOST:PORT or unix:PATH, not '\(url)'")
            }
            return server
        }
        guard host != nil || port != nil || transport != nil else { return nil }
        let place: Int
        if let port { place = port } else { place = try usualPort(of: home, arguments) }
        return ServerAddress(
            .tcp(host: host ?? usualHost, port: place), transport: transport ?? .webSocket)
    }

    /// The same, or else the server that `hunch serve` starts for the environment.
    static func takeOrUsual(
        _ arguments: inout Arguments, _ home: Home
    ) throws(UsageError) -> ServerAddress {
        if let server = try take(&arguments, home) { return server }
        let port = try usualPort(of: home, arguments)
        return ServerAddress(.tcp(host: usualHost, port: port), transport: .webSocket)
    }

    private static let usualHost = "127.0.0.1"

    private static func usualPort(
        of home: Home, _ arguments: Arguments
    ) throws(UsageError) -> Int {
        do throws(RegistryError) {
            return try home.servingPort
        } catch {
            throw arguments.error("--env: \(error)")
        }
    }

    static let help = """
          --port PORT, --host HOST   the server (default: 127.0.0.1, the port of environment.json, or 7777)
          --transport ws|lines       WebSocket, or JSON by lines (default: ws)
          --url URL                  or all in one: ws://HOST:PORT/ws, tcp://HOST:PORT, unix:PATH
          --token TOKEN              what the server's environment asks for
        """
}

extension Arguments {
    /// Takes `--name VALUE` where the value is one of a few.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws(UsageError) -> Choice? {
        guard let text = try value(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: " or ")
            throw error("\(name) takes \(all), not '\(text)'")
        }
        return choice
    }

    /// Takes `--name NUMBER`, above zero.
    mutating func positive(_ name: String) throws(UsageError) -> Double? {
        guard let text = try value(name) else { return nil }
        guard let number = Double(text), number > 0, number.isFinite else {
            throw error("\(name) takes a number above 0, not '\(text)'")
        }
        return number
    }
}

/// A line on standard error that is written anew as work goes on.
struct ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let onlyOnTerminal: Bool

    /// - Parameter onlyOnTerminal: says nothing where the lines would pile up in a file.
    init(onlyOnTerminal: Bool) { self.onlyOnTerminal = onlyOnTerminal }

    func show(_ text: String) {
        if isTerminal {
            Output.write("\r\(text)\u{1B}[K", to: STDERR_FILENO)
        } else if !onlyOnTerminal {
            Output.error(text)
        }
    }

    /// Makes room for what is written next.
    func clear() {
        if isTerminal { Output.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }
}

/// Figures for people.
enum Figure {
    /// A duration in nanoseconds with three digits that count.
    static func duration(_ nanoseconds: UInt64) -> String {
        let units: [(String, Double)] = [("s", 1e9), ("ms", 1e6), ("µs", 1e3)]
        let (unit, size) = units.first { Double(nanoseconds) >= $0.1 } ?? ("µs", 1e3)
        return decimal(Double(nanoseconds) / size) + " " + unit
    }

    /// Three digits that count, or all before the point.
    static func decimal(_ value: Double) -> String {
        fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2)
    }

    static func fixed(_ value: Double, _ places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value * scale).rounded())
        guard places > 0 else { return "\(scaled)" }
        let digits = String(scaled % Int(scale))
        return "\(scaled / Int(scale))." + String(repeating: "0", count: places - digits.count)
            + digits
    }

    /// A share in 0...1 in per cent, such as `5 %` or `0.5 %`.
    static func percent(_ share: Double) -> String {
        let percent = 100 * share
        return fixed(percent, abs(percent - percent.rounded()) < 0.05 ? 0 : 1) + " %"
    }

    /// A whole number with its thousands apart.
    static func count(_ value: Int) -> String {
        var groups: [String] = []
        var rest = String(value)[...]
        while rest.count > 3 {
            groups.insert(String(rest.suffix(3)), at: 0)
            rest = rest.dropLast(3)
        }
        return ([String(rest)] + groups).joined(separator: ",")
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
