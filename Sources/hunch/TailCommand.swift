// hunch tail: the live event log.

import Client
import Documents
import Glibc
import Numerics
import Reactor
import Registry
import Telemetry
import Wire

struct TailCommand {
    static let command = Command(
        name: "tail", summary: "show the live event log",
        help: """
            usage: hunch tail [--events edit,intent] [--doc DOCUMENT] [--session SESSION] [--since 10m] [--json]

            Shows what happens in a server, as it happens, until it is interrupted. It asks the server of the
            environment through its control socket, or another one if --port or --url is given.

              --events LIST   only events of these types: \(events)
              --doc DOCUMENT  only what concerns a document
              --session ID    only what a session does: 16 digits, as the log shows and presence names it
              --since TIME    begin with what is kept of the last 30s, 10m, 2h or 1d
              --json          print each event as one JSON object
            \(Home.help)
            \(ServerAddress.help)
            """
    ) { try TailCommand(arguments: $0).run() }

    private static let events = EventType.allCases.enumerated().map { place, type in
        let separator =
            place == 0 ? "" : place.isMultiple(of: 7) ? ",\n                  " : ", "
        return separator + type.rawValue
    }.joined()

    private let server: ServerAddress
    private let watch: ClientMessage.Watch
    private let token: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "tail")
        let home = try Home(&arguments)
        let server = try ServerAddress.take(&arguments, home)
        token = try arguments.value("--token")
        watch = try Self.watch(&arguments)
        isJSON = arguments.flag("--json")
        try arguments.end()
        if let server {
            self.server = server
        } else {
            self.server = try Self.controlSocket(home, arguments)
        }
    }

    private static func controlSocket(
        _ home: Home, _ arguments: Arguments
    ) throws(UsageError) -> ServerAddress {
        do throws(RegistryError) {
            let path = try home.registry.controlPath(home.environment)
            return ServerAddress(.unix(path: path), transport: .lines)
        } catch {
            throw arguments.error("--env: \(error)")
        }
    }

    private static func watch(
        _ arguments: inout Arguments
    ) throws(UsageError) -> ClientMessage.Watch {
        var watch = ClientMessage.Watch()
        watch.events = try arguments.value("--events").map {
            $0.split(separator: ",").map(String.init)
        }
        watch.document = try arguments.value("--doc")
        if let document = watch.document, !isDocumentID(document) {
            throw arguments.error("--doc takes WORKSPACE/NAME, not '\(document)'")
        }
        if let text = try arguments.value("--session") {
            guard let session = PeerID(text) else {
                throw arguments.error("--session takes 16 hexadecimal digits, not '\(text)'")
            }
            watch.session = session
        }
        if let text = try arguments.value("--since") {
            guard let seconds = seconds(text) else {
                throw arguments.error("--since takes 30s, 10m, 2h or 1d, not '\(text)'")
            }
            watch.since = Int(wallClockMicroseconds()) - seconds * 1_000_000
        }
        return watch
    }

    private static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            0...1_000_000 ~= count
        else { return nil }
        return count * unit
    }

    /// Runs until the process is ended; a server that goes away is awaited.
    func run() throws {
        var place = Place()
        var random = SystemRandomNumberGenerator()
        var backoff = Backoff(first: 250)
        while true {
            do throws(RequestFailure) {
                try follow(&place, &backoff)
            } catch {
                if case .refused(let error) = error, error.retryAfterMilliseconds == nil {
                    throw Failure(error.message)
                }
                guard place.hasConnected else {
                    throw Failure("no connection to \(server): \(error)")
                }
                Output.error("hunch tail: \(error); trying again")
            }
            usleep(UInt32(backoff.next(using: &random)) * 1000)
        }
    }

    /// How far the log was read, over all connections.
    private struct Place {
        var hasConnected = false
        var time = 0
        var sequence = 0

        /// Notes an event; `false` if it was read before.
        mutating func pass(_ event: ServerMessage.Event) -> Bool {
            guard (event.time, event.sequence) > (time, sequence) || event.time > time else {
                return false
            }
            (time, sequence) = (event.time, event.sequence)
            return true
        }
    }

    private func follow(_ place: inout Place, _ backoff: inout Backoff) throws(RequestFailure) {
        var connection = try BlockingConnection.connect(
            to: server, hello: .init(token: token, client: "hunch tail"))
        backoff.reset()
        var watch = watch
        if place.hasConnected {
            Output.error("hunch tail: connected again")
            // What came while there was no connection.
            watch.since = max(place.time, watch.since ?? 0)
        }
        place.hasConnected = true
        try connection.send(ClientMessage(id: 0, .watch(watch)))
        let line = EventLine(isColored: isatty(STDOUT_FILENO) == 1, zone: Self.zone())
        while true {
            guard let message = try connection.next(within: 60_000) else { continue }
            switch message.body {
            case .event(let event): if place.pass(event) { show(event, message, line) }
            case .error(let error): throw .refused(error)
            case .bye(let bye): backoff.wait(atLeast: bye.retryAfterMilliseconds)
            default: break
            }
        }
    }

    private func show(_ event: ServerMessage.Event, _ message: ServerMessage, _ line: EventLine) {
        if isJSON {
            var bytes: [UInt8] = []
            message.encode(into: &bytes)
            return Output.line(String(decoding: bytes, as: UTF8.self))
        }
        if event.lost > 0 { Output.line(line.text(lost: event.lost)) }
        Output.line(line.text(event))
    }

    /// Seconds east of Greenwich, here and now.
    private static func zone() -> Int {
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return local.tm_gmtoff
    }
}
